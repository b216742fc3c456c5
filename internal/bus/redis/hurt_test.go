package redis_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
)

// TestCutConnections kills connections while messages flow: what was
// acknowledged comes, in order.
func TestCutConnections(t *testing.T) {
	const n = 400
	r := newRig(t, redis.Options{})
	at := r.begin()
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := range n {
			for {
				err := r.bus.Append(t.Context(), stream, bus.Message{Number: int64(i)})
				if err == nil || t.Context().Err() != nil {
					break
				}
				if !errors.Is(err, fault.Of(fault.Unavailable)) {
					t.Errorf("append %d: %v", i, err)
					return
				}
			}
		}
	}()
	cuts := 0
	for next := int64(0); next < n; {
		got, to, err := r.bus.Read(within(t), stream, at, 20)
		if err != nil && !errors.Is(err, fault.Of(fault.Unavailable)) {
			t.Fatal(err)
		}
		for _, d := range got {
			if d.Number > next {
				t.Fatalf("got %d, want %d", d.Number, next)
			}
			next = max(next, d.Number+1) // one whose answer was cut off comes twice
		}
		if len(got) > 0 {
			at = to
		}
		if cuts < 5 && next > int64(cuts*n/6) {
			cuts++
			r.server.Do(t, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
		}
	}
	<-written
	if cuts < 5 {
		t.Fatalf("only %d cuts", cuts)
	}
}

func TestCutListenerComesBack(t *testing.T) {
	var cuts atomic.Int64
	r := newRig(t, redis.Options{Hooks: redis.Hooks{Cut: func(error) { cuts.Add(1) }}})
	s, other := r.bus.Subscribe("t", 10_000), r.bus.Subscribe("u", 10_000)
	r.server.Do(t, "CLIENT", "KILL", "TYPE", "pubsub")
	r.until("the cut is seen", func() error {
		if cuts.Load() == 0 {
			return errors.New("it is not")
		}
		return nil
	})
	for topic, s := range map[string]bus.Subscription{"t": s, "u": other} {
		r.until("hearing again", func() error {
			if err := r.bus.Publish(within(t), topic, bus.Message{Kind: topic}); err != nil {
				return err
			}
			select {
			case m := <-s.C():
				if m.Kind != topic {
					t.Fatalf("got %v", m)
				}
				return nil
			default:
				return errors.New("nothing is heard")
			}
		})
	}
}

func TestFullServerRefuses(t *testing.T) {
	r := newRig(t, redis.Options{Backlog: 40})
	at := r.begin()
	r.add(0, 40)
	r.server.Do(t, "CONFIG", "SET", "maxmemory", "1")
	if err := r.bus.Append(within(t), stream, bus.Message{}); !errors.Is(err, fault.Of(fault.Unavailable)) && !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("append to a full server: %v", err)
	}
	at = r.read(at, 0, 40)
	// On a full server too: there is room for more messages, though not for their bytes.
	r.release(at)
	if err := r.bus.Append(within(t), stream, bus.Message{}); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Fatalf("append to a full server with room in the stream: %v", err)
	}
	if msg, _ := fault.Show(r.bus.Append(within(t), stream, bus.Message{})); msg != "Redis has no memory left" {
		t.Errorf("a member of the staff reads %q", msg)
	}
	r.server.Do(t, "CONFIG", "SET", "maxmemory", "0")
	r.back(41)
	r.read(at, 41, 42)
}

func TestPausedServer(t *testing.T) {
	r := newRig(t, redis.Options{})
	at := r.begin()
	r.add(0, 1)
	s := r.bus.Subscribe("t", 10_000)
	r.server.Pause(t)
	for name, f := range map[string]func() error{
		"append": func() error { return r.bus.Append(context.Background(), stream, bus.Message{Number: 1}) },
		"read": func() error {
			_, _, err := r.bus.Read(context.Background(), stream, at, 1)
			return err
		},
		"begin": func() error {
			_, err := r.bus.Begin(context.Background(), "another")
			return err
		},
		"release": func() error { return r.bus.Release(context.Background(), stream, at) },
	} {
		if err := ends(t, name, f); !errors.Is(err, fault.Of(fault.Unavailable)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := ends(t, "publish", func() error { return r.bus.Publish(context.Background(), "t", bus.Message{}) }); err != nil {
		t.Errorf("publish: %v", err)
	}
	_ = ends(t, "subscribe", func() error { r.bus.Subscribe("late", 1); return nil })
	r.server.Resume(t)
	r.until("being heard again", func() error {
		if err := r.bus.Publish(within(t), "t", bus.Message{Kind: "again"}); err != nil {
			return err
		}
		for {
			select {
			case m := <-s.C():
				if m.Kind == "again" {
					return nil
				}
			default:
				return errors.New("nothing is heard")
			}
		}
	})
	r.back(2)
}

func TestCloseWhilePaused(t *testing.T) {
	r := newRig(t, redis.Options{})
	at := r.begin()
	r.server.Pause(t)
	read, appended := make(chan error, 1), make(chan error, 1)
	go func() {
		_, _, err := r.bus.Read(context.Background(), stream, at, 1)
		read <- err
	}()
	go func() { appended <- r.bus.Append(context.Background(), stream, bus.Message{}) }()
	if err := ends(t, "close", r.bus.Close); err != nil {
		t.Errorf("close: %v", err)
	}
	for name, c := range map[string]chan error{"read": read, "append": appended} {
		if err := ends(t, name, func() error { return <-c }); !errors.Is(err, fault.Of(fault.Unavailable)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
