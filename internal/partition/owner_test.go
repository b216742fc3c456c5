package partition_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// process is an owner and its loop, as one process has them. It can be stopped
// in the middle, as by SIGSTOP: then neither its renewals nor its commits go on,
// and they reach the store when it continues.
type process struct {
	*rig

	name   string
	owner  *partition.Owner
	paused atomic.Pointer[chan struct{}]
	end    func()
}

// frozen is the store as a process that may be paused reaches it.
type frozen struct {
	*memStore

	p *process
}

func (f frozen) wait() {
	if c := f.p.paused.Load(); c != nil {
		<-*c
	}
}

func (f frozen) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	f.wait()
	return f.memStore.Commit(ctx, b)
}

func (f frozen) Renew(ctx context.Context, holder string, held []store.Stamp, d time.Duration) error {
	f.wait()
	return f.memStore.Renew(ctx, holder, held, d)
}

func (f frozen) Acquire(ctx context.Context, n int, holder string, d time.Duration) (store.Lease, error) {
	f.wait()
	return f.memStore.Acquire(ctx, n, holder, d)
}

func (f frozen) Attend(ctx context.Context, holder string) (store.Presence, error) {
	f.wait()
	return f.memStore.Attend(ctx, holder)
}

func (f frozen) Announce(ctx context.Context, m store.Member, d time.Duration) error {
	f.wait()
	return f.memStore.Announce(ctx, m, d)
}

func (f frozen) Standing(ctx context.Context) ([]store.Standing, error) {
	f.wait()
	return f.memStore.Standing(ctx)
}

func startProcess(t *testing.T, s *memStore, clock *clockwork.FakeClock, holder string) *process {
	t.Helper()
	p := &process{name: holder, rig: &rig{t: t, clock: clock, store: s}}
	log := slog.New(slog.DiscardHandler)
	p.loop = partition.NewLoop(partition.Options{
		Partitions: len(s.parts), Store: frozen{s, p}, Encoder: plain{}, Actuator: p.rig, Clock: clock, Logger: log,
	})
	o := partition.NewOwner(partition.OwnerOptions{
		Leases: frozen{s, p}, Holder: holder, TTL: ttl, Clock: clock, Logger: log,
	}, p.loop)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = o.Run(ctx) }()
	p.owner = o
	p.end = func() { p.resume(); cancel(); <-ended }
	t.Cleanup(p.end)
	return p
}

func (p *process) pause() { c := make(chan struct{}); p.paused.Store(&c) }

func (p *process) resume() {
	if c := p.paused.Swap(nil); c != nil {
		close(*c)
	}
}

func (p *process) has() int { return len(p.loop.Owned()) }

func world(t *testing.T, partitions int) (*memStore, *clockwork.FakeClock) {
	clock := clockwork.NewFakeClockAt(start)
	return newMemStore(t, clock, partitions), clock
}

func TestOwnerAcquiresAllKeepsThemAndGivesThemBack(t *testing.T) {
	s, clock := world(t, 16)
	p := startProcess(t, s, clock, "a")
	s.until("all are owned", func() bool { return len(p.owned) == 16 })
	for range 20 {
		if err := clock.BlockUntilContext(t.Context(), 2); err != nil {
			t.Fatal(err)
		}
		clock.Advance(ttl / 3)
	}
	s.until("they are renewed", func() bool { return s.parts[15].renewed.After(start.Add(6 * ttl)) })
	if p.has() != 16 || len(p.lost) != 0 {
		t.Errorf("%d owned, lost %v", p.has(), p.lost)
	}
	s.set(func(s *memStore) {
		for i, x := range s.parts {
			if x.epoch != 1 {
				t.Errorf("partition %d changed its owner: epoch %d", i, x.epoch)
			}
		}
	})
	p.end()
	s.set(func(s *memStore) {
		for i, x := range s.parts {
			if x.holder != "" {
				t.Errorf("partition %d was not given back", i)
			}
		}
	})
	q := startProcess(t, s, clock, "b")
	s.until("the next has them at once", func() bool { return len(q.owned) == 16 })
}

func TestSuccessorTakesOverWhatRanOut(t *testing.T) {
	s, clock := world(t, 4)
	a := startProcess(t, s, clock, "a")
	s.until("all are owned", func() bool { return len(a.owned) == 4 })
	b := startProcess(t, s, clock, "b")
	a.running("they share", func() bool { return a.has() == 2 && b.has() == 2 })
	a.pause()
	a.running("the successor has them", func() bool { return b.has() == 4 })
	s.set(func(s *memStore) {
		for i, x := range s.parts {
			if x.epoch < 2 || x.holder != "b" {
				t.Errorf("partition %d: %+v", i, x)
			}
		}
	})
	for p := range 4 {
		if _, ok := a.loop.PartitionEpoch(p); ok {
			t.Error("a paused holder still thinks it may act")
		}
	}
	a.resume()
	a.running("the first notices and has its part again", func() bool { return len(a.lost) >= 4 && a.has() == 2 && b.has() == 2 })
}

