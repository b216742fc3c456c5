//go:build unix

package sqlstore_test

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// The shape of a busy daemon.
const (
	costPartitions = 16
	costGuilds     = 48
)

// cost is a database as a busy loop sees it.
type cost struct {
	db     *sqlstore.DB
	dir    string
	stamps [costPartitions]store.Stamp
	guilds [costGuilds]*music.Guild
	at     time.Time
	n      int
	// given are the keys of answers that are not marked as done yet.
	given []string
}

func newCost(b *testing.B) *cost {
	b.Helper()
	x := &cost{dir: b.TempDir(), at: benchTime}
	x.db = open(b, sqlstore.Options{URL: file(x.dir), Partitions: costPartitions, Timeout: 30 * time.Second, WALPassive: 1 << 40})
	for p := range x.stamps {
		l, err := x.db.Acquire(b.Context(), p, "bench", time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		x.stamps[p] = store.Stamp{Partition: p, Epoch: l.Epoch}
	}
	var batch store.Batch
	for i := range x.guilds {
		g := music.New(music.GuildID(fmt.Sprintf("1234567890123456%02d", i)))
		g.Players = []*music.Player{{Bot: "1", Volume: 100}}
		batch.Guilds = append(batch.Guilds, store.GuildChange{Partition: i % costPartitions, After: &g})
		x.guilds[i] = &g
	}
	x.commit(b, &batch)
	return x
}

func (x *cost) commit(b *testing.B, batch *store.Batch) {
	touched := map[int]bool{}
	for _, c := range batch.Guilds {
		touched[c.Partition] = true
	}
	for p := range touched {
		x.stamps[p].Batch++
		batch.Stamps = append(batch.Stamps, x.stamps[p])
	}
	batch.At = x.at
	if _, err := x.db.Commit(b.Context(), batch); err != nil {
		b.Fatal(err)
	}
}

// command adds what a /play, or every other time a command that changes only
// the player, makes of a guild.
func (x *cost) command(batch *store.Batch, guild int) {
	x.n++
	p, before := guild%costPartitions, x.guilds[guild]
	pl := *before.Players[0]
	pl.Volume = x.n%100 + 1
	events := 1
	if x.n%2 == 0 {
		events = 2
		s := &music.Slot{ID: music.SlotID(fmt.Sprintf("0198c5f2-7d3a-7cc1-9f00-s%011d", x.n)), State: music.SlotReady, By: "123456789012345678", At: x.at, Track: music.Keep(&music.Track{
			Encoded:    "QAAAjQIAJVJpY2sgQXN0bGV5IC0gTmV2ZXIgR29ubmEgR2l2ZSBZb3UgVXAADlJpY2tBc3RsZXlWRVZPAAAAAAADPCAAC2RRdzR3OVdnWGNRAAEAK2h0dHBz",
			Identifier: "abc", Title: "A track of some length", Author: "Somebody", Source: "http", Length: 3 * time.Minute,
		})}
		pl.Queue = append(append([]*music.Slot(nil), pl.Queue[min(len(pl.Queue), max(0, len(pl.Queue)-4)):]...), s)
	}
	after := *before
	after.Players = []*music.Player{&pl}
	x.guilds[guild] = &after
	batch.Guilds = append(batch.Guilds, store.GuildChange{Partition: p, Before: before, After: &after})
	id := fmt.Sprintf("12345678901%08d", x.n)
	for i := range events {
		batch.Events = append(batch.Events, store.Record{
			ID: fmt.Sprintf("%012x-7cc1-9f00-%06x%06x", x.at.UnixMilli(), x.n*2654435761%(1<<24), i), Type: []string{"music.track.queued", "music.volume.changed"}[i],
			Guild: after.ID, Partition: p, Epoch: 1, At: x.at, Cause: id, Envelope: envelope,
		})
	}
	row := store.EffectRow{
		Key: "answer:" + id, Kind: "answer", Guild: after.ID, Partition: p, Epoch: 1, Payload: envelope,
		Created: x.at, NotBefore: x.at, Expires: x.at.Add(15 * time.Minute),
	}
	batch.Effects = append(batch.Effects, row)
	x.given = append(x.given, row.Key)
}

func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCost measures what a command costs in SQLite: processor time and
// pages of the write-ahead log, its answer's mark of being done included.
func BenchmarkCost(b *testing.B) {
	for _, size := range []int{1, 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			x := newCost(b)
			turn := func() {
				x.at = x.at.Add(3 * time.Millisecond)
				batch := &store.Batch{}
				first := x.n * 7
				for i := range size {
					x.command(batch, (first+i*5)%costGuilds)
				}
				x.commit(b, batch)
				if len(x.given) >= 10 {
					if err := x.db.Done(b.Context(), x.given, x.at); err != nil {
						b.Fatal(err)
					}
					x.given = nil
				}
			}
			for x.n < 20_000 {
				turn()
			}
			wal := func() int64 {
				info, err := os.Stat(x.dir + "/platform.db-wal")
				if err != nil {
					b.Fatal(err)
				}
				return info.Size()
			}
			runtime.GC()
			from, cpu, size, n := x.n, processorTime(), wal(), 0
			b.ResetTimer()
			for n < b.N {
				turn()
				n = x.n - from
			}
			b.ReportMetric(float64((processorTime()-cpu).Microseconds())/float64(n), "cpu-µs/command")
			b.ReportMetric(float64(wal()-size)/4120/float64(n), "pages/command")
		})
	}
}
