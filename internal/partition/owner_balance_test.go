package partition_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
)

func (s *memStore) epochs() (sum int64) {
	s.set(func(s *memStore) {
		for _, p := range s.parts {
			sum += p.epoch
		}
	})
	return sum
}

func TestNewcomersGetTheirPartAndNoMoreMovesThanThat(t *testing.T) {
	s, clock := world(t, 16)
	a := startProcess(t, s, clock, "a")
	s.until("the first has all", func() bool { return len(a.owned) == 16 })
	b := startProcess(t, s, clock, "b")
	together("two share", []*process{a, b}, func() bool { return a.has() == 8 && b.has() == 8 })
	if n := s.epochs(); n != 16+8 {
		t.Errorf("%d changes of owner, 8 are enough", n-16)
	}
	c := startProcess(t, s, clock, "c")
	together("three share", []*process{a, b, c}, func() bool { return a.has()+b.has() == 11 && c.has() == 5 && max(a.has(), b.has()) == 6 })
	if n := s.epochs(); n != 16+8+5 {
		t.Errorf("%d changes of owner for the third, 5 are enough", n-24)
	}
	moved := s.epochs()
	from := clock.Now()
	together("time passes", []*process{a, b, c}, func() bool { return clock.Since(from) > 5*ttl })
	if n := s.epochs(); n != moved {
		t.Errorf("%d changes of owner while nobody comes or goes", n-moved)
	}
	if a.owner.Stats().Given.Load()+b.owner.Stats().Given.Load() != 13 || a.owner.Stats().Lost.Load() != 0 {
		t.Error("what moved was not given")
	}
}

func TestWhoStaysForAMomentOnlyMovesNothing(t *testing.T) {
	s, clock := world(t, 8)
	a := startProcess(t, s, clock, "a")
	s.until("the first has all", func() bool { return len(a.owned) == 8 })
	for i := range 5 {
		b := startProcess(t, s, clock, fmt.Sprint("b", i))
		from := clock.Now()
		together("half a lease passes", []*process{a, b}, func() bool { return clock.Since(from) > ttl/2 })
		b.end()
	}
	if n := s.epochs(); n != 8 || a.has() != 8 {
		t.Errorf("%d changes of owner, %d left", n-8, a.has())
	}
}

// Nobody moves the clock here: what is given back is told, not found.
func TestWhoGoesHandsOverWithoutWaiting(t *testing.T) {
	s, clock := world(t, 8)
	a := startProcess(t, s, clock, "a")
	s.until("the first has all", func() bool { return len(a.owned) == 8 })
	b := startProcess(t, s, clock, "b")
	together("they share", []*process{a, b}, func() bool { return a.has() == 4 && b.has() == 4 })
	a.end()
	s.until("the other has all", func() bool { return len(b.owned) == 8 })
	if n := s.epochs(); n != 8+4+4 {
		t.Errorf("%d changes of owner", n-8)
	}
}

func TestEndOfTheSessionFreezesAtOnce(t *testing.T) {
	s, clock := world(t, 4)
	a := startProcess(t, s, clock, "a")
	s.until("it has all", func() bool { return len(a.owned) == 4 })
	a.running("it is sure", func() bool { _, ok := a.loop.PartitionEpoch(3); return ok })
	s.set(func(s *memStore) {
		s.onAttend = func() error { return fault.New(fault.Unavailable, "test", "no connection is left") }
	})
	s.breakSession("a")
	// Not even the clock moves.
	s.wait("it notices", func() bool { return a.owner.Stats().Doubts.Load() > 0 })
	for p := range 4 {
		if _, ok := a.loop.PartitionEpoch(p); ok {
			t.Errorf("partition %d is still acted for", p)
		}
	}
	if a.has() != 4 {
		t.Error("in doubt is not lost")
	}
	b := startProcess(t, s, clock, "b")
	s.set(func(s *memStore) { s.onAttend = nil })
	a.running("they are sure again", func() bool {
		n := 0
		for p := range 4 {
			_, one := a.loop.PartitionEpoch(p)
			_, two := b.loop.PartitionEpoch(p)
			if one && two {
				t.Errorf("partition %d has two owners", p)
			}
			if one || two {
				n++
			}
		}
		return n == 4
	})
}

