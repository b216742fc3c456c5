package sqlstore_test

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// busy is a guild whose one player plays and has tracks behind and before it.
func busy(n, waiting, played int) *music.Guild {
	g := music.New(music.GuildID(fmt.Sprintf("1%017d", n)))
	g.Name = fmt.Sprint("Guild number ", n)
	g.Bots = []music.BotID{"900000000000000001"}
	slot := func(kind string, i int, state music.SlotState) *music.Slot {
		return &music.Slot{
			ID: music.SlotID(fmt.Sprintf("0198c5f2-7d3a-7cc1-9f00-%s%05d%06d", kind, n, i)), State: state,
			By: music.UserID(fmt.Sprintf("2%017d", i%5)), At: benchTime, Track: music.Keep(&music.Track{
				Encoded:    fmt.Sprintf("QAAAjQIAJVJpY2sgQXN0bGV5IC0gTmV2ZXIgR29ubmEgR2l2ZSBZb3UgVXAADlJpY2tBc3RsZXlWRVZPAAAAAAADPCAAC2RRdzR3OVdnWGNRAAEAK2h0dHBzOi8vd3d3LnlvdXR1YmUuY29tL3dhdGNoP3Y9ZFF3NHc5V2dYY1EB%08d", i),
				Identifier: fmt.Sprintf("track%08d", i), URI: fmt.Sprintf("https://music.example/watch?v=track%08d", i), ISRC: fmt.Sprintf("ATUM7%07d", i),
				Title: fmt.Sprint("A track of some length, number ", i), Author: "Somebody & the Others", Source: "http",
				Artwork: fmt.Sprintf("https://music.example/art/%08d.jpg", i), Length: 3 * time.Minute,
			}),
		}
	}
	p := &music.Player{
		Bot: g.Bots[0], Node: "main", Volume: 100, Text: "300000000000000001",
		Voice: music.Voice{
			Want: "400000000000000001", Channel: "400000000000000001", Session: "0123456789abcdef0123456789abcdef",
			Token: "0123456789abcdef", Endpoint: "voice.example:443",
		},
	}
	first := slot("p", 0, music.SlotReady)
	p.Play = &music.Play{ID: "play", Slot: first.ID, Track: first.Track, By: first.By, Phase: music.PhaseSounding, Since: benchTime, Anchor: music.Anchor{At: benchTime, Speed: 1}}
	for i := range waiting {
		p.Queue = append(p.Queue, slot("q", i, music.SlotReady))
	}
	for i := range played {
		p.History = append(p.History, slot("h", i, music.SlotPlayed))
	}
	g.Players = []*music.Player{p}
	return &g
}

// BenchmarkLoad reads guilds as a start does: 10,000 with a player that plays
// and 20 tracks each. It reports what a guild holds in memory, too.
func BenchmarkLoad(b *testing.B) {
	for _, engine := range []struct {
		name string
		url  func(*testing.B) string
	}{
		{"sqlite", func(b *testing.B) string { return file(b.TempDir()) }},
		{"postgres", func(b *testing.B) string { return testenv.Postgres(b) }},
	} {
		for _, played := range []int{0, music.HistoryLength} {
			b.Run(fmt.Sprintf("%s/history=%d", engine.name, played), func(b *testing.B) {
				benchmarkLoad(b, engine.url(b), 10_000, 20, played)
			})
		}
	}
}

func benchmarkLoad(b *testing.B, url string, guilds, waiting, played int) {
	db := open(b, sqlstore.Options{URL: url, Partitions: 1, Timeout: 30 * time.Second})
	fill(b, db, guilds, waiting, played)
	b.ReportAllocs()
	b.ResetTimer()
	var bytes uint64
	var spent time.Duration
	for range b.N {
		b.StopTimer()
		before, cpu := heapHeld(), cpuTime(b)
		b.StartTimer()
		ids, err := db.Active(b.Context(), 0)
		if err != nil || len(ids) != guilds {
			b.Fatalf("%d guilds, %v", len(ids), err)
		}
		var all []music.Guild
		for len(ids) > 0 {
			n := min(len(ids), 100)
			some, err := db.Load(b.Context(), ids[:n])
			if err != nil {
				b.Fatal(err)
			}
			all, ids = append(all, some...), ids[n:]
		}
		b.StopTimer()
		spent += cpuTime(b) - cpu
		bytes = heapHeld() - before
		if len(all) != guilds || len(all[0].Players[0].Queue) != waiting {
			b.Fatalf("%d guilds", len(all))
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(bytes)/float64(guilds), "held-B/guild")
	b.ReportMetric(spent.Seconds()*1000/float64(b.N), "cpu-ms/op")
}

// fill stores guilds, all in one partition.
func fill(b *testing.B, db *sqlstore.DB, guilds, waiting, played int) {
	b.Helper()
	l, err := db.Acquire(b.Context(), 0, "bench", time.Hour)
	if err != nil {
		b.Fatal(err)
	}
	stamp := store.Stamp{Epoch: l.Epoch, Batch: l.Batch}
	for from := 0; from < guilds; from += 250 {
		stamp.Batch++
		batch := store.Batch{Stamps: []store.Stamp{stamp}, At: benchTime}
		for n := from; n < min(from+250, guilds); n++ {
			batch.Guilds = append(batch.Guilds, store.GuildChange{After: busy(n, waiting, played)})
		}
		if _, err := db.Commit(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
	}
}

// cpuTime is what the process has computed so far, which other work on the
// machine changes less than what a clock shows.
func cpuTime(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func heapHeld() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// BenchmarkCount measures what the status of the API asks of the store, with as
// many players as BenchmarkLoad.
func BenchmarkCount(b *testing.B) {
	const guilds = 10_000
	db := open(b, sqlstore.Options{URL: file(b.TempDir()), Partitions: 1, Timeout: 30 * time.Second})
	fill(b, db, guilds, 20, 0)
	b.ReportAllocs()
	for b.Loop() {
		if c, err := db.Count(b.Context()); err != nil || c.Playing != guilds {
			b.Fatalf("%+v, %v", c, err)
		}
	}
}