func TestRenewalThatLosesOneKeepsTheOthers(t *testing.T) {
	s, clock := world(t, 3)
	p := startProcess(t, s, clock, "a")
	s.until("all are owned", func() bool { return len(p.owned) == 3 })
	s.set(func(s *memStore) { s.parts[1] = part{epoch: 5, holder: "x", expires: clock.Now().Add(time.Hour)} })
	p.running("it is noticed", func() bool { return slices.Equal(p.lost, []int{1}) })
	p.running("the others are renewed", func() bool { return s.parts[2].renewed.After(start.Add(3 * ttl)) })
	if n := p.has(); n != 2 {
		t.Errorf("%d owned", n)
	}
}

func TestRenewalCountsFromBeforeItWasSent(t *testing.T) {
	s, clock := world(t, 1)
	p := startProcess(t, s, clock, "a")
	s.until("it is owned", func() bool { return len(p.owned) == 1 })
	sent := make(chan struct{}, 1)
	open := make(chan struct{})
	s.set(func(s *memStore) {
		s.onRenew = func([]store.Stamp) error { sent <- struct{}{}; <-open; return nil }
	})
	_ = clock.BlockUntilContext(t.Context(), 2)
	clock.Advance(ttl / 3)
	<-sent
	at := clock.Now()
	clock.Advance(time.Second)
	s.set(func(s *memStore) { s.onRenew = nil })
	close(open)
	s.until("it is renewed", func() bool { return s.parts[0].renewed.After(start) })
	_ = clock.BlockUntilContext(t.Context(), 2)
	if _, rest, _ := p.loop.Epoch("7"); rest != ttl-clock.Since(at) {
		t.Errorf("%v are left, want %v", rest, ttl-clock.Since(at))
	}
}

func TestDatabaseAwayFreezesAndComesBack(t *testing.T) {
	s, clock := world(t, 2)
	p := startProcess(t, s, clock, "a")
	s.until("all are owned", func() bool { return len(p.owned) == 2 })
	s.set(func(s *memStore) {
		s.onRenew = func([]store.Stamp) error { return fault.New(fault.Unavailable, "test", "away") }
	})
	p.running("the lease is in doubt", func() bool { _, ok := p.loop.PartitionEpoch(0); return !ok })
	if p.has() != 2 {
		t.Error("in doubt is not lost")
	}
	s.set(func(s *memStore) { s.onRenew = nil })
	p.running("it is certain again", func() bool { e, ok := p.loop.PartitionEpoch(0); return ok && e == 1 })
}

// Two processes share a store; one is paused again and again for longer than a
// lease, in the middle of whatever it does. Whatever is acknowledged is stored
// once, in order, and no event comes from an epoch that another has followed.
func TestTwoOwnersNeverBothAct(t *testing.T) {
	s, clock := world(t, 4)
	ids := make([]music.GuildID, 4)
	for i := range ids {
		ids[i] = guildIn(i, 4, 0)
	}
	s.seed(ids...)
	ps := []*process{startProcess(t, s, clock, "a")}
	s.until("the first has them all", func() bool { return len(ps[0].owned) == 4 })
	ps = append(ps, startProcess(t, s, clock, "b"))
	for round := range 12 {
		p, other := ps[round%2], ps[(round+1)%2]
		p.running("each is owned once", func() bool { return p.has()+other.has() == 4 })
		p.pause()
		for n := range 30 {
			id := ids[n%4]
			for _, x := range ps {
				x.deliver(command(fmt.Sprintf("c-%d-%d", round, n), id))
			}
			clock.Advance(ttl / 15)
			for i, id := range ids {
				_, _, one := p.loop.Epoch(id)
				_, _, two := other.loop.Epoch(id)
				if one && two {
					t.Fatalf("partition %d has two owners that may act", i)
				}
			}
			if n%10 == 9 {
				_ = clock.BlockUntilContext(t.Context(), 2)
			}
		}
		p.running("the other has them all", func() bool { return other.has() == 4 })
		id := fmt.Sprintf("f-%d", round)
		p.running("the other acts", func() bool {
			_ = other.loop.Deliver(joins(id, ids[0]))
			return slices.Contains(s.causes(ids[0]), id)
		})
		p.resume()
	}
	ps[0].running("they are settled", func() bool { return ps[0].loop.Depth()+ps[1].loop.Depth() == 0 })
	s.set(func(s *memStore) {
		once, epochs := map[string]bool{}, map[int]int64{}
		for _, e := range s.journal {
			if e.Type == "music.play.requested" {
				if once[e.Cause] {
					t.Errorf("command %s is carried out twice", e.Cause)
				}
				once[e.Cause] = true
			}
			if e.Epoch < epochs[e.Partition] {
				t.Errorf("epoch %d writes after %d", e.Epoch, epochs[e.Partition])
			}
			epochs[e.Partition] = e.Epoch
		}
		if epoch := s.parts[0].epoch; len(s.journal) < 12 || epoch < 4 {
			t.Errorf("%d events, epoch %d: the test did not do what it is for", len(s.journal), epoch)
		}
		for _, p := range ps {
			first, _ := p.acknowledged()
			for _, id := range first {
				if !s.knows(id) {
					t.Errorf("command %s is acknowledged and not stored", id)
				}
			}
		}
	})
}
