package redis_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/testenv"
)

// patience bounds what has to happen on a machine that is busy with other things.
const patience = time.Minute

const stream = "s"

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

// rig is a Redis that may be hurt, and a bus on it.
type rig struct {
	*testing.T

	server *testenv.RedisServer
	bus    *redis.Bus
	prefix string
}

func newRig(t *testing.T, o redis.Options, config ...string) *rig {
	t.Helper()
	r := &rig{T: t, server: testenv.NewRedis(t, config...), prefix: prefix()}
	o.URL, o.Prefix = r.server.URL(), r.prefix
	r.bus = open(t, o)
	return r
}

// log and meta are the keys of the stream.
func (r *rig) log() string  { return "{" + r.prefix + ":" + stream + "}:log" }
func (r *rig) meta() string { return "{" + r.prefix + ":" + stream + "}:meta" }

// until tries again until f has no error.
func (r *rig) until(what string, f func() error) {
	r.Helper()
	late := time.After(patience)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		err := f()
		if err == nil {
			return
		}
		select {
		case <-late:
			r.Fatalf("%s: %v", what, err)
		case <-again.C:
		}
	}
}

// add appends one message for each number.
func (r *rig) add(from, to int) {
	r.Helper()
	for i := from; i < to; i++ {
		if err := r.bus.Append(within(r.T), stream, bus.Message{Number: int64(i), Data: []byte("data")}); err != nil {
			r.Fatal(err)
		}
	}
}

func (r *rig) begin() bus.Cursor {
	r.Helper()
	var at bus.Cursor
	r.until("where to begin", func() error {
		var err error
		at, err = r.bus.Begin(within(r.T), stream)
		return err
	})
	return at
}

// read reads the messages with these numbers and no others.
func (r *rig) read(at bus.Cursor, from, to int) bus.Cursor {
	r.Helper()
	for n := from; n < to; {
		got, next, err := r.bus.Read(within(r.T), stream, at, to-n)
		if err != nil {
			r.Fatalf("reading %d: %v", n, err)
		}
		for _, d := range got {
			if d.Number != int64(n) {
				r.Fatalf("got number %d, want %d", d.Number, n)
			}
			n++
		}
		at = next
	}
	return at
}

// reset reads until the bus says that the cursor does not continue; Redis may be
// away for a while before. It fails if a message comes.
func (r *rig) reset(at bus.Cursor) {
	r.Helper()
	r.until("a reset", func() error {
		got, _, err := r.bus.Read(within(r.T), stream, at, 10)
		switch {
		case errors.Is(err, bus.ErrReset):
			return nil
		case err == nil:
			r.Fatalf("read %v from a cursor that does not continue", got)
		case !errors.Is(err, fault.Of(fault.Unavailable)):
			r.Fatalf("instead of a reset: %v", err)
		}
		return err
	})
}

// back waits until an append works again.
func (r *rig) back(number int) {
	r.Helper()
	r.until("appending again", func() error {
		return r.bus.Append(within(r.T), stream, bus.Message{Number: int64(number)})
	})
}

// ends fails the test if f does not end.
func ends(t *testing.T, what string, f func() error) error {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- f() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(patience):
		t.Fatalf("%s does not end", what)
	}
	return nil
}

// release says that everything up to a cursor may be forgotten.
func (r *rig) release(at bus.Cursor) {
	r.Helper()
	if err := r.bus.Release(within(r.T), stream, at); err != nil {
		r.Fatal(err)
	}
}
