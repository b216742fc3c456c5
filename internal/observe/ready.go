package observe

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// checkLimit bounds one check.
const checkLimit = 2 * time.Second

// Check is how one named condition is.
type Check struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"`
}

// Ready keeps the conditions under which the daemon can do its work. The zero
// value has none and is not ready before Started was called.
type Ready struct {
	mu      sync.Mutex
	names   []string
	checks  []func(context.Context) error
	started bool
}

// Add registers a check. Its error says what is wrong, as fault.Show shows it.
func (r *Ready) Add(name string, check func(ctx context.Context) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.names = append(r.names, name)
	r.checks = append(r.checks, check)
}

// Started says that all checks were registered and the daemon is up; with
// false that it is about to stop.
func (r *Ready) Started(up bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = up
}

// Check runs all checks at once, each for 2 s at most, and returns them in the
// order in which they were added.
func (r *Ready) Check(ctx context.Context) (ready bool, checks []Check) {
	r.mu.Lock()
	names, fns, started := r.names, r.checks, r.started
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	checks = make([]Check, len(fns)+1)
	checks[0] = Check{Name: "started", OK: started}
	if !started {
		checks[0].Reason = "the daemon is starting or stopping"
	}
	done := make([]chan error, len(fns))
	for i, f := range fns {
		done[i] = make(chan error, 1)
		go func() { done[i] <- guarded(ctx, f) }()
	}
	ready = started
	for i, name := range names {
		var err error
		select {
		case err = <-done[i]:
		case <-ctx.Done():
			// A check that had answered by then still counts.
			select {
			case err = <-done[i]:
			default:
				err = fault.New(fault.Unavailable, "observe.Check", "did not answer in time")
			}
		}
		checks[i+1] = Check{Name: name, OK: err == nil, Reason: reason(err)}
		ready = ready && err == nil
	}
	return ready, checks
}

func guarded(ctx context.Context, f func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the check panicked: %v", p)
		}
	}()
	return f(ctx)
}

func reason(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded):
		return "did not answer in time"
	}
	message, _ := fault.Show(err)
	return message
}
