package audio

import (
	"context"
	"sync"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/partition"
)

// trail is what of a stream was handed to the loop and not durably taken yet.
// Guilds take turns, so inputs are not taken in the order in which they were
// read; what may be forgotten ends before the first that was not taken.
type trail struct {
	mu         sync.Mutex
	generation string
	open       []*step
	// reached is the position up to which everything was taken.
	reached int64
	// moved has room for one sign that reached grew; idle is closed and replaced
	// when nothing is open any more.
	moved chan struct{}
	idle  chan struct{}
}

// step is one message of a stream.
type step struct {
	trail    *trail
	position int64
	taken    bool
}

var _ partition.Place = (*step)(nil)

func newTrail() *trail {
	return &trail{moved: make(chan struct{}, 1), idle: make(chan struct{})}
}

// begin goes on behind a cursor, where nothing is open.
func (t *trail) begin(at bus.Cursor) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.generation, t.reached, t.open = at.Generation, at.Position, nil
}

// at notes a message that was read, behind those before it.
func (t *trail) at(position int64) *step {
	s := &step{trail: t, position: position}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open = append(t.open, s)
	return s
}

// Taken implements partition.Place.
func (s *step) Taken() {
	t := s.trail
	t.mu.Lock()
	defer t.mu.Unlock()
	s.taken = true
	before := t.reached
	for len(t.open) > 0 && t.open[0].taken {
		t.reached = t.open[0].position
		t.open = t.open[1:]
	}
	if t.reached == before {
		return
	}
	select {
	case t.moved <- struct{}{}:
	default:
	}
	if len(t.open) == 0 {
		t.open = nil
		close(t.idle)
		t.idle = make(chan struct{})
	}
}

// end is the cursor up to which everything was taken.
func (t *trail) end() bus.Cursor {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bus.Cursor{Generation: t.generation, Position: t.reached}
}

// drained waits until everything was taken that was read. It returns false where
// ctx ends before.
func (t *trail) drained(ctx context.Context) bool {
	for {
		t.mu.Lock()
		open, idle := len(t.open), t.idle
		t.mu.Unlock()
		if open == 0 {
			return true
		}
		select {
		case <-idle:
		case <-ctx.Done():
			return false
		}
	}
}
