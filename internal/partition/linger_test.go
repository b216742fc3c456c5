package partition_test

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// lingering lets commands wait for their tracks for a second of the test's clock.
func lingering(o *partition.Options) { o.Linger = time.Second }

// found is what was found for the slot that a command asked for last.
func (r *rig) found(guild music.GuildID) partition.Delivery {
	r.t.Helper()
	var slot music.SlotID
	r.check(func() { slot = r.resolves[len(r.resolves)-1].Slot })
	return fact("found-"+string(slot), guild, music.Resolved{Slot: slot, Tracks: []music.Track{{
		Encoded: "QAAA", Identifier: "i", Title: "A song", Source: "test", Length: time.Minute,
	}}})
}

// batches are the causes of the events of each commit of a guild.
func (r *rig) batches(guild music.GuildID) [][]string {
	var out [][]string
	for _, c := range r.told {
		var causes []string
		for _, e := range c.Events {
			if e.Guild == guild {
				causes = append(causes, e.Cause)
			}
		}
		if causes = slices.Compact(causes); len(causes) > 0 {
			out = append(out, causes)
		}
	}
	return out
}

func (r *rig) asked(n int) {
	r.t.Helper()
	r.until("it is looked up", func() bool { return len(r.resolves) == n })
	r.settle()
}

func TestCommandAndItsTracksAreOneCommit(t *testing.T) {
	r := newRig(t, 1, lingering)
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.asked(1)
	r.check(func() {
		if got := r.batches("7"); len(got) > 0 {
			t.Errorf("committed before the tracks came: %v", got)
		}
	})
	// What comes for the guild meanwhile stays behind the command.
	r.deliver(joins("f1", "7"))
	r.advance(100 * time.Millisecond)
	found := r.found("7")
	r.deliver(found)
	r.until("it is told", func() bool { return len(r.batches("7")) > 0 })
	r.settle()
	r.check(func() {
		if got := r.batches("7"); len(got) != 1 || !slices.Equal(got[0], []string{"c1", "f1", found.Input.ID}) {
			t.Errorf("commits: %v", got)
		}
		if first, _ := r.acknowledged(); !slices.Equal(first, []string{"c1"}) || len(r.resolves) != 1 {
			t.Errorf("acknowledged %v, looked up %d times", first, len(r.resolves))
		}
	})
	if g, _ := r.loop.View("7"); len(g.Players) != 1 || g.Players[0].Play == nil || g.Players[0].Play.Track.Title() != "A song" {
		t.Errorf("it does not play: %+v", g.Players)
	}
}

func TestCommandDoesNotWaitForeverForItsTracks(t *testing.T) {
	r := newRig(t, 1, lingering)
	r.warm("7")
	r.deliver(command("c1", "7"), joins("f1", "7"))
	r.asked(1)
	r.advance(time.Second)
	r.until("it is committed without them", func() bool { return len(r.batches("7")) == 1 })
	r.deliver(r.found("7"))
	r.until("they come later", func() bool { return len(r.batches("7")) == 2 })
	r.check(func() {
		if first, again := r.acknowledged(); !slices.Equal(first, []string{"c1"}) || len(again) > 0 || len(r.resolves) != 1 {
			t.Errorf("acknowledged %v and %v, looked up %+v", first, again, r.resolves)
		}
	})
}

func TestOthersDoNotWaitForACommandsTracks(t *testing.T) {
	r := newRig(t, 2, lingering)
	slow, other := guildIn(0, 2, 0), guildIn(1, 2, 0)
	r.warm(slow, other)
	r.deliver(command("c1", slow))
	r.asked(1)
	r.deliver(joins("f1", other), asks("c2", other, music.Join{}))
	r.until("another guild goes on", func() bool { return len(r.batches(other)) > 0 })
	r.check(func() {
		if got := r.batches(slow); len(got) > 0 {
			t.Errorf("committed: %v", got)
		}
	})
}

func TestCommandAndItsTracksAreTriedAgainTogether(t *testing.T) {
	r := newRig(t, 1, lingering)
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.asked(1)
	fails := 3
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			if fails--; fails >= 0 {
				return unavailable
			}
			return pass
		}
	})
	r.deliver(r.found("7"))
	r.running("it is told", func() bool { return len(r.batches("7")) > 0 })
	r.check(func() {
		if got := r.batches("7"); len(got) != 1 || len(got[0]) != 2 || len(r.resolves) != 1 {
			t.Errorf("commits: %v, looked up %d times", got, len(r.resolves))
		}
	})
}

func TestCommandThatComesTwiceWhileItsTracksAreLookedUp(t *testing.T) {
	r := newRig(t, 1, lingering)
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.asked(1)
	r.deliver(command("c1", "7"))
	r.deliver(r.found("7"))
	r.until("it is told", func() bool {
		first, again := r.acknowledged()
		return slices.Equal(first, []string{"c1"}) && slices.Equal(again, []string{"c1"})
	})
	r.check(func() {
		if len(r.resolves) != 1 {
			t.Errorf("looked up %d times", len(r.resolves))
		}
	})
}

func TestBusyLoopRestsBetweenCommits(t *testing.T) {
	r := newRig(t, 1, func(o *partition.Options) { o.Pace = time.Hour })
	r.warm("7")
	r.warm("8")
	r.deliver(joins("f1", "7"))
	r.until("a loop that is not busy does not rest", func() bool { return len(r.batches("7")) == 1 })
	r.deliver(joins("f2", "7"))
	r.until("nor before the next", func() bool { return len(r.batches("7")) == 2 })
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
	r.deliver(joins("f3", "7"))
	<-inside
	r.deliver(joins("f4", "7"), joins("f5", "7"), joins("f6", "8"), joins("f7", "8"))
	close(open)
	r.until("what waited during a commit is committed", func() bool { return len(r.batches("8")) == 1 })
	r.deliver(joins("f8", "8"))
	r.settle()
	r.check(func() {
		if got := r.batches("8"); len(got) != 1 {
			t.Errorf("it did not rest: %v", got)
		}
	})
	r.advance(time.Hour)
	r.until("it goes on", func() bool { return len(r.batches("8")) == 2 })
}
