package memory_test

import (
	"context"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/pubsub/gochannel"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
)

const (
	// eachRound is how many events a round carries, peerRound of the slower peer.
	eachRound, peerRound = 200_000, 20_000
	eventSize            = 512
)

// ours carries events from one publisher to one reader and returns what each took
// and how many allocations it cost.
func ours(b *testing.B, payload []byte) (each, allocations float64) {
	b.Helper()
	m := memory.New(eachRound)
	defer func() { _ = m.Close() }()
	ctx := b.Context()
	at, err := m.Begin(ctx, "s")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan error, 1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	go func() {
		for n := 0; n < eachRound; {
			got, to, err := m.Read(ctx, "s", at, 512)
			if err != nil {
				done <- err
				return
			}
			n, at = n+len(got), to
		}
		done <- nil
	}()
	for range eachRound {
		if err := m.Append(ctx, "s", bus.Message{Key: "1100000000000000000", Kind: "music.input", Data: payload}); err != nil {
			b.Fatal(err)
		}
	}
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	return float64(took) / eachRound, float64(after.Mallocs-before.Mallocs) / eachRound
}

// theirs carries events over Watermill's channel, acknowledged one by one.
func theirs(b *testing.B, payload []byte) (each float64) {
	b.Helper()
	c := gochannel.NewGoChannel(gochannel.Config{OutputChannelBuffer: 512}, watermill.NopLogger{})
	defer func() { _ = c.Close() }()
	in, err := c.Subscribe(b.Context(), "s")
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	began := time.Now()
	go func() {
		defer close(done)
		for range peerRound {
			(<-in).Ack()
		}
	}()
	for range peerRound {
		if err := c.Publish("s", message.NewMessage(watermill.NewUUID(), payload)); err != nil {
			b.Fatal(err)
		}
	}
	<-done
	return float64(time.Since(began)) / peerRound
}

func middle(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// BenchmarkAgainstWatermill reports events a second, allocations an event, and
// how many times as many events as over Watermill's channel.
func BenchmarkAgainstWatermill(b *testing.B) {
	payload := make([]byte, eventSize)
	var own, peer, allocations []float64
	for b.Loop() {
		each, a := ours(b, payload)
		own, allocations, peer = append(own, each), append(allocations, a), append(peer, theirs(b, payload))
	}
	b.ReportMetric(float64(time.Second)/middle(own), "events/s")
	b.ReportMetric(middle(allocations), "allocs/event")
	b.ReportMetric(middle(peer)/middle(own), "ratio")
}

// BenchmarkOneWay reports the median time from Append to the reader that waits,
// in microseconds.
func BenchmarkOneWay(b *testing.B) {
	m := memory.New(0)
	defer func() { _ = m.Close() }()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	at, err := m.Begin(ctx, "s")
	if err != nil {
		b.Fatal(err)
	}
	arrived := make(chan time.Time)
	go func() {
		for {
			_, to, err := m.Read(ctx, "s", at, 64)
			if err != nil {
				return
			}
			arrived <- time.Now()
			at = to
		}
	}()
	msg := bus.Message{Kind: "k", Data: make([]byte, eventSize)}
	var took []float64
	for b.Loop() {
		began := time.Now()
		if err := m.Append(ctx, "s", msg); err != nil {
			b.Fatal(err)
		}
		took = append(took, float64((<-arrived).Sub(began)))
	}
	b.ReportMetric(middle(took)/1e3, "us/hop")
}

// TestAppendsCostNothingOfTheirOwn keeps the goal that the benchmark reports: what
// an event costs is its place in a slice that grows, no allocation of its own.
func TestAppendsCostNothingOfTheirOwn(t *testing.T) {
	m := memory.New(0)
	defer func() { _ = m.Close() }()
	msg := bus.Message{Kind: "k", Data: make([]byte, eventSize)}
	each := testing.AllocsPerRun(10_000, func() {
		if err := m.Append(t.Context(), "s", msg); err != nil {
			t.Fatal(err)
		}
	})
	if each != 0 {
		t.Errorf("an append makes %v allocations", each)
	}
}
