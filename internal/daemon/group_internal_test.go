package daemon

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/observe"
)

// diary notes what happens in which order.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, s)
}

func (d *diary) all() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.lines)
}

func newDaemon(clock clockwork.Clock, parts ...string) *daemon {
	d := &daemon{clock: clock, ready: &observe.Ready{}}
	d.Logger = slog.New(slog.DiscardHandler)
	d.Config.Timeouts.Shutdown = 10 * time.Second
	for _, p := range parts {
		d.roles.states = append(d.roles.states, view.Role{Name: p})
	}
	return d
}

// obedient is a part that ends when it is told to.
func obedient(name string, begun *sync.WaitGroup, notes *diary) part {
	begun.Add(1)
	return part{name, func(ctx context.Context) error {
		begun.Done()
		<-ctx.Done()
		notes.note(name + " ends")
		// Whoever stands behind is still there while this one ends.
		for range 100 {
			select {
			case <-time.After(100 * time.Microsecond):
			case <-ctx.Done():
			}
		}
		notes.note(name + " ended")
		return nil
	}}
}

func TestPartsEndInTheirOrder(t *testing.T) {
	t.Parallel()
	var begun sync.WaitGroup
	notes := &diary{}
	d := newDaemon(clockwork.NewRealClock(), "gateway", "audio")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	parts := []part{obedient("gateway", &begun, notes), obedient("audio", &begun, notes), obedient("socket", &begun, notes)}
	go func() { done <- d.group(ctx, parts) }()
	begun.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	want := []string{"gateway ends", "gateway ended", "audio ends", "audio ended", "socket ends", "socket ended"}
	if got := notes.all(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	for _, r := range d.roles.list() {
		if r.State != "stopped" {
			t.Errorf("%+v", r)
		}
	}
}

func TestPartThatFailsEndsAll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		err  error
		code fault.Code
	}{
		{"with an error", fault.New(fault.Unauthenticated, "test", "the token is wrong"), fault.Unauthenticated},
		{"without one", nil, fault.Internal},
		{"with a context's", context.Canceled, fault.Internal},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var begun sync.WaitGroup
			notes := &diary{}
			d := newDaemon(clockwork.NewRealClock(), "gateway")
			parts := []part{
				{"gateway", func(context.Context) error { begun.Wait(); return c.err }},
				obedient("audio", &begun, notes),
			}
			if err := d.group(t.Context(), parts); fault.CodeOf(err) != c.code {
				t.Errorf("got %v", err)
			}
			if got := notes.all(); !slices.Equal(got, []string{"audio ends", "audio ended"}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestShutdownHasATimeLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		fail error
		code fault.Code
	}{
		{"asked to end", nil, fault.Unavailable},
		{"ended by a failure", fault.New(fault.Denied, "test", "no"), fault.Denied},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			d := newDaemon(clock)
			var begun sync.WaitGroup
			notes := &diary{}
			hang, told := make(chan struct{}), make(chan struct{})
			parts := []part{
				{"stubborn", func(ctx context.Context) error { <-ctx.Done(); close(told); <-hang; return nil }},
				obedient("audio", &begun, notes),
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.fail != nil {
				parts = append(parts, part{"failing", func(context.Context) error { begun.Wait(); return c.fail }})
			}
			done := make(chan error, 1)
			go func() { done <- d.group(ctx, parts) }()
			begun.Wait()
			if c.fail == nil {
				cancel()
			}
			<-told
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			clock.Advance(d.Config.Timeouts.Shutdown)
			if err := <-done; fault.CodeOf(err) != c.code {
				t.Errorf("got %v", err)
			}
			// The others are told too, although nobody waits for them.
			for deadline := time.Now().Add(30 * time.Second); len(notes.all()) < 2; {
				if time.Now().After(deadline) {
					t.Fatalf("the part behind was not told to end: %v", notes.all())
				}
			}
			close(hang)
		})
	}
}
