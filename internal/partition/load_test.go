package partition_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
)

// slowLoad lets every load wait until the returned function is called.
func (s *memStore) slowLoad() (open func()) {
	gate := make(chan struct{})
	s.set(func(s *memStore) {
		s.onLoad = func(ctx context.Context) error {
			select {
			case <-gate:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	})
	return func() { s.set(func(s *memStore) { s.onLoad = nil }); close(gate) }
}

func TestInputsWaitInOrderWhileTheirGuildIsRead(t *testing.T) {
	r := newRig(t, 1)
	r.warm("8")
	r.store.seed("7")
	open := r.store.slowLoad()
	var want []string
	for n := range 40 {
		id := fmt.Sprintf("f%d", n)
		want = append(want, id)
		r.deliver(joins(id, "7"))
		if n == 20 {
			r.until("its rows are asked for", func() bool { return r.store.loads > 1 })
			r.settle()
		}
	}
	r.deliver(joins("other", "8"))
	r.until("another guild goes on", func() bool { return len(r.store.causes("8")) == 1 })
	r.check(func() {
		if got := r.store.causes("7"); len(got) > 0 {
			t.Errorf("stepped without its rows: %v", got)
		}
	})
	open()
	r.until("it is taken up", func() bool { return len(r.store.causes("7")) == 40 })
	r.check(func() {
		if got := r.store.causes("7"); !slices.Equal(got, want) {
			t.Errorf("journal: %v", got)
		}
		if r.store.loads > 3 || len(r.takenUp) != 2 {
			t.Errorf("%d loads, taken up: %v", r.store.loads, r.takenUp)
		}
	})
}

func TestGuildWithoutRowIsNew(t *testing.T) {
	r := newRig(t, 1)
	r.deliver(joins("f1", "7"))
	r.until("it is told", func() bool { return len(r.events()) == 1 })
	if g, ok := r.loop.View("7"); !ok || g.ID != "7" || !reflect.DeepEqual(g.Settings, music.DefaultSettings()) {
		t.Errorf("got %+v", g)
	}
}

func TestLoadIsTriedAgain(t *testing.T) {
	r := newRig(t, 1)
	n := 3
	r.store.set(func(s *memStore) {
		s.onLoad = func(context.Context) error {
			if n--; n >= 0 {
				return fault.New(fault.Unavailable, "test", "away")
			}
			return nil
		}
	})
	r.deliver(joins("f1", "7"))
	r.running("it is told", func() bool { return len(r.events()) == 1 })
}

func TestDispensableInputsBringNobodyIntoMemory(t *testing.T) {
	r := newRig(t, 1)
	for i, b := range []music.Body{
		music.VoiceState{User: "1", Channel: "50"},
		music.ChannelGone{Channel: "50"},
		music.NodeUp{Node: "n"},
		music.NodeDown{Node: "n"},
		music.Tick{},
	} {
		r.deliver(fact(fmt.Sprint(i), "7", b))
	}
	r.settle()
	if _, ok := r.loop.View("7"); ok || r.loop.Depth() != 0 {
		t.Error("it was brought into memory, or waits for that")
	}
	r.deliver(fact("x", "7", music.VoiceState{User: music.UserID(bot), Channel: "50", Session: "s", Bot: true}))
	r.until("where a bot of ours is matters", func() bool { return len(r.takenUp) == 1 })
}

func TestIdleGuildsLeaveMemoryAndComeBack(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7", "8")
	r.deliver(command("c1", "8"), joins("f1", "7"))
	r.until("both are told", func() bool { return len(r.events()) == 2 })
	r.deliver(fact("in", "8", music.VoiceState{User: music.UserID(bot), Channel: "50", Session: "s", Bot: true}))
	r.until("the bot has joined", func() bool { return len(r.events()) == 3 })
	r.advance(9 * time.Minute)
	if _, ok := r.loop.View("7"); !ok {
		t.Error("it left too early")
	}
	r.advance(3 * time.Minute)
	if _, ok := r.loop.View("7"); ok {
		t.Error("an idle guild stays in memory")
	}
	if _, ok := r.loop.View("8"); !ok {
		t.Error("a guild with work left memory")
	}
	n := 0
	r.loop.Each(func(g *music.Guild) bool { n++; return g.ID == "8" })
	if n != 1 {
		t.Errorf("%d guilds in memory", n)
	}
	r.deliver(joins("f2", "7"))
	r.until("it is back", func() bool { return slices.Equal(r.store.causes("7"), []string{"f1", "f2"}) })
	if g, _ := r.loop.View("7"); !slices.Contains(g.Bots, "b-f1") {
		t.Errorf("it came back without its past: %v", g.Bots)
	}
}

// Rows that were asked for before the partition was lost may be older than what
// another owner wrote before it came back.
func TestOldRowsAreNotTakenUpUnderANewEpoch(t *testing.T) {
	r := newRig(t, 1)
	r.store.seed("7")
	open := r.store.slowLoad()
	r.deliver(joins("f1", "7"))
	r.until("its rows are asked for", func() bool { return r.store.loads == 1 })
	if err := r.loop.Lose(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	g := music.New("7")
	g.Bots = []music.BotID{"newer"}
	r.store.set(func(s *memStore) { s.guilds["7"] = exported(g) })
	r.own(0, forever)
	r.deliver(joins("f2", "7"))
	r.settle()
	open()
	r.until("it is told", func() bool { return len(r.events()) == 1 })
	r.check(func() {
		if got := r.store.guilds["7"].Bots; !slices.Equal(got, []music.BotID{"newer", "b-f2"}) {
			t.Errorf("bots: %v", got)
		}
	})
}

// counting counts how often the time is asked for.
type counting struct {
	*clockwork.FakeClock

	n atomic.Int64
}

func (c *counting) Since(t time.Time) time.Duration {
	c.n.Add(1)
	return c.FakeClock.Since(t)
}

func TestLoopRestsWhileAGuildIsRead(t *testing.T) {
	clock := clockwork.NewFakeClockAt(start)
	c := &counting{FakeClock: clock}
	r := restart(t, clock, newMemStore(t, clock, 1), func(o *partition.Options) { o.Clock = c })
	r.own(0, forever)
	open := r.store.slowLoad()
	defer open()
	r.deliver(joins("f1", "7"))
	r.until("its rows are asked for", func() bool { return r.store.loads == 1 })
	r.settle()
	before := c.n.Load()
	<-time.After(50 * time.Millisecond)
	if n := c.n.Load() - before; n > 20 {
		t.Errorf("the loop went around %d times with nothing to do", n)
	}
}
