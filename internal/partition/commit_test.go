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

func TestNothingIsToldBeforeTheCommit(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	inside, open := make(chan struct{}), make(chan struct{})
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict { close(inside); <-open; return pass }
	})
	r.check(func() { r.told, r.converge = nil, nil })
	r.deliver(command("c1", "7"))
	<-inside
	r.check(func() {
		if len(r.told) > 0 || len(r.converge) > 0 {
			t.Error("something was told while the commit ran")
		}
		if len(r.resolves) != 1 {
			t.Error("the look-up may start before the commit")
		}
	})
	if g, _ := r.loop.View("7"); len(g.Players) != 0 {
		t.Error("the view shows what is not committed")
	}
	r.store.set(func(s *memStore) { s.onCommit = nil })
	close(open)
	r.until("the commit is told", func() bool { return len(r.told) > 0 && len(r.converge) > 0 })
	r.check(func() {
		if first, _ := r.acknowledged(); !slices.Equal(first, []string{"c1"}) {
			t.Errorf("acknowledged: %v", first)
		}
		if e := r.events(); len(e) != 1 || e[0].Type != "music.play.requested" || e[0].Cause != "c1" || e[0].Epoch != 1 {
			t.Errorf("events: %+v", e)
		}
		if r.converge[0] != "7/900/5@1" {
			t.Errorf("to converge: %v", r.converge)
		}
	})
	if g, _ := r.loop.View("7"); len(g.Players) != 1 {
		t.Error("the view is what was committed")
	}
}

func TestFailedCommitSendsNothingAndIsTriedAgain(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	fails := 4
	r.store.set(func(s *memStore) {
		s.onCommit = func(*store.Batch) verdict {
			if fails > 0 {
				fails--
				return unavailable
			}
			return pass
		}
	})
	r.check(func() { r.told, r.store.calls = nil, 0 })
	r.deliver(command("c1", "7"), command("c2", "7"))
	r.deliver(joins("f1", "7"))
	r.settle()
	r.check(func() {
		if len(r.told) != 0 {
			t.Errorf("told: %+v", r.told)
		}
	})
	tries := point(r.store, func(s *memStore) int { return s.calls })
	r.settle()
	if again := point(r.store, func(s *memStore) int { return s.calls }); again != tries {
		t.Error("it was tried again without a pause")
	}
	for range 10 {
		r.advance(100 * time.Millisecond)
	}
	r.until("all is told", func() bool { return len(r.events()) == 3 })
	r.check(func() {
		if got := r.store.causes("7"); !slices.Equal(got, []string{"c1", "c2", "f1"}) {
			t.Errorf("journal: %v", got)
		}
		if first, again := r.acknowledged(); !slices.Equal(first, []string{"c1", "c2"}) || len(again) != 0 {
			t.Errorf("acknowledged: %v, again: %v", first, again)
		}
	})
	if n := r.loop.Stats().Retries.Load(); n != 4 {
		t.Errorf("%d retries", n)
	}
}

func TestAnswersAreExactlyThoseCommitted(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.check(func() { r.told = nil })
	r.deliver(asks("skip", "7", music.Skip{}), asks("queue", "7", music.ShowQueue{}))
	r.until("both are answered", func() bool { return len(r.answers()) == 2 })
	r.check(func() {
		if got := r.answers(); !slices.Equal(got, []string{"answer:skip", "answer:queue"}) {
			t.Errorf("answers: %v", got)
		}
		for _, c := range r.told {
			for _, e := range c.Effects {
				row := r.store.effects[e.Key]
				if string(row.Payload) != string(e.Payload) || !strings.Contains(string(e.Payload), `"refused"`) ||
					!e.Expires.Equal(start.Add(partition.AnswerLife)) || e.Epoch != 1 {
					t.Errorf("told %+v, stored %+v", e, row)
				}
			}
		}
		for _, id := range []string{"skip", "queue"} {
			if mark, ok := r.store.effects[partition.CommandKey(id)]; ok {
				t.Errorf("a command whose answer is stored is marked too: %+v", mark)
			}
		}
	})
}

// A command that is not answered in its own commit is known by a mark.
func TestCommandsWithoutAnswersAreMarked(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7")
	r.deliver(command("c1", "7"))
	r.until("it is told", func() bool { first, _ := r.acknowledged(); return slices.Contains(first, "c1") })
	r.check(func() {
		mark := r.store.effects[partition.CommandKey("c1")]
		if !mark.Expires.Equal(start.Add(partition.CommandMemory)) {
			t.Errorf("a mark must outlive what it is the memory of: %v", mark.Expires)
		}
		if mark.Done.IsZero() {
			t.Error("a mark is owed to somebody")
		}
		if _, ok := r.store.effects[partition.AnswerKey("c1")]; ok {
			t.Error("the command was answered, so this test says nothing")
		}
	})
}

func TestOneBatchForAllThatWait(t *testing.T) {
	r := newRig(t, 4)
	ids := make([]music.GuildID, 40)
	for i := range ids {
		ids[i] = guildIn(i%4, 4, i/4)
	}
	r.warm(ids...)
	inside, open := make(chan struct{}), make(chan struct{})
	first := true
	r.store.set(func(s *memStore) {
		s.batches = nil
		s.onCommit = func(*store.Batch) verdict {
			if first {
				first = false
				close(inside)
				<-open
			}
			return pass
		}
	})
	r.deliver(joins("first", ids[0]))
	<-inside
	for n := range 10 {
		for _, id := range ids {
			r.deliver(joins(fmt.Sprintf("%s-%d", id, n), id))
		}
	}
	close(open)
	r.until("all is stored", func() bool { return len(r.store.journal) == 401 })
	r.check(func() {
		if n := len(r.store.batches); n != 2 {
			t.Errorf("%d batches for what waited together", n-1)
		}
		b := r.store.batches[1]
		if len(b.Guilds) != 40 || len(b.Events) != 400 || len(b.Stamps) != 4 {
			t.Errorf("%d guilds, %d events, %d stamps", len(b.Guilds), len(b.Events), len(b.Stamps))
		}
		if !slices.IsSortedFunc(b.Stamps, func(a, b store.Stamp) int { return a.Partition - b.Partition }) {
			t.Error("stamps have one order")
		}
	})
}

func TestCommittedIsToldInOrder(t *testing.T) {
	r := newRig(t, 4, func(o *partition.Options) { o.MaxBatch = 7 })
	ids := []music.GuildID{guildIn(0, 4, 0), guildIn(1, 4, 0), guildIn(2, 4, 0), guildIn(3, 4, 0)}
	r.warm(ids...)
	for n := range 200 {
		r.deliver(joins(fmt.Sprint(n), ids[n%4]))
	}
	r.until("all is told", func() bool { return len(r.events()) == 200 })
	r.check(func() {
		for i, e := range r.events() {
			if e.Seq != int64(i+1) {
				t.Fatalf("place %d is told as number %d", e.Seq, i+1)
			}
		}
	})
}
