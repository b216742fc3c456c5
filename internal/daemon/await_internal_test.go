package daemon

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

func TestAwait(t *testing.T) {
	away, refused := fault.New(fault.Unavailable, "test", "it is away"), fault.New(fault.Denied, "test", "wrong password")
	for name, c := range map[string]struct {
		limit time.Duration
		fails []error
		want  fault.Code
		tries int
	}{
		"it is there":                   {0, nil, "", 1},
		"it is away and not waited for": {0, []error{away}, fault.Unavailable, 1},
		"it comes":                      {-1, []error{away, away, away}, "", 4},
		"it comes late":                 {-1, slicesOf(away, 40), "", 41},
		"it refuses us":                 {-1, []error{refused}, fault.Denied, 1},
		"it comes and refuses us":       {-1, []error{away, refused}, fault.Denied, 2},
		"it comes in time":              {time.Second, []error{away, away}, "", 3},
		"it does not come in time":      {time.Second, slicesOf(away, 40), fault.Unavailable, 5},
	} {
		t.Run(name, func(t *testing.T) {
			clock := clockwork.NewFakeClock()
			d := &daemon{Options: Options{Logger: slog.New(slog.DiscardHandler)}, clock: clock, ready: &observe.Ready{}}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			tries, step := 0, awaitFirst
			ended := make(chan error, 1)
			go func() {
				ended <- d.await(ctx, "bus", c.limit, func(ctx context.Context) error {
					if err := d.backing.check("bus")(ctx); tries > 0 && fault.CodeOf(err) != fault.Unavailable {
						t.Errorf("while it waits it says %v", err)
					}
					tries++
					if tries > len(c.fails) {
						return nil
					}
					return c.fails[tries-1]
				})
			}()
			for {
				waits := make(chan error, 1)
				look, stop := context.WithCancel(ctx)
				go func() { waits <- clock.BlockUntilContext(look, 1) }()
				select {
				case err := <-ended:
					stop()
					<-waits
					if fault.CodeOf(err) != c.want || tries != c.tries {
						t.Errorf("after %d tries: %v, want %d and %q", tries, err, c.tries, c.want)
					}
					return
				case err := <-waits:
					stop()
					if err != nil {
						t.Fatal(err)
					}
					clock.Advance(step)
					step = min(2*step, awaitMost)
				}
			}
		})
	}
}

func slicesOf(err error, n int) []error {
	out := make([]error, n)
	for i := range out {
		out[i] = err
	}
	return out
}

func TestAwaitEndsWhenItIsToldTo(t *testing.T) {
	d := &daemon{Options: Options{Logger: slog.New(slog.DiscardHandler)}, clock: clockwork.NewFakeClock()}
	ctx, cancel := context.WithCancel(t.Context())
	err := d.await(ctx, "bus", -1, func(context.Context) error {
		cancel()
		return fault.New(fault.Unavailable, "test", "it is away")
	})
	if err == nil || ended(ctx, err) != nil {
		t.Errorf("got %v", err)
	}
	if broken := errors.New("broken"); !errors.Is(ended(t.Context(), broken), broken) {
		t.Error("what went wrong is forgotten")
	}
}
