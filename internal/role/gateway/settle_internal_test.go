package gateway

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// marks is a store that hands over what is marked as done.
type marks struct {
	Store
	c chan []string
}

func (m marks) Done(_ context.Context, keys []string, _ time.Time) error {
	m.c <- slices.Clone(keys)
	return nil
}

func (m marks) next(t *testing.T) []string {
	t.Helper()
	select {
	case keys := <-m.c:
		return keys
	case <-time.After(30 * time.Second):
		t.Fatal("nothing was marked")
		return nil
	}
}

func TestDoneEffectsAreMarkedTogether(t *testing.T) {
	m, clock := marks{c: make(chan []string, 8)}, clockwork.NewFakeClock()
	r := &Role{opt: Options{Store: m, Clock: clock}, done: make(chan string)}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); r.settle(ctx) }()
	defer func() { end(); <-ended }()

	// Once a key is taken from this channel, settle has it.
	// The first one says when, whatever comes behind it.
	r.done <- "a"
	if err := clock.BlockUntilContext(ctx, 1); err != nil {
		t.Fatal(err)
	}
	clock.Advance(settleEvery - time.Nanosecond)
	r.done <- "b"
	r.done <- "c"
	if len(m.c) > 0 {
		t.Fatalf("%q did not wait", m.next(t))
	}
	clock.Advance(time.Nanosecond)
	if got := m.next(t); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("marked %q", got)
	}

	// So many do not wait.
	for i := range sweepLimit {
		r.done <- fmt.Sprint(i)
	}
	if got := m.next(t); len(got) != sweepLimit {
		t.Errorf("%d were marked", len(got))
	}

	// What is left at the end is marked then.
	r.done <- "z"
	end()
	<-ended
	if got := m.next(t); !slices.Equal(got, []string{"z"}) {
		t.Errorf("marked %q at the end", got)
	}
}
