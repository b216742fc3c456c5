package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func testJournal(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	if seq := o.commit(store.Batch{}); seq != 0 {
		t.Errorf("a batch without events starts at %d", seq)
	}
	var b store.Batch
	for i := range 300 {
		r := o.record(fmt.Sprintf("e%03d", i), epoch.Add(time.Duration(i)*time.Second))
		r.Guild = music.GuildID(fmt.Sprint("g", i%3))
		r.Type = []string{"music.play.started", "music.play.ended", "musical.note", "music/x", "music"}[i%5]
		b.Events = append(b.Events, r)
	}
	first := o.commit(b)
	if first != 1 {
		t.Fatalf("the first number is %d", first)
	}
	if next := o.commit(store.Batch{Events: []store.Record{o.record("later", epoch.Add(time.Hour))}}); next != 301 {
		t.Fatalf("the next number is %d", next)
	}
	rows, err := s.Events(ctx, store.EventQuery{Limit: 1000})
	if err != nil || len(rows) != 301 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i, r := range rows[:300] {
		w := b.Events[i]
		if r.Seq != int64(i)+1 || !r.At.Equal(w.At) || !bytes.Equal(r.Envelope, w.Envelope) {
			t.Fatalf("row %d is %+v, want %+v", i, r, w)
		}
		r.At, r.Envelope, w.At, w.Envelope = time.Time{}, nil, time.Time{}, nil
		if fmt.Sprint(r.Record) != fmt.Sprint(w) {
			t.Fatalf("row %d is %+v, want %+v", i, r.Record, w)
		}
	}
	for _, c := range []struct {
		name  string
		q     store.EventQuery
		count int
		first int64
	}{
		{"after", store.EventQuery{After: 290, Limit: 1000}, 11, 291},
		{"limit", store.EventQuery{Limit: 7}, 7, 1},
		{"the default limit", store.EventQuery{}, 100, 1},
		{"guild", store.EventQuery{Guild: "g1", Limit: 1000}, 100, 2},
		{"type", store.EventQuery{Types: []string{"music.play.ended"}, Limit: 1000}, 60, 2},
		{"types", store.EventQuery{Types: []string{"music", "musical.note"}, Limit: 1000}, 120, 3},
		{"prefix", store.EventQuery{Types: []string{"music.*"}, Limit: 1000}, 121, 1},
		{"prefix and type", store.EventQuery{Types: []string{"music.play.*", "music"}, Limit: 1000}, 180, 1},
		{"a type that every play has", store.EventQuery{Types: []string{"music.play.started"}, Limit: 1000}, 60, 1},
		{"the newest of such a type", store.EventQuery{Types: []string{"music.play.started"}, Newest: true, Limit: 2}, 2, 291},
		{"such a type and another", store.EventQuery{Types: []string{"music.play.started", "music.play.ended"}, Limit: 1000}, 120, 1},
		{"a type of a guild", store.EventQuery{Guild: "g1", Types: []string{"music.play.ended"}, Limit: 1000}, 20, 2},
		{"since", store.EventQuery{Since: epoch.Add(298 * time.Second)}, 3, 299},
		{"until", store.EventQuery{Until: epoch.Add(2 * time.Second)}, 2, 1},
		{"newest", store.EventQuery{Newest: true, Limit: 3}, 3, 299},
		{"newest of a guild after", store.EventQuery{Newest: true, Guild: "g0", After: 296, Limit: 9}, 1, 298},
		{"none", store.EventQuery{After: 1000}, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			rows, err := s.Events(ctx, c.q)
			if err != nil || len(rows) != c.count {
				t.Fatalf("%d rows, want %d, %v", len(rows), c.count, err)
			}
			if c.count > 0 && rows[0].Seq != c.first {
				t.Errorf("the first is %d, want %d", rows[0].Seq, c.first)
			}
			if !slices.IsSortedFunc(rows, func(a, b store.JournalRow) int { return int(a.Seq - b.Seq) }) {
				t.Error("the rows are out of order")
			}
		})
	}
	t.Run("too many types", func(t *testing.T) {
		_, err := s.Events(ctx, store.EventQuery{Types: slices.Repeat([]string{"x"}, 33)})
		want(t, err, fault.Invalid, "33 types")
	})
	t.Run("the same event twice", func(t *testing.T) {
		_, err := o.try(store.Batch{Events: []store.Record{o.record("new", epoch), o.record("new", epoch)}})
		want(t, err, fault.Invalid, "an id twice in a batch")
	})
	t.Run("the same batch twice", func(t *testing.T) {
		// Nothing but the number of the batch keeps it from being appended again.
		again := b
		again.Stamps, again.At = []store.Stamp{o.stamp}, epoch
		_, err := s.Commit(ctx, &again)
		want(t, err, fault.Conflict, "a batch that was written")
		if rows, err := s.Events(ctx, store.EventQuery{After: 301}); err != nil || len(rows) != 0 {
			t.Errorf("%d rows behind the last, %v", len(rows), err)
		}
	})
	t.Run("the number of an event", func(t *testing.T) {
		for id, wanted := range map[string]int64{"e000": 1, "e299": 300, "later": 301} {
			if seq, err := s.SeqOf(ctx, id); err != nil || seq != wanted {
				t.Errorf("%s is number %d, %v", id, seq, err)
			}
		}
		_, err := s.SeqOf(ctx, "new")
		want(t, err, fault.NotFound, "the number of no event")
	})
	t.Run("prune", func(t *testing.T) {
		if n, err := s.Prune(ctx, epoch.Add(48*time.Hour), 5000); err != nil || n != 0 {
			t.Errorf("pruned %d that no projection has read, %v", n, err)
		}
		for _, move := range [][2]int64{{0, 80}, {80, 301}} {
			if n, err := s.Prune(ctx, epoch.Add(100*time.Second), 60); err != nil || n != int(min(move[0], 60)) {
				t.Errorf("pruned %d up to %d, %v", n, move[0], err)
			}
			if err := s.ProjectPlays(ctx, move[0], move[1], nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, wanted := range []int{40, 0} {
			if n, err := s.Prune(ctx, epoch.Add(100*time.Second), 60); err != nil || n != wanted {
				t.Errorf("pruned %d, want %d, %v", n, wanted, err)
			}
		}
		if n, err := s.Prune(ctx, epoch.Add(48*time.Hour), 5000); err != nil || n != 201 {
			t.Errorf("pruned %d of the rest, %v", n, err)
		}
		if seq := o.commit(store.Batch{Events: []store.Record{o.record("after", epoch)}}); seq != 302 {
			t.Errorf("the journal goes on at %d", seq)
		}
	})
}

// testJournalOrder reads behind writers with a cursor: it must see every row,
// and the rows of each commit without a gap.
func testJournalOrder(t *testing.T, open Open) {
	s := open(t, nil)
	const commits, size = 40, 5
	var wg sync.WaitGroup
	for partition := range 4 {
		o := own(t, s, partition, "h")
		wg.Go(func() {
			for c := range commits {
				var b store.Batch
				for i := range size {
					b.Events = append(b.Events, o.record(fmt.Sprintf("%d-%d-%d", partition, c, i), epoch))
				}
				seq, err := o.try(b)
				if err != nil {
					t.Errorf("commit: %v", err)
					return
				}
				rows, err := s.Events(t.Context(), store.EventQuery{After: seq - 1, Limit: size})
				if err != nil || len(rows) != size {
					t.Errorf("%d rows, %v", len(rows), err)
					return
				}
				for i, r := range rows {
					if r.ID != b.Events[i].ID || r.Seq != seq+int64(i) {
						t.Errorf("row %d is %s, want %s", r.Seq, r.ID, b.Events[i].ID)
					}
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	cursor, seen := int64(0), 0
	for last := false; ; {
		rows, err := s.Events(t.Context(), store.EventQuery{After: cursor, Limit: 50})
		if err != nil {
			t.Error(err)
			break
		}
		for _, r := range rows {
			if r.Seq != cursor+1 {
				t.Fatalf("%d follows %d", r.Seq, cursor)
			}
			cursor, seen = r.Seq, seen+1
		}
		if last && len(rows) == 0 {
			break
		}
		select {
		case <-done:
			last = true
		default:
		}
	}
	<-done
	if seen != 4*commits*size {
		t.Errorf("the reader saw %d rows", seen)
	}
}
