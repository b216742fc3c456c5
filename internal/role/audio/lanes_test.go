package audio //nolint:testpackage // what it tests is a part that the role does not show

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

func jobOf(guild string) job { return job{playerKey: playerKey{music.GuildID(guild), "900"}} }

func TestWhoComesFirstInALane(t *testing.T) {
	t.Parallel()
	l := newLanes(100, 100)
	l.push("n", jobOf("few"), rank{moving: true, listeners: 2})
	l.push("n", jobOf("many"), rank{moving: true, listeners: 90})
	l.push("n", jobOf("asked"), rank{listeners: 1})
	l.push("n", jobOf("few too"), rank{moving: true, listeners: 2})
	l.push("n", jobOf("asked later"), rank{listeners: 50})
	var got []string
	for range 5 {
		j, _, ok := l.next()
		if !ok {
			t.Fatal("something is missing")
		}
		got = append(got, string(j.guild))
	}
	if want := []string{"asked", "asked later", "many", "few", "few too"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestALostNodeIsLeftByTheMostListenersFirst(t *testing.T) {
	t.Parallel()
	hits := []hit{{"101", 2}, {"102", 9}, {"103", 0}, {"104", 9}, {"105", 7}}
	mostFirst(hits)
	var got []string
	for _, h := range hits {
		got = append(got, string(h.guild))
	}
	if want := []string{"102", "104", "105", "101", "103"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestALaneHasOnlyItsShare(t *testing.T) {
	t.Parallel()
	l := newLanes(2, 100)
	for i := range 50 {
		l.push("hangs", jobOf(fmt.Sprint(i)), rank{})
	}
	l.push("works", jobOf("x"), rank{})
	lanesSeen := map[music.NodeName]int{}
	for range 3 {
		_, name, ok := l.next()
		if !ok {
			t.Fatal("nobody may work")
		}
		lanesSeen[name]++
	}
	if lanesSeen["hangs"] != 2 || lanesSeen["works"] != 1 {
		t.Errorf("got %v", lanesSeen)
	}
	if _, _, ok := l.next(); ok {
		t.Error("a third one works for the node that hangs")
	}
	l.done("hangs")
	if _, name, ok := l.next(); !ok || name != "hangs" {
		t.Error("a place that was given back is not used")
	}
}

func TestTooMuchWaitsNowhere(t *testing.T) {
	t.Parallel()
	l := newLanes(1, 2)
	if !l.push("a", jobOf("1"), rank{}) || !l.push("b", jobOf("2"), rank{}) || l.push("c", jobOf("3"), rank{}) {
		t.Error("two have room")
	}
	l.next()
	if !l.push("c", jobOf("3"), rank{}) {
		t.Error("the room of who works is not given back")
	}
}

// Whatever comes and goes, everything is done once, no lane has more than its
// share, and nothing is left behind.
func TestLanesDoEverythingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		limit := rapid.IntRange(1, 4).Draw(rt, "limit")
		names := rapid.SliceOfN(rapid.SampledFrom([]music.NodeName{"", "a", "b", "c"}), 1, 60).Draw(rt, "lanes")
		l := newLanes(limit, 1000)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var mu sync.Mutex
		running, done, over := map[music.NodeName]int{}, map[job]int{}, false
		var workers, all sync.WaitGroup
		all.Add(len(names))
		for range rapid.IntRange(1, 8).Draw(rt, "workers") {
			workers.Go(func() {
				for {
					j, name, ok := l.pop(ctx)
					if !ok {
						return
					}
					mu.Lock()
					running[name]++
					over = over || running[name] > limit
					done[j]++
					mu.Unlock()
					mu.Lock()
					running[name]--
					mu.Unlock()
					l.done(name)
					all.Done()
				}
			})
		}
		for i, name := range names {
			l.push(name, jobOf(fmt.Sprint(i)), rank{moving: i%3 == 0, listeners: i % 5})
		}
		all.Wait()
		cancel()
		workers.Wait()
		if over || len(done) != len(names) || l.depth() != 0 || len(l.lanes) != 0 || len(l.order) != 0 {
			rt.Fatalf("over %v, done %d of %d, %d wait, %d lanes", over, len(done), len(names), l.depth(), len(l.lanes))
		}
		for j, n := range done {
			if n != 1 {
				rt.Fatalf("%v was done %d times", j, n)
			}
		}
	})
}

func TestAPlayerThatWasGivenAnotherNodeWaitsThere(t *testing.T) {
	t.Parallel()
	s := newQueue()
	at := music.NodeName("a")
	s.where = func(job) (music.NodeName, rank) { return at, rank{} }
	s.wake(playerKey{"1", "2"})
	j, lane, _ := s.work.next()
	at = "b"
	if s.begin(j, lane) {
		t.Fatal("it is steered in the lane of the node that it left")
	}
	s.work.done(lane)
	if _, lane, ok := s.work.next(); !ok || lane != "b" {
		t.Errorf("it waits for %q, %v", lane, ok)
	}
}

func TestWhatCannotBeRemovedIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newQueue()
	s.role.opt.Clock = clockwork.NewFakeClock()
	ctx, cancel := context.WithCancel(t.Context())
	j := job{playerKey{"1", "2"}, "a"}
	for range cleanTries {
		s.finish(ctx, j, false, fault.New(fault.Unavailable, "test", "away"))
	}
	if len(s.tries) != 0 {
		t.Error("it is tried for ever")
	}
	cancel()
	_ = s.role.later.Wait()
}

