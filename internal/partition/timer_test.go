package partition_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// watched keeps the inputs that were stepped, and when.
type watched struct {
	mu  sync.Mutex
	ids []string
	at  []time.Time
	in  []music.Input
}

func (w *watched) option() rigOption {
	return func(o *partition.Options) {
		o.Apply = func(g music.Guild, in music.Input, now time.Time) music.Result {
			w.mu.Lock()
			w.ids, w.at, w.in = append(w.ids, in.Kind()), append(w.at, now), append(w.in, in)
			w.mu.Unlock()
			return music.Step(g, in, now)
		}
	}
}

// each calls f with each input that was stepped.
func (w *watched) each(f func(music.Input)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, in := range w.in {
		f(in)
	}
}

func (w *watched) count(kind string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for _, k := range w.ids {
		if k == kind {
			n++
		}
	}
	return n
}

func TestTickComesAtTheDeadline(t *testing.T) {
	var w watched
	r := newRig(t, 1, w.option())
	r.warm("7")
	r.deliver(asks("c1", "7", music.Join{}))
	r.until("voice is wanted", func() bool { return len(r.converge) == 1 })
	r.advance(music.JoinWithin - time.Nanosecond)
	if n := w.count("tick"); n != 0 {
		t.Fatalf("%d ticks before the deadline", n)
	}
	r.advance(time.Nanosecond)
	r.until("the join is given up", func() bool { return len(r.answers()) == 1 })
	if n := w.count("tick"); n != 1 {
		t.Errorf("%d ticks", n)
	}
	r.advance(time.Hour)
	if n := w.count("tick"); n != 1 {
		t.Errorf("%d ticks where nothing is due", n)
	}
}

func TestLoopWakesByItselfForADeadline(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(asks("c1", "7", music.Join{}))
	r.until("voice is wanted", func() bool { return len(r.converge) == 1 })
	r.running("the join is given up", func() bool { return len(r.answers()) == 1 })
	if off := r.clock.Since(start); off < music.JoinWithin {
		t.Errorf("given up after %v", off)
	}
}

func TestTickThatIsNotCommittedComesAgain(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(asks("c1", "7", music.Join{}))
	r.until("voice is wanted", func() bool { return len(r.converge) == 1 })
	v := unavailable
	r.store.set(func(s *memStore) { s.onCommit = func(*store.Batch) verdict { now := v; v = pass; return now } })
	r.running("the join is given up", func() bool { return len(r.answers()) == 1 })
	r.check(func() {
		n := 0
		for _, e := range r.store.journal {
			if e.Type == "music.voice.join_failed" {
				n++
			}
		}
		if n != 1 {
			t.Errorf("given up %d times", n)
		}
	})
}

// connected brings a guild to where its bot is in voice.
func (r *rig) connected(guild music.GuildID) {
	r.t.Helper()
	r.deliver(asks("join-"+string(guild), guild, music.Join{}),
		fact("in-"+string(guild), guild, music.VoiceState{User: music.UserID(bot), Channel: "50", Session: "s", Bot: true}),
		fact("server-"+string(guild), guild, music.VoiceServer{Bot: bot, Token: "t", Endpoint: "e:1"}))
	r.until("the bot is in voice", func() bool {
		return slices.ContainsFunc(r.events(), func(e store.JournalRow) bool { return e.Guild == guild && e.Type == "music.voice.joined" })
	})
}

func TestNoTickWhileAGuildRecovers(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.connected("7")
	r.stop()
	var w watched
	next := restart(t, r.clock, r.store, w.option())
	next.own(0, forever)
	next.until("it is taken up", func() bool { return len(next.takenUp) == 1 })
	next.settle()
	if g, ok := next.loop.View("7"); !ok || !g.Recovering() {
		t.Fatal("a guild with a bot in voice is taken up with its partition, and recovers")
	}
	next.advance(time.Hour)
	if n := w.count("tick"); n != 0 {
		t.Fatalf("%d ticks before anybody looked", n)
	}
	next.deliver(fact("snap", "7", music.VoiceSnapshot{Bot: bot, States: []music.VoiceState{
		{User: music.UserID(bot), Channel: "50", Session: "s", Bot: true},
	}}))
	next.until("it was looked at", func() bool { return w.count("voice_snapshot") == 1 })
	next.settle()
	next.advance(music.OverdueGrace - time.Second)
	if n := w.count("tick"); n != 0 {
		t.Errorf("%d ticks: an overdue deadline gets some time more", n)
	}
	next.advance(time.Second)
	next.until("the bot leaves at last", func() bool {
		return slices.ContainsFunc(next.events(), func(e store.JournalRow) bool { return e.Type == "music.voice.left" })
	})
}

func TestTimeNeverRunsBackwards(t *testing.T) {
	for _, back := range []time.Duration{0, time.Second, time.Hour} {
		t.Run(back.String(), func(t *testing.T) {
			r := newRig(t, 1)
			r.warm("7")
			r.deliver(joins("f1", "7"))
			r.until("it is told", func() bool { return len(r.events()) == 1 })
			r.stop()
			// The process comes back with its clock set back; the store still
			// knows when its predecessor was alive.
			r.clock.Advance(-back)
			var w watched
			next := restart(t, r.clock, r.store, w.option())
			next.own(0, forever)
			next.deliver(joins("f2", "7"), joins("f3", "7"))
			next.until("they are told", func() bool { return len(next.events()) == 2 })
			next.advance(time.Second)
			next.deliver(joins("f4", "7"))
			next.until("it is told", func() bool { return len(next.events()) == 3 })
			r.check(func() {
				for i := 1; i < len(r.store.journal); i++ {
					if r.store.journal[i].At.Before(r.store.journal[i-1].At) {
						t.Errorf("%v comes after %v", r.store.journal[i].At, r.store.journal[i-1].At)
					}
				}
				if at := r.store.journal[3].At; at.Before(start.Add(time.Second)) {
					t.Errorf("time stands still: %v", at)
				}
			})
			if !slices.IsSortedFunc(w.at, time.Time.Compare) {
				t.Errorf("steps ran backwards: %v", w.at)
			}
		})
	}
}
