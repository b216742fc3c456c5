package partition_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// panics on an input of that id.
func panics(id string) rigOption {
	return func(o *partition.Options) {
		o.Apply = func(g music.Guild, in music.Input, now time.Time) music.Result {
			if in.ID == id {
				panic("poison")
			}
			return music.Step(g, in, now)
		}
	}
}

// mentions is true where the batch carries an input as more than a dead letter.
func mentions(b *store.Batch, id string) bool {
	return slices.ContainsFunc(b.Events, func(e store.Record) bool { return e.Cause == id })
}

func TestOnlyTheCulpritIsPutAside(t *testing.T) {
	tests := []struct {
		name, culprit string
		opts          []rigOption
		onCommit      func(*store.Batch) verdict
	}{
		{name: "a fact panics", culprit: "f7", opts: []rigOption{panics("f7")}},
		{name: "a command panics", culprit: "c3", opts: []rigOption{panics("c3")}},
		{name: "a fact is refused by the database", culprit: "f7"},
		{name: "a command is refused by the database", culprit: "c3"},
		{name: "the first", culprit: "c0"},
		{name: "the last", culprit: "f9"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, 2, tt.opts...)
			ids := []music.GuildID{guildIn(0, 2, 0), guildIn(1, 2, 0)}
			r.warm(ids...)
			if len(tt.opts) == 0 {
				r.store.set(func(s *memStore) {
					s.onCommit = func(b *store.Batch) verdict {
						if mentions(b, tt.culprit) {
							return refuse
						}
						return pass
					}
				})
			}
			want := map[music.GuildID][]string{}
			for n := range 10 {
				for _, d := range []partition.Delivery{command(fmt.Sprintf("c%d", n), ids[n%2]), joins(fmt.Sprintf("f%d", n), ids[n%2])} {
					r.deliver(d)
					if d.Input.ID != tt.culprit {
						want[d.Input.Guild] = append(want[d.Input.Guild], d.Input.ID)
					}
				}
			}
			r.until("the others are told", func() bool { return len(r.events()) == 19 && len(r.store.dead) == 1 })
			r.settle()
			r.check(func() {
				for _, id := range ids {
					if got := r.store.causes(id); !slices.Equal(got, want[id]) {
						t.Errorf("guild %s: %v, want %v", id, got, want[id])
					}
				}
				d := r.store.dead[0]
				if d.ID != tt.culprit || !strings.Contains(string(d.Input), `"id":"`+tt.culprit+`"`) || d.Error == "" || d.Kind == "" {
					t.Errorf("dead letter: %+v", d)
				}
				first, _ := r.acknowledged()
				slices.Sort(first)
				if len(first) != 10 || len(slices.Compact(first)) != 10 {
					t.Errorf("a command that was put aside is acknowledged like the others, once: %v", first)
				}
				refused := r.store.effects[partition.AnswerKey(tt.culprit)]
				if isCommand := tt.culprit[0] == 'c'; isCommand != strings.Contains(string(refused.Payload), string(music.ReasonInternal)) {
					t.Errorf("answer: %s", refused.Payload)
				}
			})
		})
	}
}

func TestCulpritIsNotForgottenWhileTheDatabaseIsAway(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	away := 3
	r.store.set(func(s *memStore) {
		s.onCommit = func(b *store.Batch) verdict {
			switch {
			case mentions(b, "c1"):
				return refuse
			case len(b.DeadLetters) > 0 && away > 0:
				away--
				return unavailable
			}
			return pass
		}
	})
	r.deliver(command("c1", "7"))
	r.running("it is put aside", func() bool { return len(r.store.dead) == 1 })
	r.until("its answer is told", func() bool { return slices.Equal(r.answers(), []string{"answer:c1"}) })
}

func TestHalvesThatFailKeepTheirOrder(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	n := 0
	inside, open := make(chan struct{}), make(chan struct{})
	r.store.set(func(s *memStore) {
		s.onCommit = func(b *store.Batch) verdict {
			n++
			switch {
			case n == 1:
				close(inside)
				<-open
			case n == 3:
				return unavailable
			case mentions(b, "f5"):
				return refuse
			}
			return pass
		}
	})
	r.deliver(joins("f0", "7"))
	<-inside
	var want []string
	for i := 1; i <= 8; i++ {
		r.deliver(joins(fmt.Sprintf("f%d", i), "7"))
	}
	for _, i := range []int{0, 1, 2, 3, 4, 6, 7, 8} {
		want = append(want, fmt.Sprintf("f%d", i))
	}
	close(open)
	r.running("the others are told", func() bool { return len(r.events()) == 8 })
	r.check(func() {
		if got := r.store.causes("7"); !slices.Equal(got, want) {
			t.Errorf("journal: %v", got)
		}
	})
}

func TestRefusedDeadLetterDoesNotHoldTheOthersUp(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.store.set(func(s *memStore) {
		s.onCommit = func(b *store.Batch) verdict {
			if mentions(b, "f1") || len(b.DeadLetters) > 0 {
				return refuse
			}
			return pass
		}
	})
	r.deliver(from(joins("f1", "7"), "gw", "g", 1), from(joins("f2", "7"), "gw", "g", 2))
	r.until("the other is told", func() bool { return len(r.events()) == 1 })
	for range 3 {
		r.advance(maxWait)
	}
	r.check(func() {
		if got := r.store.cursors["0/gw/g"]; got != 2 {
			t.Errorf("cursor %d", got)
		}
	})
	if r.loop.Depth() != 0 {
		t.Error("it still waits")
	}
}

func TestUnwritableEventIsPutAside(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(joins("unwritable", "7"), joins("f1", "7"))
	r.until("the other is told", func() bool { return len(r.events()) == 1 && len(r.store.dead) == 1 })
	if g, _ := r.loop.View("7"); slices.Contains(g.Bots, "b-unwritable") || !slices.Contains(g.Bots, "b-f1") {
		t.Errorf("the guild is as if the culprit had not come: %v", g.Bots)
	}
}

func TestTickThatPanicsDoesNotKeepTheLoopBusy(t *testing.T) {
	r := newRig(t, 1, func(o *partition.Options) {
		o.Apply = func(g music.Guild, in music.Input, now time.Time) music.Result {
			if in.Kind() == "tick" {
				panic("poison")
			}
			return music.Step(g, in, now)
		}
	})
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.until("a timer is set", func() bool { return len(r.converge) > 0 })
	r.advance(music.JoinWithin)
	r.until("the tick is put aside", func() bool { return len(r.store.dead) >= 1 })
	r.settle()
	r.settle()
	if n := r.loop.Stats().DeadLetters.Load(); n != 1 {
		t.Errorf("%d dead letters at one time", n)
	}
	r.advance(maxWait)
	if n := r.loop.Stats().DeadLetters.Load(); n != 2 {
		t.Errorf("%d dead letters; it is tried again after a while", n)
	}
}
