package partition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const flushAfter = 200 * time.Millisecond

func (r *rig) wantCursor(key string, want int64) {
	r.t.Helper()
	r.check(func() {
		if got := r.store.cursors[key]; got != want {
			r.t.Errorf("cursor %s is at %d, want %d", key, got, want)
		}
	})
}

// nothing is a fact that changes nothing.
func nothing(id string, guild music.GuildID) partition.Delivery {
	return fact(id, guild, music.VoiceState{User: "1"})
}

func TestCursorsAreStoredWithTheState(t *testing.T) {
	r := newRig(t, 2)
	a, b := guildIn(0, 2, 0), guildIn(1, 2, 0)
	r.warm(a, b)
	release := r.hold("first", a)
	for n := range int64(5) {
		r.deliver(from(joins(fmt.Sprintf("a%d", n), a), "gw", "g", n+1), from(joins(fmt.Sprintf("b%d", n), b), "gw", "g", n+11))
	}
	r.deliver(from(joins("x", a), "other", "g", 3))
	release()
	r.until("all is told", func() bool { return len(r.events()) == 12 })
	r.wantCursor("0/gw/g", 5)
	r.wantCursor("1/gw/g", 15)
	r.wantCursor("0/other/g", 3)
	r.check(func() {
		if n := len(r.store.batches[len(r.store.batches)-1].Cursors); n != 3 {
			t.Errorf("%d cursors in the batch of the state", n)
		}
	})
}

func TestCursorsThatMoveAloneAreStoredAfterAWhile(t *testing.T) {
	for name, d := range map[string]partition.Delivery{
		"an input without consequences": nothing("n", "7"),
		"an input nobody needs":         nothing("n", "not-in-memory"),
		"an expired command": func() partition.Delivery {
			d := command("c", "7")
			d.Expires = start.Add(-time.Hour)
			return d
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1)
			r.warm("7")
			calls := point(r.store, func(s *memStore) int { return s.calls })
			r.deliver(from(d, "gw", "g", 1))
			r.settle()
			r.wantCursor("0/gw/g", 0)
			r.advance(flushAfter - time.Nanosecond)
			r.wantCursor("0/gw/g", 0)
			r.advance(time.Nanosecond)
			r.wantCursor("0/gw/g", 1)
			r.check(func() {
				c := r.told[len(r.told)-1].Cursors
				if len(c) != 1 || c[0] != (store.Cursor{Source: "gw", Generation: "g", Position: 1}) {
					t.Errorf("told: %+v", c)
				}
				if n := r.store.calls - calls; n != 1 {
					t.Errorf("%d commits", n)
				}
			})
			r.advance(time.Minute)
			r.check(func() {
				if n := r.store.calls - calls; n != 1 {
					t.Errorf("%d commits: nothing moved since", n)
				}
			})
		})
	}
}

func TestCursorsThatCannotBeStoredAreTriedAgain(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	n := 0
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			if n++; n <= 3 {
				return unavailable
			}
			return pass
		}
	})
	r.deliver(from(nothing("n", "7"), "gw", "g", 1))
	r.running("the cursor is stored", func() bool { return r.store.cursors["0/gw/g"] == 1 })
}

func TestCursorDoesNotPassAnInputThatWaits(t *testing.T) {
	r := newRig(t, 1)
	r.warm("8")
	r.store.seed("7")
	open := r.store.slowLoad()
	r.deliver(
		from(joins("f1", "8"), "gw", "g", 1),
		from(joins("f2", "7"), "gw", "g", 2), // its guild is being read
		from(joins("f3", "8"), "gw", "g", 3),
		from(nothing("f4", "nobody"), "gw", "g", 4),
	)
	r.until("the others are told", func() bool { return len(r.events()) == 2 })
	r.advance(time.Second)
	r.wantCursor("0/gw/g", 1)
	open()
	r.until("it is told", func() bool { return len(r.events()) == 3 })
	r.advance(time.Second)
	r.wantCursor("0/gw/g", 4)
}

func TestCursorGoesOnBehindWhatWasRefused(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7", "8")
	release := r.hold("first", "8")
	for n := range partition.MaxCommands {
		r.deliver(from(command(fmt.Sprintf("c%d", n), "7"), "gw", "g", int64(n+1)))
	}
	if r.loop.Deliver(from(command("refused", "7"), "gw", "g", partition.MaxCommands+1)) == nil {
		t.Fatal("it is one too many")
	}
	release()
	r.running("the cursor is behind it", func() bool { return r.store.cursors["0/gw/g"] == partition.MaxCommands+1 })
}

func TestNewGenerationCountsAnew(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	release := r.hold("first", "7")
	r.deliver(from(joins("f1", "7"), "gw", "old", 90), from(joins("f2", "7"), "gw", "new", 1), from(joins("f3", "7"), "gw", "old", 91))
	release()
	r.until("all is told", func() bool { return len(r.events()) == 4 })
	r.advance(time.Second)
	r.wantCursor("0/gw/new", 1)
	r.check(func() {
		for _, b := range r.store.batches {
			if len(b.Cursors) > 1 {
				t.Errorf("a source stands twice in a batch: %+v", b.Cursors)
			}
		}
	})
	r.deliver(from(joins("f4", "7"), "gw", "new", 2))
	r.until("it is told", func() bool { return len(r.events()) == 5 })
	r.wantCursor("0/gw/new", 2)
	r.wantCursor("0/gw/old", 0)
}

func TestCursorsOfAnotherLifeAreForgotten(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(from(joins("f1", "7"), "gw", "g", 50))
	r.until("it is told", func() bool { return len(r.events()) == 1 })
	if err := r.loop.Lose(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	r.deliver(from(joins("lost", "7"), "gw", "g", 60))
	r.settle()
	r.own(0, forever)
	r.deliver(from(joins("f2", "7"), "gw", "g", 51))
	r.until("it is told", func() bool { return len(r.events()) == 2 })
	r.advance(time.Second)
	r.wantCursor("0/gw/g", 51)
}
