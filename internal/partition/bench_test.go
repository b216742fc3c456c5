package partition_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// costly is a store whose commits cost some time and keep nothing.
type costly struct {
	store.Store

	cost    time.Duration
	commits atomic.Int64
}

func (c *costly) Commit(context.Context, *store.Batch) (int64, error) {
	c.commits.Add(1)
	if c.cost > 0 {
		<-time.After(c.cost)
	}
	return 1, nil
}

func (c *costly) Load(context.Context, []music.GuildID) ([]music.Guild, error)   { return nil, nil }
func (c *costly) Active(context.Context, int) ([]music.GuildID, error)           { return nil, nil }
func (c *costly) Keys(context.Context, int, string, time.Time) ([]string, error) { return nil, nil }

// tally counts the events that are told.
type tally struct {
	*rig

	events, want int
	done         chan struct{}
}

func (a *tally) Committed(c partition.Committed) {
	if a.events += len(c.Events); len(c.Events) > 0 && a.events == a.want {
		close(a.done)
	}
}
func (a *tally) Converge(*music.Guild, music.Converge, int64) {}
func (a *tally) TakenUp(*music.Guild)                         {}
func (a *tally) Owned(int, int64)                             {}

// BenchmarkLoop measures inputs that each make an event and a row, from their
// delivery to when they are told, with 256 guilds in 16 partitions and 4,096
// inputs under way. What a commit costs is shared by all that wait.
func BenchmarkLoop(b *testing.B) {
	for _, cost := range []time.Duration{0, 2 * time.Millisecond} {
		b.Run(fmt.Sprintf("commit=%v", cost), func(b *testing.B) { benchLoop(b, cost) })
	}
}

func benchLoop(b *testing.B, cost time.Duration) {
	s := &costly{cost: cost}
	a := &tally{want: b.N, done: make(chan struct{})}
	l := partition.NewLoop(partition.Options{
		Partitions: 16, Store: s, Encoder: plain{}, Actuator: a, Clock: clockwork.NewRealClock(),
		Logger: slog.New(slog.DiscardHandler),
	})
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = l.Run(ctx) }()
	defer func() { cancel(); <-ended }()
	for p := range 16 {
		if err := l.Own(ctx, p, store.Lease{Epoch: 1}, time.Now().Add(time.Hour)); err != nil {
			b.Fatal(err)
		}
	}
	guilds := make([]music.GuildID, 256)
	for i := range guilds {
		guilds[i] = music.GuildID(fmt.Sprint(i))
	}
	given := plan.Default()
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		e := given
		// No two that follow each other in a guild are the same.
		e.QueueLength += 1 + n/len(guilds)%2
		for l.Depth() >= 4096 {
			<-time.After(50 * time.Microsecond)
		}
		if err := l.Deliver(fact(fmt.Sprint(n), guilds[n%len(guilds)], music.EntitlementsChanged{Entitlements: e})); err != nil {
			b.Fatal(err)
		}
	}
	<-a.done
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "inputs/s")
	b.ReportMetric(float64(b.N)/float64(s.commits.Load()), "inputs/commit")
}
