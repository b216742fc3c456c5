package load_test

import (
	"context"
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/bench/load"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestOpenKeepsItsSchedule(t *testing.T) {
	const n, rate = 50, 500
	dues := make([]time.Time, n)
	begin := time.Now()
	late, err := load.Open(t.Context(), rate, n, func(i int, due time.Time) error {
		dues[i] = due
		return nil
	})
	if err != nil || len(late) != n {
		t.Fatalf("%d calls, %v", len(late), err)
	}
	if took := time.Since(begin); took < (n-1)*time.Second/rate {
		t.Errorf("%d calls at %d a second took %s", n, rate, took)
	}
	for i := 1; i < n; i++ {
		if gap := dues[i].Sub(dues[i-1]); gap != time.Second/rate {
			t.Fatalf("call %d is due %s after the one before", i, gap)
		}
	}
	for i, l := range late {
		if l < 0 {
			t.Errorf("call %d was started %s early", i, -l)
		}
	}
}

// A system that answers nothing must not slow the arrivals down.
func TestOpenDoesNotWaitForAnswers(t *testing.T) {
	const n = 20
	var begun atomic.Int64
	all := make(chan struct{})
	_, err := load.Open(t.Context(), 1000, n, func(int, time.Time) error {
		if begun.Add(1) == n {
			close(all)
		}
		<-all
		return nil
	})
	if err != nil || begun.Load() != n {
		t.Errorf("%d calls began, %v", begun.Load(), err)
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var calls atomic.Int64
	_, err := load.Open(ctx, 0.001, 5, func(int, time.Time) error {
		calls.Add(1)
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || calls.Load() != 1 {
		t.Errorf("%d calls, %v", calls.Load(), err)
	}
}

func TestErrorsAreReturned(t *testing.T) {
	broken := errors.New("broken")
	if _, err := load.Open(t.Context(), 1e6, 10, func(int, time.Time) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("open: %v", err)
	}
	if _, err := load.Closed(t.Context(), 4, time.Hour, func(int) (int, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("closed: %v", err)
	}
}

func TestClosedKeepsEachCallerBusy(t *testing.T) {
	const callers = 3
	var running, calls [callers]atomic.Int64
	// A machine that is busy starts some callers late.
	rate, err := load.Closed(t.Context(), callers, 500*time.Millisecond, func(c int) (int, error) {
		if running[c].Add(1) != 1 {
			t.Errorf("caller %d has two calls at once", c)
		}
		defer running[c].Add(-1)
		calls[c].Add(1)
		return 2, nil
	})
	if err != nil || rate <= 0 {
		t.Fatalf("%v a second, %v", rate, err)
	}
	for c := range calls {
		if calls[c].Load() == 0 {
			t.Errorf("caller %d did nothing", c)
		}
	}
}

func TestPercentile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[99-i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		values []time.Duration
		p      float64
		want   time.Duration
	}{
		{nil, 50, 0}, {[]time.Duration{7}, 99, 7}, {[]time.Duration{7}, 0, 7},
		{hundred, 50, 50}, {hundred, 99, 99}, {hundred, 100, 100}, {hundred, 99.5, 100}, {[]time.Duration{3, 1, 2}, 50, 2},
	} {
		if got := load.Percentile(c.values, c.p); got != c.want {
			t.Errorf("the %vth percentile is %v, want %v", c.p, got, c.want)
		}
	}
}

func TestSlopeOfALine(t *testing.T) {
	if load.Slope([]float64{1}, []float64{2}) != 0 || load.Slope([]float64{2, 2}, []float64{1, 5}) != 0 {
		t.Error("what is no line has a slope")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Float64Range(-100, 100).Draw(t, "a"), rapid.Float64Range(-100, 100).Draw(t, "b")
		n := rapid.IntRange(2, 50).Draw(t, "n")
		var x, y []float64
		for i := range n {
			x, y = append(x, float64(i)), append(y, a*float64(i)+b)
		}
		if got := load.Slope(x, y); math.Abs(got-a) > 1e-6 {
			t.Fatalf("the slope is %v, want %v", got, a)
		}
	})
}
