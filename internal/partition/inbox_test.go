package partition_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

func TestInboxIsBounded(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7", "8")
	release := r.hold("first", "8")
	for n := range partition.MaxCommands {
		r.deliver(command(fmt.Sprintf("c%d", n), "7"))
	}
	if err := r.loop.Deliver(command("one-more", "7")); fault.CodeOf(err) != fault.Quota {
		t.Errorf("got %v", err)
	}
	r.deliver(command("c", "8"))
	for n := range partition.MaxFacts {
		r.deliver(joins(fmt.Sprintf("f%d", n), "7"))
	}
	r.check(func() { r.resyncs = nil })
	before := r.loop.Stats().Dropped.Load()
	r.deliver(joins("dropped", "7"), joins("last", "8"))
	r.check(func() {
		if !slices.Equal(r.resyncs, []music.GuildID{"7"}) {
			t.Errorf("asked for a snapshot of %v", r.resyncs)
		}
	})
	if n := r.loop.Stats().Dropped.Load() - before; n != 1 {
		t.Errorf("%d dropped", n)
	}
	if n := r.loop.Depth(); n != partition.MaxCommands+partition.MaxFacts+2 {
		t.Errorf("%d wait", n)
	}
	release()
	want := 1 + partition.MaxCommands + partition.MaxFacts + 2
	r.until("all is told", func() bool {
		f, _ := r.acknowledged()
		return len(f) == partition.MaxCommands+1 && len(r.store.causes("7"))+len(r.store.causes("8")) >= want
	})
	r.until("nothing waits", func() bool { return r.loop.Depth() == 0 })
	r.deliver(command("room-again", "7"))
	r.until("there is room again", func() bool { f, _ := r.acknowledged(); return slices.Contains(f, "room-again") })
	r.check(func() {
		if slices.Contains(r.store.causes("7"), "dropped") {
			t.Error("it was not dropped")
		}
	})
}

func TestBusyGuildDoesNotStarveAnother(t *testing.T) {
	r := newRig(t, 1)
	r.warm("7", "8")
	release := r.hold("first", "7")
	for n := range partition.MaxFacts {
		r.deliver(joins(fmt.Sprintf("f%d", n), "7"))
	}
	r.deliver(command("c1", "8"))
	r.store.set(func(s *memStore) { s.batches = nil })
	release()
	r.until("the other is served", func() bool { return len(r.store.causes("8")) == 1 })
	r.until("nothing waits", func() bool { return len(r.store.causes("7")) == partition.MaxFacts+1 })
	r.check(func() {
		i := slices.IndexFunc(r.store.batches, func(b store.Batch) bool { return mentions(&b, "c1") })
		// The first batch was under way already.
		if i > 1 {
			t.Errorf("it came with batch %d", i)
		}
		if !slices.IsSortedFunc(r.store.journal, func(a, b store.JournalRow) int { return int(a.Seq - b.Seq) }) {
			t.Error("the journal is out of order")
		}
		for n, id := range r.store.causes("7") {
			if n > 0 && id != fmt.Sprintf("f%d", n-1) {
				t.Fatalf("%s comes as number %d", id, n)
			}
		}
	})
}

func TestManyBusyGuildsShareEachBatch(t *testing.T) {
	r := newRig(t, 1, func(o *partition.Options) { o.MaxBatch = 64 })
	var ids []music.GuildID
	for n := range 100 {
		ids = append(ids, music.GuildID(fmt.Sprint(n+1)))
	}
	r.warm(ids...)
	release := r.hold("f", ids[0])
	for n := range 20 {
		for _, id := range ids {
			r.deliver(joins(fmt.Sprintf("%s-%d", id, n), id))
		}
	}
	r.store.set(func(s *memStore) { s.batches = nil })
	release()
	r.until("all is stored", func() bool { return len(r.store.journal) == 2001 })
	r.check(func() {
		served := map[music.GuildID]int{}
		for n, b := range r.store.batches {
			for _, e := range b.Events {
				if _, ok := served[e.Guild]; !ok {
					served[e.Guild] = n
				}
			}
		}
		for id, n := range served {
			// 100 guilds, 4 of them a batch.
			if n > 26 {
				t.Errorf("guild %s was served first in batch %d", id, n)
			}
		}
	})
}