// A server that restarts ends everybody's session: nobody takes from those who
// come back a moment later.
func TestServerThatRestartsMovesNothing(t *testing.T) {
	s, clock := world(t, 6)
	a := startProcess(t, s, clock, "a")
	s.until("the first has all", func() bool { return len(a.owned) == 6 })
	b := startProcess(t, s, clock, "b")
	together("they share", []*process{a, b}, func() bool { return a.has() == 3 && b.has() == 3 })
	moved := s.epochs()
	b.pause() // it is slow to notice
	s.breakSession("a")
	s.breakSession("b")
	s.wait("both notice", func() bool { return a.owner.Stats().Doubts.Load() > 0 && b.owner.Stats().Doubts.Load() > 0 })
	from := clock.Now()
	a.running("the first has come back", func() bool {
		_, ok := a.loop.PartitionEpoch(a.loop.Owned()[0].Partition)
		return ok && clock.Since(from) > ttl/5
	})
	b.resume()
	// Without the clock: a slow machine is no slow process.
	s.wait("the second has come back", func() bool {
		n := 0
		for p := range 6 {
			if _, ok := b.loop.PartitionEpoch(p); ok {
				n++
			}
		}
		return n == 3
	})
	from = clock.Now()
	together("time passes", []*process{a, b}, func() bool { return clock.Since(from) > 2*ttl })
	if n := s.epochs(); n != moved || a.has() != 3 || b.has() != 3 {
		t.Errorf("%d changes of owner", n-moved)
	}
}

func TestRenewalOfASessionThatEndedMeanwhileIsWorthNothing(t *testing.T) {
	s, clock := world(t, 2)
	a := startProcess(t, s, clock, "a")
	s.until("it has all", func() bool { return len(a.owned) == 2 })
	sent, open := make(chan struct{}, 8), make(chan struct{})
	s.set(func(s *memStore) {
		s.onRenew = func(held []stamp) error { sent <- struct{}{}; <-open; return nil }
	})
	a.running("a renewal is on its way", func() bool { return len(sent) > 0 })
	s.set(func(s *memStore) {
		s.onRenew = nil
		s.onAttend = func() error { return fault.New(fault.Unavailable, "test", "no connection is left") }
	})
	s.breakSession("a")
	close(open)
	from := point(s, func(s *memStore) time.Time { return s.parts[1].renewed })
	s.until("it has arrived", func() bool { return !s.parts[1].renewed.Before(from) })
	s.wait("it notices", func() bool { return a.owner.Stats().Doubts.Load() > 0 })
	for range 20 {
		a.settle()
		if _, ok := a.loop.PartitionEpoch(1); ok {
			t.Fatal("a renewal from before the end of the session counts")
		}
	}
	s.set(func(s *memStore) { s.onAttend = nil })
	a.running("a later one counts", func() bool { e, ok := a.loop.PartitionEpoch(1); return ok && e == 1 })
}

// slept is a clock whose wall time jumped while the other one stood still, as on
// a machine that was suspended.
type slept struct {
	*clockwork.FakeClock

	jump atomic.Int64
}

func (c *slept) Now() time.Time { return c.FakeClock.Now().Add(time.Duration(c.jump.Load())) }
func (c *slept) Since(at time.Time) time.Duration {
	return c.FakeClock.Now().Sub(at)
}

func TestMachineThatSleptIsInDoubt(t *testing.T) {
	for _, c := range []struct {
		name string
		jump time.Duration
		sure bool
	}{
		{"no jump", 0, true}, {"a short one", ttl - time.Second, true}, {"a long one", ttl, false}, {"back", -time.Hour, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			clock := &slept{FakeClock: clockwork.NewFakeClockAt(start)}
			s := newMemStore(t, clock, 1)
			r := restart(t, clock.FakeClock, s, func(o *partition.Options) { o.Clock = clock })
			r.own(0, ttl)
			clock.jump.Store(int64(c.jump))
			if _, rest, ok := r.loop.Epoch("7"); ok != c.sure || (rest > ttl) {
				t.Errorf("sure: %v, %v are left", ok, rest)
			}
			if _, ok := r.loop.PartitionEpoch(0); ok != c.sure {
				t.Errorf("sure: %v", ok)
			}
			r.loop.Prolong(0, clock.Now().Add(ttl))
			if c.jump >= 0 {
				if _, ok := r.loop.PartitionEpoch(0); !ok {
					t.Error("a renewal makes it sure again")
				}
			}
		})
	}
}
