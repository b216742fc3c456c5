package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// testOutgoing looks at the journal's beginning, from where events leave it.
func testOutgoing(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	var events []store.Record
	for i := range 10 {
		events = append(events, store.Record{
			ID: fmt.Sprint("out-", i), Type: "a.b", Tenant: "tenant", Guild: "g", At: epoch.Add(time.Duration(i) * time.Hour), Cause: "c", Envelope: []byte(`{"a":1}`),
		})
	}
	// One of the fourth hour is dated after those of the fifth and the sixth.
	events[3].At = epoch.Add(7 * time.Hour)
	o.commit(store.Batch{Events: events})
	all := epoch.Add(24 * time.Hour)
	oldest := func(after int64, before time.Time, limit int) (seqs []int64) {
		t.Helper()
		rows, err := s.Oldest(ctx, after, before, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
			if r.ID != fmt.Sprint("out-", r.Seq-1) || r.Tenant != "tenant" || r.Cause != "c" || string(r.Envelope) != `{"a":1}` || r.Type != "a.b" {
				t.Errorf("got %+v", r)
			}
		}
		return seqs
	}
	count := func(what string, got []int64, from, to int64) {
		t.Helper()
		if int64(len(got)) != to-from+1 || (len(got) > 0 && (got[0] != from || got[len(got)-1] != to)) {
			t.Errorf("%s: got %v, want %d to %d", what, got, from, to)
		}
	}
	count("nothing was read by the projection", oldest(0, all, 100), 1, 0)
	if n, err := s.PruneTo(ctx, 10, 100); err != nil || n != 0 {
		t.Errorf("%d that nobody has read were deleted, %v", n, err)
	}
	if err := s.ProjectPlays(ctx, 0, 8, nil); err != nil {
		t.Fatal(err)
	}
	count("what was read", oldest(0, all, 100), 1, 8)
	count("some", oldest(0, all, 3), 1, 3)
	count("what follows", oldest(3, all, 100), 4, 8)
	count("none is old", oldest(0, epoch, 100), 1, 0)
	count("up to the first that is young", oldest(0, epoch.Add(6*time.Hour), 100), 1, 3)
	_, err := s.Oldest(ctx, 0, all, -1)
	want(t, err, fault.Invalid, "a limit below zero")
	for _, c := range []struct {
		to    int64
		limit int
		gone  int
	}{{0, 10, 0}, {3, 2, 2}, {3, 9, 1}, {3, 9, 0}, {10, 100, 5}, {10, 100, 0}} {
		if n, err := s.PruneTo(ctx, c.to, c.limit); err != nil || n != c.gone {
			t.Errorf("%+v: %d, %v", c, n, err)
		}
	}
	left, err := s.Events(ctx, store.EventQuery{Limit: 100})
	if err != nil || len(left) != 2 || left[0].Seq != 9 {
		t.Errorf("left are %v, %v", left, err)
	}
}

// testLetters looks at single dead letters, and at those of no batch.
func testLetters(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	letter := func(id, text string) store.DeadLetter {
		return store.DeadLetter{ID: id, Guild: "g", Partition: 3, Kind: "projection:plays", Input: []byte(text), Error: "because", At: epoch}
	}
	if err := s.PutAside(ctx, nil); err != nil {
		t.Errorf("none: %v", err)
	}
	if err := s.PutAside(ctx, []store.DeadLetter{letter("a", "1"), letter("b", ""), letter("a", "2")}); err != nil {
		t.Fatal(err)
	}
	if err := s.PutAside(ctx, []store.DeadLetter{letter("a", "3")}); err != nil {
		t.Fatal(err)
	}
	got, err := s.DeadLetter(ctx, "a")
	if err != nil || got.ID != "a" || string(got.Input) != "1" || got.Guild != "g" || got.Partition != 3 || got.Kind != "projection:plays" ||
		got.Error != "because" || !got.At.Equal(epoch) {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := s.DeadLetter(ctx, "b"); err != nil || len(got.Input) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = s.DeadLetter(ctx, "c")
	want(t, err, fault.NotFound, "a letter that is not there")
	want(t, s.DropDeadLetter(ctx, "c"), fault.NotFound, "to drop one that is not there")
	if err := s.DropDeadLetter(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	want(t, s.DropDeadLetter(ctx, "a"), fault.NotFound, "to drop one twice")
	if all, err := s.DeadLettersAfter(ctx, "", 9); err != nil || len(all) != 1 || all[0].ID != "b" {
		t.Errorf("left are %v, %v", all, err)
	}
	for name, d := range map[string]store.DeadLetter{
		"no id": letter("", "x"), "no kind": {ID: "x", Guild: "g"}, "a NUL": letter("a\x00", "x"),
	} {
		want(t, s.PutAside(ctx, []store.DeadLetter{d}), fault.Invalid, name)
	}
}
