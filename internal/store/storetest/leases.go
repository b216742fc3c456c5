package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// eventually tries until f has no conflict any more, for as long as a short
// lease may take many times over.
func eventually(t *testing.T, f func() error) {
	t.Helper()
	limit := time.After(time.Minute)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		want(t, err, fault.Conflict, "while a lease runs")
		select {
		case <-limit:
			t.Fatal("the lease does not run out")
		case <-again.C:
		}
	}
}

func testLeases(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	if n, err := s.Partitions(ctx); err != nil || n < 4 {
		t.Fatalf("%d partitions, %v", n, err)
	}
	first, err := s.Acquire(ctx, 0, "one", long)
	if err != nil || first.Epoch != 1 || first.Batch != 0 || !first.AliveUntil.IsZero() {
		t.Fatalf("the first lease is %+v, %v", first, err)
	}
	if d := time.Until(first.Expires); d < long/2 || d > 2*long {
		t.Errorf("the lease lasts %v", d)
	}
	_, err = s.Acquire(ctx, 0, "two", long)
	want(t, err, fault.Conflict, "somebody else's partition")

	again, err := s.Acquire(ctx, 0, "one", long)
	if err != nil || again.Epoch != 2 || again.AliveUntil.IsZero() {
		t.Fatalf("the same holder again: %+v, %v", again, err)
	}
	stale, now := []store.Stamp{{Partition: 0, Epoch: 1}}, []store.Stamp{{Partition: 0, Epoch: 2}}
	want(t, s.Renew(ctx, "one", stale, long), fault.Conflict, "renewing an old epoch")
	want(t, s.Renew(ctx, "two", now, long), fault.Conflict, "renewing another's lease")
	if err := s.Renew(ctx, "one", now, long); err != nil {
		t.Fatal(err)
	}
	if err := s.Release(ctx, "one", stale); err != nil {
		t.Fatal(err)
	}
	_, err = s.Acquire(ctx, 0, "two", long)
	want(t, err, fault.Conflict, "after an old epoch was given back")
	if err := s.Release(ctx, "one", now); err != nil {
		t.Fatal(err)
	}
	next, err := s.Acquire(ctx, 0, "two", long)
	if err != nil || next.Epoch != 3 {
		t.Fatalf("after the release: %+v, %v", next, err)
	}
	if next.AliveUntil.Before(again.AliveUntil) || next.AliveUntil.After(next.Expires) {
		t.Errorf("the holder before was alive until %v, then %v", again.AliveUntil, next.AliveUntil)
	}

	t.Run("a batch is a sign of life", func(t *testing.T) {
		mine := own(t, s, 4, "one")
		later := time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
		stamp := mine.stamp
		stamp.Batch++
		if _, err := s.Commit(ctx, &store.Batch{Stamps: []store.Stamp{stamp}, At: later}); err != nil {
			t.Fatal(err)
		}
		next, err := s.Acquire(ctx, 4, "one", long)
		if err != nil || next.AliveUntil.Before(later) {
			t.Errorf("after a batch of %v the holder was alive until %v, %v", later, next.AliveUntil, err)
		}
	})
	t.Run("all or none", func(t *testing.T) {
		mine := own(t, s, 1, "three")
		both := []store.Stamp{mine.stamp, {Partition: 0, Epoch: 3}}
		before, err := s.Acquire(ctx, 2, "three", short)
		if err != nil {
			t.Fatal(err)
		}
		want(t, s.Renew(ctx, "three", append(both, store.Stamp{Partition: 2, Epoch: before.Epoch}), long), fault.Conflict, "one of them is another's")
		// Had the third been prolonged, it would not run out.
		eventually(t, func() error { _, err := s.Acquire(ctx, 2, "four", short); return err })
	})
	t.Run("runs out", func(t *testing.T) {
		l, err := s.Acquire(ctx, 3, "one", short)
		if err != nil {
			t.Fatal(err)
		}
		var next store.Lease
		eventually(t, func() (err error) { next, err = s.Acquire(ctx, 3, "two", long); return err })
		if next.Epoch != l.Epoch+1 || next.AliveUntil.IsZero() {
			t.Errorf("the next lease is %+v after %+v", next, l)
		}
		want(t, s.Renew(ctx, "one", []store.Stamp{{Partition: 3, Epoch: l.Epoch}}, long), fault.Conflict, "a lease that was lost")
	})
	t.Run("bad input", func(t *testing.T) {
		for _, f := range []func() error{
			func() error { _, err := s.Acquire(ctx, -1, "one", long); return err },
			func() error { _, err := s.Acquire(ctx, 1<<20, "one", long); return err },
			func() error { _, err := s.Acquire(ctx, 0, "", long); return err },
			func() error { _, err := s.Acquire(ctx, 0, "one", 0); return err },
			func() error { return s.Renew(ctx, "one", now, -time.Second) },
		} {
			want(t, f(), fault.Invalid, "a lease that cannot be")
		}
	})
	t.Run("one winner", func(t *testing.T) {
		if err := s.Release(ctx, "two", []store.Stamp{{Partition: 0, Epoch: 3}}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		won := make(chan string, 8)
		for _, h := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
			wg.Go(func() {
				if _, err := s.Acquire(ctx, 0, h, long); err == nil {
					won <- h
				} else if fault.CodeOf(err) != fault.Conflict {
					t.Errorf("%s: %v", h, err)
				}
			})
		}
		wg.Wait()
		if len(won) != 1 {
			t.Errorf("%d holders won", len(won))
		}
	})
}

