package partition_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const maxWait = time.Second

func TestConflictLosesThatPartitionOnly(t *testing.T) {
	r := newRig(t, 2)
	a, b := guildIn(0, 2, 0), guildIn(1, 2, 0)
	r.warm(a, b)
	r.store.set(func(s *memStore) { s.parts[1].epoch, s.parts[1].holder = 7, "other" })
	r.deliver(command("c1", a), command("c2", b), joins("f1", a))
	r.running("the one goes on", func() bool { return slices.Equal(r.store.causes(a), []string{"c1", "f1"}) })
	r.check(func() {
		if !slices.Equal(r.lost, []int{1}) {
			t.Errorf("lost: %v", r.lost)
		}
		if got := r.store.causes(b); len(got) > 0 {
			t.Errorf("written without being owned: %v", got)
		}
		if first, _ := r.acknowledged(); slices.Contains(first, "c2") {
			t.Error("acknowledged without being owned")
		}
	})
	if _, ok := r.loop.PartitionEpoch(1); ok {
		t.Error("it is still owned")
	}
	if _, ok := r.loop.View(b); ok {
		t.Error("its guilds are still in memory")
	}
	if _, _, ok := r.loop.Epoch(a); !ok {
		t.Error("the other is not owned any more")
	}
	dropped := r.loop.Stats().Dropped.Load()
	r.deliver(joins("late", b))
	r.settle()
	if r.loop.Stats().Dropped.Load() != dropped+1 {
		t.Error("an input of a partition that is not ours belongs to its owner")
	}
}

func TestConflictThatNobodyCausedIsTriedAgain(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	n := 0
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			if n++; n <= 2 {
				return stale
			}
			return pass
		}
		s.onNumbers = failing(1)
	})
	r.deliver(joins("f1", "7"))
	r.running("it is told", func() bool { return len(r.events()) == 1 })
	r.check(func() {
		if len(r.lost) > 0 {
			t.Errorf("lost: %v", r.lost)
		}
	})
}

func TestDeliverRefusesWhatIsNoInput(t *testing.T) {
	r := newRig(t, 1)
	for name, d := range map[string]partition.Delivery{
		"no guild": joins("x", ""),
		"no id":    joins("", "7"),
		"no body":  fact("x", "7", nil),
	} {
		t.Run(name, func(t *testing.T) {
			if err := r.loop.Deliver(d); fault.CodeOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOwnFailsWhereTheStoreDoes(t *testing.T) {
	r := newRig(t, 1)
	away := errors.New("away")
	r.store.set(func(s *memStore) { s.onLoad = nil })
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.until("it is stored", func() bool { return len(r.events()) == 1 })
	s := restart(t, r.clock, r.store)
	r.store.set(func(s *memStore) {
		s.onActive = func(context.Context) error { return fault.Wrap(away, fault.Unavailable, "test", "away") }
	})
	lease, _ := r.store.Acquire(t.Context(), 0, "rig", time.Hour)
	if err := s.loop.Own(t.Context(), 0, lease, r.clock.Now()); fault.CodeOf(err) != fault.Unavailable || !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	if len(s.loop.Owned()) != 0 {
		t.Error("owned without its guilds")
	}
}
