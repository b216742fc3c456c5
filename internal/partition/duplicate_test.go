package partition_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// hold lets the next commit wait until the returned function is called, so that
// what is delivered meanwhile makes one batch.
func (r *rig) hold(id string, guild music.GuildID) (release func()) {
	r.t.Helper()
	inside, open := make(chan struct{}), make(chan struct{})
	first := true
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			if first {
				first = false
				close(inside)
				<-open
			}
			return pass
		}
	})
	r.deliver(joins(id, guild))
	<-inside
	return func() { close(open) }
}

func (r *rig) wantOnce(id string, again int) {
	r.t.Helper()
	r.until("it is known as a duplicate", func() bool { _, a := r.acknowledged(); return len(a) >= again })
	r.settle()
	r.check(func() {
		first, a := r.acknowledged()
		if len(a) != again || slices.ContainsFunc(a, func(x string) bool { return x != id }) {
			r.t.Errorf("again: %v", a)
		}
		if n := len(r.store.causes("7")); n == 0 || slices.Index(first, id) != len(first)-1 && len(first) > 0 {
			r.t.Errorf("acknowledged: %v", first)
		}
		n := 0
		for _, e := range r.store.journal {
			if e.Cause == id {
				n++
			}
		}
		if n != 1 {
			r.t.Errorf("%d events of it", n)
		}
	})
}

func TestCommandThatComesTwiceIsCarriedOutOnce(t *testing.T) {
	t.Run("in one batch", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		release := r.hold("f0", "7")
		r.deliver(command("c1", "7"), command("c1", "7"), command("c1", "7"))
		release()
		r.wantOnce("c1", 2)
		if n := r.loop.Stats().Duplicates.Load(); n != 2 {
			t.Errorf("%d duplicates", n)
		}
	})
	t.Run("in two batches", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		r.deliver(command("c1", "7"))
		r.until("it is told", func() bool { return len(r.events()) == 1 })
		r.deliver(command("c1", "7"))
		r.wantOnce("c1", 1)
	})
	t.Run("after a commit that failed", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		v := unavailable
		r.store.set(func(s *memStore) {
			s.onCommit = func(*store.Batch) verdict { now := v; v = pass; return now }
		})
		r.deliver(command("c1", "7"))
		r.until("it failed", func() bool { return r.store.calls >= 1 && r.loop.Stats().Retries.Load() == 1 })
		r.deliver(command("c1", "7"))
		r.advance(maxWait)
		r.wantOnce("c1", 1)
	})
	t.Run("after a restart", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		r.deliver(command("c1", "7"))
		r.until("it is told", func() bool { return len(r.events()) == 1 })
		r.stop()
		r.clock.Advance(partition.CommandMemory - time.Minute)
		next := restart(t, r.clock, r.store)
		next.own(0, forever)
		next.deliver(command("c1", "7"))
		next.wantOnce("c1", 1)
	})
	t.Run("after a restart, known by its answer", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		r.deliver(asks("c1", "7", music.ShowQueue{}))
		r.until("it is told", func() bool { return len(r.answers()) == 1 })
		r.check(func() {
			if _, marked := r.store.effects[partition.CommandKey("c1")]; marked {
				t.Error("it is marked, so its answer says nothing")
			}
		})
		r.stop()
		r.clock.Advance(partition.CommandMemory - time.Minute)
		next := restart(t, r.clock, r.store)
		next.own(0, forever)
		next.deliver(asks("c1", "7", music.ShowQueue{}))
		next.until("it is known", func() bool { _, again := next.acknowledged(); return len(again) == 1 })
		next.settle()
		next.check(func() {
			if first, _ := next.acknowledged(); len(first) != 0 || len(next.answers()) != 0 {
				t.Errorf("it was carried out anew: %v, %v", first, next.answers())
			}
		})
	})
	t.Run("after it was put aside", func(t *testing.T) {
		r := newRig(t, 1)
		r.warm("7")
		r.store.set(func(s *memStore) {
			s.onCommit = func(b *store.Batch) verdict {
				if mentions(b, "c1") {
					return refuse
				}
				return pass
			}
		})
		r.deliver(command("c1", "7"))
		r.until("it is put aside", func() bool { return len(r.store.dead) == 1 })
		r.deliver(command("c1", "7"))
		r.until("it is known", func() bool { _, a := r.acknowledged(); return len(a) == 1 })
		r.check(func() {
			if len(r.store.dead) != 1 {
				t.Error("it was tried again")
			}
		})
	})
}

func TestCommandIsForgottenAfterAnHour(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(asks("c1", "7", music.ShowQueue{}))
	r.until("it is told", func() bool { return len(r.answers()) == 1 })
	r.advance(partition.CommandMemory + 2*time.Minute)
	r.deliver(asks("c1", "7", music.ShowQueue{}))
	r.until("it is carried out anew", func() bool { f, _ := r.acknowledged(); return len(f) == 2 })
}

func TestExpiredCommandsAreNotCarriedOut(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	tests := []struct {
		name    string
		expires time.Time
		want    bool
	}{
		{"never", time.Time{}, true},
		{"later", start.Add(time.Minute), true},
		{"just now", start, true},
		{"before", start.Add(-time.Nanosecond), false},
	}
	for i, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := command(fmt.Sprintf("c%d", i), "7")
			d.Expires = tt.expires
			n := len(point(r.store, func(s *memStore) []store.JournalRow { return s.journal }))
			before := r.loop.Stats().Expired.Load()
			r.deliver(d)
			if tt.want {
				r.until("it is told", func() bool { return len(r.store.journal) == n+1 })
				return
			}
			r.settle()
			if r.loop.Stats().Expired.Load() != before+1 {
				t.Error("it was not noticed")
			}
			r.check(func() {
				if first, again := r.acknowledged(); slices.Contains(slices.Concat(first, again), d.Input.ID) || len(r.store.journal) != n {
					t.Error("it was carried out")
				}
			})
		})
	}
}
