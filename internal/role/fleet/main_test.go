package fleet_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/fleet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long a test waits for what it means.
const patience = 30 * time.Second

// town is a bus with processes on it.
type town struct {
	t     *testing.T
	bus   bus.Bus
	clock *clockwork.FakeClock
}

func newTown(t *testing.T) *town {
	t.Helper()
	b := memory.New(0)
	t.Cleanup(func() { _ = b.Close() })
	return &town{t: t, bus: b, clock: clockwork.NewFakeClock()}
}

// citizen is a process of a town.
type citizen struct {
	*fleet.Fleet

	end func()
}

// self is a process with roles and partitions.
func self(name string, partitions int, roles ...string) func(context.Context) view.Process {
	return func(context.Context) view.Process {
		p := view.Process{Name: name, Ready: true, Partitions: partitions, Version: "v1"}
		for _, r := range roles {
			p.Roles = append(p.Roles, view.Role{Name: r, State: "running"})
		}
		return p
	}
}

// settle starts a process, which runs until its end is called or the test ends.
func (w *town) settle(who func(context.Context) view.Process, l fleet.Local) *citizen {
	w.t.Helper()
	f := fleet.New(fleet.Options{Bus: w.bus, Clock: w.clock, Logger: slog.New(slog.DiscardHandler), Self: who, Local: l})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := f.Run(ctx); err != nil {
			w.t.Errorf("it ended with %v", err)
		}
	}()
	c := &citizen{Fleet: f, end: sync.OnceFunc(func() { cancel(); <-done })}
	w.t.Cleanup(c.end)
	return c
}

// look asks without end until what is seen is as wanted, while time passes.
func (w *town) look(f *fleet.Fleet, what string, ok func(fleet.Picture) bool) fleet.Picture {
	w.t.Helper()
	deadline := time.Now().Add(patience)
	for {
		seen := make(chan fleet.Picture, 1)
		go func() { seen <- f.Look(context.Background()) }()
		p := w.pass(seen)
		if ok(p) {
			return p
		}
		w.clock.Advance(500 * time.Millisecond)
		if time.Now().After(deadline) {
			w.t.Fatalf("not seen: %s; at last %+v", what, p)
		}
	}
}

// pass lets time pass, a tenth of a second each millisecond, until something is there.
func (w *town) pass(seen <-chan fleet.Picture) fleet.Picture {
	w.t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for {
		select {
		case p := <-seen:
			return p
		case <-tick.C:
			w.clock.Advance(100 * time.Millisecond)
		case <-deadline:
			w.t.Fatal("nothing is seen")
		}
	}
}

// states are those of the processes by their names.
func states(p fleet.Picture) map[string]string {
	out := map[string]string{}
	for _, x := range p.Processes {
		out[x.Name] = x.State
	}
	return out
}
