package partition_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// inherited is a store in which guilds have a bot in voice, as another owner left it.
func inherited(t *testing.T, ids ...music.GuildID) *rig {
	t.Helper()
	r := newRig(t, 1)
	r.warm(ids...)
	for _, id := range ids {
		r.connected(id)
	}
	r.stop()
	return r
}

func TestPartitionIsOwnedBeforeItsGuildsAreRead(t *testing.T) {
	r := inherited(t, "7", "8")
	open := r.store.slowLoad()
	next := restart(t, r.clock, r.store)
	next.own(0, forever)
	next.settle()
	next.check(func() {
		if len(next.owned) != 1 || len(next.takenUp) != 0 {
			t.Errorf("owned %v, taken up %v", next.owned, next.takenUp)
		}
	})
	if n := next.loop.Pending(); n != 2 {
		t.Errorf("%d wait", n)
	}
	open()
	next.until("both are taken up", func() bool { return len(next.takenUp) == 2 })
	next.settle()
	for _, id := range []music.GuildID{"7", "8"} {
		if g, ok := next.loop.View(id); !ok || !g.Recovering() || next.loop.Pending() != 0 {
			t.Errorf("guild %s does not recover: %v", id, ok)
		}
	}
}

// What comes for a guild that was not read yet is not lost and not stepped
// without its rows, and the guild hears when its last owner was alive.
func TestInputBringsAGuildOfTheBacklogIn(t *testing.T) {
	r := inherited(t, "7")
	open := r.store.slowLoad()
	var w watched
	next := restart(t, r.clock, r.store, w.option())
	lease := next.own(0, forever)
	next.deliver(joins("f1", "7"), asks("c1", "7", music.Pause{}))
	next.settle()
	next.check(func() {
		if n := len(next.told); n != 0 {
			t.Errorf("told %d times without the rows", n)
		}
	})
	open()
	next.until("both are told", func() bool {
		first, _ := next.acknowledged()
		return len(next.events()) > 0 && slices.Equal(first, []string{"c1"})
	})
	if n := w.count("loaded"); n != 1 {
		t.Errorf("it was loaded %d times", n)
	}
	w.each(func(in music.Input) {
		if b, ok := in.Body.(music.Loaded); ok && !b.AliveUntil.Equal(lease.AliveUntil) {
			t.Errorf("alive until %v, want %v", b.AliveUntil, lease.AliveUntil)
		}
	})
	next.check(func() {
		if !slices.Equal(next.takenUp, []music.GuildID{"7"}) {
			t.Errorf("taken up: %v", next.takenUp)
		}
	})
}

func TestBacklogIsTriedAgain(t *testing.T) {
	r := inherited(t, "7")
	n := 3
	r.store.set(func(s *memStore) {
		s.onLoad = func(context.Context) error {
			if n--; n >= 0 {
				return fault.New(fault.Unavailable, "test", "away")
			}
			return nil
		}
	})
	next := restart(t, r.clock, r.store)
	next.own(0, forever)
	next.running("it is taken up", func() bool { return len(next.takenUp) == 1 })
}

func TestBacklogGoesWithItsPartition(t *testing.T) {
	r := inherited(t, "7", "8")
	open := r.store.slowLoad()
	next := restart(t, r.clock, r.store)
	next.own(0, forever)
	next.until("the rows are asked for", func() bool { return next.store.loads > 0 })
	if err := next.loop.Lose(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	open()
	next.settle()
	if next.loop.Pending() != 0 {
		t.Error("something waits for nobody")
	}
	// Under the next epoch they are read again.
	next.own(0, forever)
	next.until("they are taken up", func() bool { return len(next.takenUp) == 2 })
	next.check(func() {
		if slices.Sort(next.takenUp); !slices.Equal(next.takenUp, []music.GuildID{"7", "8"}) {
			t.Errorf("taken up: %v", next.takenUp)
		}
	})
}

func TestManyGuildsAreTakenUp(t *testing.T) {
	const many = 1_234
	r := newRig(t, 1)
	for n := range many {
		id := guildIn(0, 1, n)
		r.store.seed(id)
		r.store.set(func(s *memStore) {
			g := s.guilds[id]
			g.Players = []*music.Player{{Bot: bot, Voice: music.Voice{Want: "50", Channel: "50"}}}
			s.guilds[id] = g
		})
	}
	r.stop()
	next := restart(t, r.clock, r.store)
	next.own(0, forever)
	next.until("all are taken up", func() bool { return len(next.takenUp) == many })
	next.advance(time.Second)
	if n := next.loop.Pending(); n != 0 {
		t.Errorf("%d wait", n)
	}
}
