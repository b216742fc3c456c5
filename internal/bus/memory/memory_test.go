package memory_test

import (
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/bustest"
	"github.com/atrilhq/platform/internal/bus/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	bustest.Run(t, func(*testing.T) bus.Bus { return memory.New(bustest.Backlog) })
}

func TestBacklogIsWhatWasNotReleased(t *testing.T) {
	m := memory.New(10)
	t.Cleanup(func() { _ = m.Close() })
	want := func(messages int, fullest float64) {
		t.Helper()
		if n, full := m.Backlog(); n != messages || full != fullest {
			t.Errorf("%d messages and %v full, want %d and %v", n, full, messages, fullest)
		}
	}
	want(0, 0)
	for stream, n := range map[string]int{"a": 5, "b": 2} {
		if err := m.Append(t.Context(), stream, make([]bus.Message, n)...); err != nil {
			t.Fatal(err)
		}
	}
	want(7, .5)
	at, err := m.Begin(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	_, at, err = m.Read(t.Context(), "a", at, 4)
	if err != nil {
		t.Fatal(err)
	}
	want(7, .5)
	if err := m.Release(t.Context(), "a", at); err != nil {
		t.Fatal(err)
	}
	want(3, .2)
}

// BenchmarkHop is one message from Append to Read across two goroutines.
func BenchmarkHop(b *testing.B) {
	m := memory.New(0)
	defer func() { _ = m.Close() }()
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	at, err := m.Begin(ctx, "s")
	if err != nil {
		b.Fatal(err)
	}
	back := make(chan struct{})
	go func() {
		for {
			got, to, err := m.Read(ctx, "s", at, 64)
			if err != nil {
				return
			}
			at = to
			if err := m.Release(ctx, "s", at); err != nil {
				return
			}
			for range got {
				back <- struct{}{}
			}
		}
	}()
	msg := bus.Message{Kind: "k", Data: make([]byte, 512)}
	for b.Loop() {
		if err := m.Append(ctx, "s", msg); err != nil {
			b.Fatal(err)
		}
		<-back
	}
}
