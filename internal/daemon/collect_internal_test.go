package daemon

import (
	"context"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"pgregory.net/rapid"
)

func TestGarbageThatMayGather(t *testing.T) {
	for name, c := range map[string]struct {
		live uint64
		want int
	}{
		"nothing lives":  {0, 100},
		"little lives":   {roomy / 2, 100},
		"as much lives":  {roomy, 100},
		"twice as much":  {2 * roomy, 50},
		"many players":   {120 << 20, 30},
		"a large fleet":  {8 << 30, 30},
		"all the memory": {1 << 63, 30},
	} {
		t.Run(name, func(t *testing.T) {
			if got := garbage(c.live); got != c.want {
				t.Errorf("%d %%, want %d", got, c.want)
			}
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		live := rapid.Uint64Max(1<<40).Draw(t, "live")
		more := live + rapid.Uint64Max(1<<40).Draw(t, "more")
		// The more lives the more garbage there may be, but less for each byte.
		// A percent is a whole number: what it is short of one is not counted.
		a, b := garbage(live), garbage(more)
		if b > a || uint64(b+1)*more < uint64(a)*live {
			t.Fatalf("%d %% of %d, %d %% of %d", a, live, b, more)
		}
	})
}

func TestTheEnvironmentDecidesFirst(t *testing.T) {
	for name, c := range map[string]struct {
		env  []string
		want bool
	}{
		"nothing said":   {nil, true},
		"something else": {[]string{"GOGCC=1"}, true},
		"a percentage":   {[]string{"A=b", "GOGC=100"}, false},
		"a limit":        {[]string{"GOMEMLIMIT=1GiB"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			d := &daemon{Options: Options{Env: c.env}}
			if d.collects() != c.want {
				t.Errorf("it decides: %v", !c.want)
			}
		})
	}
}

// percent is what is set now.
func percent() int {
	p := debug.SetGCPercent(100)
	debug.SetGCPercent(p)
	return p
}

// It holds alone in its process: the other tests of the package run beside each
// other only after those that do not.
func TestALargeHeapIsCollectedMoreOften(t *testing.T) {
	const before = 77
	defer debug.SetGCPercent(debug.SetGCPercent(before))
	clock := clockwork.NewFakeClock()
	d := &daemon{clock: clock}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- d.collect(ctx) }()
	within, over := context.WithTimeout(context.Background(), time.Minute)
	defer over()
	turn := func() {
		if err := clock.BlockUntilContext(within, 1); err != nil {
			t.Fatal("it does not wait for its next look")
		}
	}
	look := func() int {
		runtime.GC() // only a collection says what lives
		turn()
		clock.Advance(collectEvery)
		turn()
		return percent()
	}
	small := look()
	ballast := make([]byte, 4*roomy)
	large := look()
	runtime.KeepAlive(ballast)
	if large != leastPercent || small < large {
		t.Errorf("%d %% with little on the heap, %d %% with much", small, large)
	}
	if again := look(); again < small-minorPercent || again < large {
		t.Errorf("%d %% once it is free again, %d before", again, small)
	}
	cancel()
	if err := <-done; err != nil || percent() != before {
		t.Errorf("it left %d %%, %v", percent(), err)
	}
}
