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