func testFence(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	old := own(t, s, 1, "old")
	g := guild("100", player("1", slots("a")...))
	old.put(nil, g)
	if err := s.Release(ctx, "old", []store.Stamp{old.stamp}); err != nil {
		t.Fatal(err)
	}
	successor := own(t, s, 1, "new")
	if successor.stamp.Batch != 1 || successor.stamp.Epoch != old.stamp.Epoch+1 {
		t.Fatalf("the successor starts with %+v", successor.stamp)
	}
	change := store.Batch{
		Guilds:  []store.GuildChange{{Partition: 1, Before: g, After: queued(g, slots("a", "b")...)}},
		Events:  []store.Record{old.record("e1", epoch)},
		Effects: []store.EffectRow{old.effect("k1", "answer")},
		Cursors: []store.Cursor{{Partition: 1, Source: "s", Position: 1}},
	}
	_, err := old.try(change)
	want(t, err, fault.Conflict, "the old holder's commit")
	sameGuild(t, load(t, s, "100"), g)
	if rows, err := s.Events(ctx, store.EventQuery{}); err != nil || len(rows) != 0 {
		t.Errorf("the journal has %d rows, %v", len(rows), err)
	}
	_, _, err = s.Effect(ctx, "k1")
	want(t, err, fault.NotFound, "the old holder's effect")
	if c, err := s.Cursors(ctx, 1); err != nil || len(c) != 0 {
		t.Errorf("cursors %v, %v", c, err)
	}
	successor.put(g, queued(g, slots("a", "c")...))

	for name, off := range map[string]int64{"the same batch again": -1, "a batch too far": 1} {
		stamp := successor.stamp
		stamp.Batch += 1 + off
		_, err := s.Commit(ctx, &store.Batch{Stamps: []store.Stamp{stamp}, At: epoch})
		want(t, err, fault.Conflict, name)
	}
	got, err := s.BatchNumbers(ctx, []int{1, 2})
	if err != nil || len(got) != 2 || got[0] != successor.stamp || got[1] != (store.Stamp{Partition: 2}) {
		t.Errorf("batch numbers %v, %v", got, err)
	}
	t.Run("one stale stamp of two", func(t *testing.T) {
		other := own(t, s, 2, "new")
		a, b := successor.stamp, other.stamp
		a.Batch++
		b.Batch += 2
		gs := []store.GuildChange{{Partition: 1, After: guild("200")}}
		_, err := s.Commit(ctx, &store.Batch{Stamps: []store.Stamp{a, b}, At: epoch, Guilds: gs})
		want(t, err, fault.Conflict, "one of two")
		if load(t, s, "200") != nil {
			t.Error("the guild was written")
		}
		b.Batch--
		if _, err := s.Commit(ctx, &store.Batch{Stamps: []store.Stamp{b, a}, At: epoch, Guilds: gs}); err != nil {
			t.Error(err)
		}
	})
	t.Run("race", func(t *testing.T) { fenceRace(t, s) })
}

// fenceRace lets holders take a partition from each other while each writes its
// own epoch into the journal: epochs must never go back in the journal's order.
func fenceRace(t *testing.T, s store.Store) {
	const holders, commits, most = 4, 5, 200
	var wg sync.WaitGroup
	var conflicts, written atomic.Int64
	for h := range holders {
		wg.Go(func() {
			// They go on until somebody came too late: without that the race
			// would prove nothing.
			for done := 0; done < commits || (conflicts.Load() == 0 && done < most); {
				// The same holder's name takes the lease at any time.
				l, err := s.Acquire(t.Context(), 3, "shared", long)
				if err != nil {
					t.Errorf("acquire: %v", err)
					return
				}
				_, err = s.Commit(t.Context(), &store.Batch{
					Stamps: []store.Stamp{{Partition: 3, Epoch: l.Epoch, Batch: l.Batch + 1}}, At: epoch,
					Events: []store.Record{{
						ID: fmt.Sprintf("race-%d-%d", h, done), Type: "race", Guild: "race", Partition: 3, Epoch: l.Epoch, At: epoch, Envelope: []byte("{}"),
					}},
				})
				switch fault.CodeOf(err) {
				case "":
					done++
					written.Add(1)
				case fault.Conflict:
					conflicts.Add(1)
				default:
					t.Errorf("commit: %v", err)
					return
				}
			}
		})
	}
	wg.Wait()
	rows, err := s.Events(t.Context(), store.EventQuery{Guild: "race", Limit: 1000})
	if err != nil || int64(len(rows)) != written.Load() {
		t.Fatalf("%d rows of %d, %v", len(rows), written.Load(), err)
	}
	if conflicts.Load() == 0 {
		t.Error("nobody took the partition from anybody: the race proves nothing")
	}
	last := int64(0)
	for _, r := range rows {
		if r.Epoch <= last {
			t.Fatalf("epoch %d was written after %d", r.Epoch, last)
		}
		last = r.Epoch
	}
	now, err := s.BatchNumbers(t.Context(), []int{3})
	if err != nil || now[0].Batch != int64(len(rows)) {
		t.Errorf("%d rows came of %v, %v", len(rows), now, err)
	}
}
