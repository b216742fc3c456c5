package bustest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
)

// hear takes the next message of a subscription.
func hear(t *testing.T, s bus.Subscription) bus.Message {
	t.Helper()
	select {
	case m, open := <-s.C():
		if !open {
			t.Fatal("the subscription ended")
		}
		return m
	case <-time.After(patience):
		t.Fatal("nothing is told")
	}
	return bus.Message{}
}

func topicOrder(t *testing.T, b bus.Bus) {
	const n = 500
	s := b.Subscribe("t", n)
	for i := range n {
		if err := b.Publish(within(t), "t", bus.Message{Key: fmt.Sprint(i), Number: int64(i), Data: []byte("d")}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		if m := hear(t, s); m.Number != int64(i) || m.Key != fmt.Sprint(i) || string(m.Data) != "d" {
			t.Fatalf("got %v, want number %d", m, i)
		}
	}
	if s.Missed() != 0 {
		t.Errorf("missed %d", s.Missed())
	}
}

func listenersComeAndGo(t *testing.T, b bus.Bus) {
	stays := b.Subscribe("t", 1000)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 10 {
				s := b.Subscribe(fmt.Sprint("t", i%3), 1)
				if err := b.Publish(within(t), fmt.Sprint("t", i%3), bus.Message{}); err != nil {
					t.Error(err)
				}
				s.Close()
			}
		})
	}
	wg.Wait()
	if err := b.Publish(within(t), "t", bus.Message{Kind: "still"}); err != nil {
		t.Fatal(err)
	}
	if m := hear(t, stays); m.Kind != "still" {
		t.Fatalf("got %v", m)
	}
	again := b.Subscribe("t", 1)
	if err := b.Publish(within(t), "t", bus.Message{Kind: "again"}); err != nil {
		t.Fatal(err)
	}
	if m := hear(t, again); m.Kind != "again" {
		t.Fatalf("got %v", m)
	}
}

// notHeardBefore knows that the first message has arrived, because another heard it.
func notHeardBefore(t *testing.T, b bus.Bus) {
	early := b.Subscribe("t", 2)
	if err := b.Publish(within(t), "t", bus.Message{Kind: "first"}); err != nil {
		t.Fatal(err)
	}
	hear(t, early)
	late := b.Subscribe("t", 2)
	if err := b.Publish(within(t), "t", bus.Message{Kind: "second"}); err != nil {
		t.Fatal(err)
	}
	if m := hear(t, late); m.Kind != "second" {
		t.Fatalf("a late listener hears %v", m)
	}
}
