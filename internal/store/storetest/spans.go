package storetest

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// testSpans asks for spans of time in a journal whose beginning is gone and whose
// writers' clocks do not agree, and compares with what was written.
func testSpans(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	o := own(t, s, 0, "h")
	const count, pruned = 240, 37
	times := make([]time.Time, count)
	for i := range times {
		// A second one's clock is 59 minutes behind, and many share a moment.
		times[i] = epoch.Add(time.Duration(i/3) * 20 * time.Minute)
		if i%5 == 4 && i > pruned {
			times[i] = times[i].Add(-59 * time.Minute)
		}
	}
	for from := 0; from < count; from += 40 {
		var b store.Batch
		for i := range 40 {
			r := o.record(fmt.Sprintf("e%03d", from+i), times[from+i])
			r.Guild = music.GuildID(fmt.Sprint("g", (from+i)%2))
			b.Events = append(b.Events, r)
		}
		o.commit(b)
	}
	if err := s.ProjectPlays(ctx, 0, count, nil); err != nil {
		t.Fatal(err)
	}
	old := 0
	for _, at := range times {
		if at.Before(times[pruned]) {
			old++
		}
	}
	if n, err := s.Prune(ctx, times[pruned], count); err != nil || n != old {
		t.Fatalf("pruned %d of %d, %v", n, old, err)
	}
	left, err := s.Events(ctx, store.EventQuery{Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	edges := []time.Time{{}, epoch.Add(-time.Hour), epoch.Add(1000 * time.Hour)}
	for i := 0; i < count; i += 23 {
		edges = append(edges, times[i], times[i].Add(time.Nanosecond))
	}
	for _, since := range edges {
		for _, until := range edges {
			for _, q := range []store.EventQuery{{}, {Newest: true}, {Guild: "g1"}, {After: 100}} {
				q.Since, q.Until, q.Limit = since, until, 1000
				var wanted []int64
				for _, r := range left {
					if r.Seq > q.After && (q.Guild == "" || r.Guild == q.Guild) &&
						(since.IsZero() || !r.At.Before(since)) && (until.IsZero() || r.At.Before(until)) {
						wanted = append(wanted, r.Seq)
					}
				}
				rows, err := s.Events(ctx, q)
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for _, r := range rows {
					got = append(got, r.Seq)
				}
				if fmt.Sprint(got) != fmt.Sprint(wanted) {
					t.Errorf("%+v gives %v, want %v", q, got, wanted)
				}
			}
		}
	}
}