// spread gives many players at once and counts where they go.
func TestGivenAtOnceGoesToEveryNode(t *testing.T) {
	t.Parallel()
	r := roleOf(t, "a", "b", "c")
	got := map[music.NodeName]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 90 {
		all.Go(func() {
			n := r.give(playerKey{music.GuildID(fmt.Sprint(i)), "900"}, need{})
			mu.Lock()
			defer mu.Unlock()
			got[n.name()]++
		})
	}
	all.Wait()
	for name, n := range got {
		if n < 28 || n > 32 {
			t.Errorf("%s has %d of 90", name, n)
		}
	}
}

func TestAChoiceIsKeptUntilItWentThrough(t *testing.T) {
	t.Parallel()
	r := roleOf(t, "a", "b")
	k := playerKey{"1", "900"}
	first := r.give(k, need{})
	for range 5 {
		if got := r.give(k, need{}); got != first {
			t.Fatalf("first %s, then %s", first.name(), got.name())
		}
	}
	other := r.give(k, need{without: first.name()})
	if other == nil || other == first {
		t.Fatalf("got %v", other)
	}
	r.opt.Clock.(*clockwork.FakeClock).Advance(givenFor + pruneEvery) //nolint:forcetypeassert // roleOf made it
	for _, c := range r.candidates() {
		if c.given != 0 {
			t.Errorf("%s still counts %d", c.name, c.given)
		}
	}
}

func TestANodeThatFailsManyIsAvoidedForAWhile(t *testing.T) {
	t.Parallel()
	r := roleOf(t, "a", "b")
	now := r.opt.Clock.Now()
	for range knownBad {
		r.node("a").failed(now)
	}
	for i := range 20 {
		if n := r.give(playerKey{music.GuildID(fmt.Sprint(i)), "900"}, need{}); n.name() != "b" {
			t.Fatalf("player %d went to %s", i, n.name())
		}
	}
	r.opt.Clock.(*clockwork.FakeClock).Advance(troubleFor + time.Second) //nolint:forcetypeassert // roleOf made it
	if c := r.node("a").candidate(r.opt.Clock.Now()); c.troubles != 0 {
		t.Errorf("%d troubles are never forgotten", c.troubles)
	}
}

// roleOf is a role whose nodes are up and know nothing of each other.
func roleOf(t *testing.T, names ...music.NodeName) *Role {
	t.Helper()
	clock := clockwork.NewFakeClock()
	r := &Role{log: slog.New(slog.DiscardHandler), opt: Options{Clock: clock, Metrics: unmeasured{}}}
	for _, name := range names {
		n := newNode(clientOf(t, name), clock.Now())
		n.state = NodeUp
		r.nodes = append(r.nodes, n)
	}
	return r
}
