package audio //nolint:testpackage // what it tests is a part that the role does not show

import (
	"context"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/bus"
)

func TestTrailEndsBeforeTheFirstThatWaits(t *testing.T) {
	tr := newTrail()
	tr.begin(bus.Cursor{Generation: "g", Position: 10})
	var steps []*step
	for p := range int64(4) {
		steps = append(steps, tr.at(11+p))
	}
	for _, c := range []struct {
		take int
		want int64
	}{{1, 10}, {3, 10}, {0, 12}, {0, 12}, {2, 14}, {1, 14}} {
		steps[c.take].Taken()
		if got := tr.end(); got != (bus.Cursor{Generation: "g", Position: c.want}) {
			t.Fatalf("after %d was taken it ends at %+v, want %d", c.take, got, c.want)
		}
	}
}

// TestTrailIsWhatWasTakenInARow compares with a plain list.
func TestTrailIsWhatWasTakenInARow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tr, taken := newTrail(), []bool{}
		var steps []*step
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(steps) == 0 || rapid.Bool().Draw(t, "reads") {
				taken = append(taken, false)
				steps = append(steps, tr.at(int64(len(steps)+1)))
			} else {
				i := rapid.IntRange(0, len(steps)-1).Draw(t, "takes")
				taken[i] = true
				steps[i].Taken()
			}
			want := 0
			for want < len(taken) && taken[want] {
				want++
			}
			if got := tr.end().Position; got != int64(want) {
				t.Fatalf("it ends at %d, want %d of %v", got, want, taken)
			}
		}
	})
}

func TestTrailIsDrainedWhenNothingWaits(t *testing.T) {
	tr := newTrail()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if !tr.drained(ctx) {
		t.Fatal("nothing was read")
	}
	var wg sync.WaitGroup
	for p := range int64(100) {
		s := tr.at(p + 1)
		wg.Go(s.Taken)
	}
	if !tr.drained(ctx) || tr.end().Position != 100 {
		t.Fatalf("it ends at %d", tr.end().Position)
	}
	wg.Wait()
	tr.at(101)
	ended, end := context.WithCancel(t.Context())
	end()
	if tr.drained(ended) {
		t.Fatal("one waits")
	}
}
