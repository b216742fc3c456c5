package storetest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// testThin takes events of some types out of the journal's middle.
func testThin(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	var b store.Batch
	for i := range 30 {
		r := o.record(fmt.Sprint("thin-", i), epoch.Add(time.Duration(i)*time.Hour))
		r.Type = []string{"music.player.moved", "music.play.ended", "music.panel.shown"}[i%3]
		b.Events = append(b.Events, r)
	}
	// Dated before its neighbours, as the clock of another process has it.
	b.Events[18].At = epoch.Add(16*time.Hour + 30*time.Minute)
	o.commit(b)
	left := func() (seqs []int64) {
		t.Helper()
		rows, err := s.Events(ctx, store.EventQuery{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
		}
		return seqs
	}
	gone := map[int64]bool{}
	thin := func(what string, q store.Thinning, want ...int64) {
		t.Helper()
		if q.Limit == 0 {
			q.Limit = 100
		}
		if n, err := s.Thin(ctx, q); err != nil || n != len(want) {
			t.Errorf("%s: %d are gone, want %v; %v", what, n, want, err)
		}
		for _, seq := range want {
			gone[seq] = true
		}
		var stay []int64
		for seq := int64(1); seq <= 30; seq++ {
			if !gone[seq] {
				stay = append(stay, seq)
			}
		}
		if got := left(); !slices.Equal(got, stay) {
			t.Errorf("%s: left are %v, want %v", what, got, stay)
		}
	}
	moved, all := []string{"music.player.moved"}, epoch.Add(100*time.Hour)
	thin("nothing was read by the projection", store.Thinning{Types: moved, Before: all})
	if err := s.ProjectPlays(ctx, 0, 25, nil); err != nil {
		t.Fatal(err)
	}
	thin("none is old", store.Thinning{Types: moved, Before: epoch})
	thin("two of them", store.Thinning{Types: moved, Before: all, Limit: 2}, 1, 4)
	thin("up to a number", store.Thinning{Types: moved, Before: all, To: 12}, 7, 10)
	thin("older than a time", store.Thinning{Types: moved, Before: epoch.Add(17 * time.Hour)}, 13, 16, 19)
	thin("another type, and one that is not there", store.Thinning{Types: []string{"music.panel.shown", "no.such"}, Before: epoch.Add(6 * time.Hour)}, 3, 6)
	thin("two types", store.Thinning{Types: []string{"music.panel.shown", "music.player.moved"}, Before: all, Limit: 3}, 9, 12, 15)
	thin("what was read of them", store.Thinning{Types: append(moved, "music.panel.shown"), Before: all}, 18, 21, 22, 24, 25)
	for name, q := range map[string]store.Thinning{
		"no type": {Before: all}, "too many types": {Types: slices.Repeat(moved, 33), Before: all}, "a limit below zero": {Types: moved, Limit: -1},
	} {
		_, err := s.Thin(ctx, q)
		want(t, err, fault.Invalid, name)
	}
}
