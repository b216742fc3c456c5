package sqlstore_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

const waiters = 64

var benchTime = time.Date(2026, 3, 4, 5, 6, 7, 8, time.UTC)

// bench is a database with a partition and a guild for each waiter.
type bench struct {
	db     *sqlstore.DB
	ids    atomic.Int64
	stamps [waiters]store.Stamp
	guilds [waiters]*music.Guild
}

func newBench(b *testing.B, url string) *bench {
	b.Helper()
	x := &bench{db: open(b, sqlstore.Options{URL: url, Partitions: waiters, Timeout: 30 * time.Second})}
	for p := range waiters {
		l, err := x.db.Acquire(b.Context(), p, "bench", time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		x.stamps[p] = store.Stamp{Partition: p, Epoch: l.Epoch}
		g := music.New(music.GuildID(fmt.Sprintf("guild-%02d", p)))
		g.Players = []*music.Player{{Bot: "1", Volume: 100}}
		x.commit(b, p, store.Batch{Guilds: []store.GuildChange{{Partition: p, After: &g}}})
		x.guilds[p] = &g
	}
	return x
}

func (x *bench) commit(b *testing.B, p int, batch store.Batch) {
	next := x.stamps[p]
	next.Batch++
	batch.Stamps, batch.At = []store.Stamp{next}, benchTime
	if _, err := x.db.Commit(b.Context(), &batch); err != nil {
		b.Error(err)
		return
	}
	x.stamps[p] = next
}

var envelope = []byte(`{"specversion":"1.0","id":"0198c5f2-7d3a-7cc1-9f00-8a41b2c3d4e5","source":"platform/audio","type":"music.track.queued",` +
	`"time":"2026-03-04T05:06:07.000000008Z","datacontenttype":"application/json","partitionkey":"guild","tenantid":"tenant",` +
	`"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{"slot":"0198c5f2","title":"A track of some length",` +
	`"author":"Somebody","source":"http","length_ms":180000,"by":"123456789012345678","position":3}}`)

func (x *bench) record(p int) store.Record {
	return store.Record{
		ID: fmt.Sprintf("0198c5f2-7d3a-7cc1-9f00-%012d", x.ids.Add(1)), Type: "music.track.queued", Tenant: "tenant",
		Guild: x.guilds[p].ID, Partition: p, Epoch: 1, At: benchTime, Cause: "input", Envelope: envelope,
	}
}

// command is what a /play changes: the player with one slot more and, so that
// the queue stays bounded, one less; two events; an answer.
func (x *bench) command(p int) (store.GuildChange, [2]store.Record, store.EffectRow) {
	before := x.guilds[p]
	pl := *before.Players[0]
	n := x.ids.Add(1)
	s := &music.Slot{ID: music.SlotID(fmt.Sprintf("slot-%08d", n)), State: music.SlotReady, By: "123456789012345678", At: benchTime, Track: music.Keep(&music.Track{
		Encoded:    "QAAAjQIAJVJpY2sgQXN0bGV5IC0gTmV2ZXIgR29ubmEgR2l2ZSBZb3UgVXAADlJpY2tBc3RsZXlWRVZPAAAAAAADPCAAC2RRdzR3OVdnWGNRAAEAK2h0dHBz",
		Identifier: "abc", Title: "A track of some length", Author: "Somebody", Source: "http", Length: 3 * time.Minute,
	})}
	pl.Queue = append(append([]*music.Slot(nil), pl.Queue[min(len(pl.Queue), max(0, len(pl.Queue)-9)):]...), s)
	after := *before
	after.Players = []*music.Player{&pl}
	x.guilds[p] = &after
	return store.GuildChange{Partition: p, Before: before, After: &after}, [2]store.Record{x.record(p), x.record(p)}, store.EffectRow{
		Key: fmt.Sprintf("answer-%08d", n), Kind: "answer", Guild: before.ID, Partition: p, Epoch: 1, Payload: envelope[:200],
		Created: benchTime, Expires: benchTime.Add(15 * time.Minute),
	}
}

func (x *bench) fill(batch *store.Batch, p int, command bool) {
	if !command {
		batch.Events = append(batch.Events, x.record(p))
		return
	}
	change, events, effect := x.command(p)
	batch.Guilds = append(batch.Guilds, change)
	batch.Events = append(batch.Events, events[:]...)
	batch.Effects = append(batch.Effects, effect)
}

// one commits n things, each in a transaction of its own.
func (x *bench) one(b *testing.B, n int, command bool) {
	for i := range n {
		var batch store.Batch
		x.fill(&batch, i%waiters, command)
		x.commit(b, i%waiters, batch)
	}
}

// waiting commits n things from as many goroutines as there are waiters, each
// with its own partition: the store puts them together.
func (x *bench) waiting(b *testing.B, n int, command bool) {
	var wg sync.WaitGroup
	for p := range waiters {
		wg.Go(func() {
			for i := p; i < n; i += waiters {
				var batch store.Batch
				x.fill(&batch, p, command)
				x.commit(b, p, batch)
			}
		})
	}
	wg.Wait()
}

// loop commits n things as a partition's loop does with what 64 callers wait
// for: in one batch.
func (x *bench) loop(b *testing.B, n int, command bool) {
	for i := 0; i < n; i += waiters {
		batch := store.Batch{At: benchTime}
		for p := range min(waiters, n-i) {
			x.fill(&batch, p, command)
		}
		stamps := x.stamps
		for p := range stamps {
			stamps[p].Batch++
		}
		batch.Stamps = stamps[:]
		if _, err := x.db.Commit(b.Context(), &batch); err != nil {
			b.Fatal(err)
		}
		x.stamps = stamps
	}
}

// BenchmarkGroupCommit measures how much 64 that wait together gain over one
// transaction each. The goals on SQLite are 10 times for journal rows and 6
// times for commands.
func BenchmarkGroupCommit(b *testing.B) {
	for _, engine := range []struct {
		name string
		url  func(*testing.B) string
	}{
		{"sqlite", func(b *testing.B) string { return file(b.TempDir()) }},
		{"postgres", func(b *testing.B) string { return testenv.Postgres(b) }},
	} {
		for _, what := range []struct {
			name    string
			command bool
		}{{"journal", false}, {"command", true}} {
			for _, how := range []struct {
				name string
				run  func(*bench, *testing.B, int, bool)
			}{{"waiters", (*bench).waiting}, {"loop", (*bench).loop}} {
				b.Run(engine.name+"/"+what.name+"/"+how.name, func(b *testing.B) {
					x := newBench(b, engine.url(b))
					x.one(b, waiters, what.command)
					x.waiting(b, 4*waiters, what.command)
					measure(b, x, what.command, how.run)
				})
			}
		}
	}
}

// measure takes turns between the two ways, because other work on the machine
// comes and goes, and reports the median ratio.
func measure(b *testing.B, x *bench, command bool, grouped func(*bench, *testing.B, int, bool)) {
	const groupedTurn, singleTurn = 10 * waiters, 64
	var ratios, each, single []float64
	b.ReportAllocs()
	b.ResetTimer()
	for left := b.N; left > 0; left -= groupedTurn {
		n := min(left, groupedTurn)
		start := time.Now()
		grouped(x, b, n, command)
		g := time.Since(start).Seconds() / float64(n)
		b.StopTimer()
		start = time.Now()
		x.one(b, singleTurn, command)
		s := time.Since(start).Seconds() / singleTurn
		b.StartTimer()
		ratios, each, single = append(ratios, s/g), append(each, 1/g), append(single, 1/s)
	}
	b.StopTimer()
	b.ReportMetric(median(each), "grouped/s")
	b.ReportMetric(median(single), "single/s")
	b.ReportMetric(median(ratios), "ratio")
}

func median(xs []float64) float64 {
	slices.Sort(xs)
	return xs[len(xs)/2]
}
