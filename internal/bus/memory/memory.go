// Package memory is the bus of a single process.
package memory

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/google/uuid"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// DefaultBacklog is how many messages of a stream may wait to be released.
const DefaultBacklog = 1 << 16

// Bus carries messages within a process. Its streams begin anew with it.
type Bus struct {
	generation string
	backlog    int

	mu      sync.RWMutex
	closed  bool
	streams map[string]*stream
	topics  map[string]map[*subscription]struct{}
}

var _ bus.Bus = (*Bus)(nil)

// New returns a bus whose streams hold at most backlog unreleased messages each;
// 0 means DefaultBacklog.
func New(backlog int) *Bus {
	if backlog <= 0 {
		backlog = DefaultBacklog
	}
	return &Bus{
		generation: uuid.NewString(), backlog: backlog,
		streams: map[string]*stream{}, topics: map[string]map[*subscription]struct{}{},
	}
}

var errClosed = fault.New(fault.Unavailable, "memory.Bus", "the bus is closed")

// stream keeps what was not released. The message at index i has position first+i.
type stream struct {
	mu    sync.Mutex
	first int64
	msgs  []bus.Message
	// wake is closed and replaced when a message is added that a reader waits
	// for, as awaited says: a message that nobody waits for costs no channel.
	wake    chan struct{}
	awaited bool
	done    bool
}

func (b *Bus) stream(name string) (*stream, error) {
	b.mu.RLock()
	s, closed := b.streams[name], b.closed
	b.mu.RUnlock()
	if closed {
		return nil, errClosed
	}
	if s != nil {
		return s, nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil, errClosed
	}
	if s = b.streams[name]; s == nil {
		s = &stream{first: 1, wake: make(chan struct{})}
		b.streams[name] = s
	}
	return s, nil
}

// Append implements bus.Bus.
func (b *Bus) Append(ctx context.Context, name string, m ...bus.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := b.stream(name)
	if err != nil || len(m) == 0 {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.done:
		return errClosed
	case len(s.msgs)+len(m) > b.backlog:
		return fault.New(fault.Quota, "memory.Append", "the stream's reader is too far behind")
	}
	s.msgs = append(s.msgs, m...)
	if s.awaited {
		close(s.wake)
		s.wake, s.awaited = make(chan struct{}), false
	}
	return nil
}

// Read implements bus.Bus.
func (b *Bus) Read(ctx context.Context, name string, from bus.Cursor, limit int) ([]bus.Delivery, bus.Cursor, error) {
	s, err := b.stream(name)
	if err != nil {
		return nil, from, err
	}
	if from.Generation != b.generation {
		return nil, from, bus.ErrReset
	}
	for {
		out, wake, err := s.take(from.Position, limit)
		if err != nil {
			return nil, from, err
		}
		if len(out) > 0 {
			return out, bus.Cursor{Generation: b.generation, Position: out[len(out)-1].Position}, nil
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return nil, from, ctx.Err()
		}
	}
}

func (s *stream) take(after int64, limit int) ([]bus.Delivery, <-chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	skip := after + 1 - s.first
	switch {
	case s.done:
		return nil, nil, errClosed
	case skip < 0 || skip > int64(len(s.msgs)):
		return nil, nil, bus.ErrReset
	}
	rest := s.msgs[skip:]
	s.awaited = s.awaited || len(rest) == 0
	out := make([]bus.Delivery, min(max(limit, 1), len(rest)))
	for i := range out {
		out[i] = bus.Delivery{Position: after + 1 + int64(i), Message: rest[i]}
	}
	return out, s.wake, nil
}

// Release implements bus.Bus.
func (b *Bus) Release(ctx context.Context, name string, upTo bus.Cursor) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s, err := b.stream(name)
	if err != nil {
		return err
	}
	if upTo.Generation != b.generation {
		return bus.ErrReset
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	gone := upTo.Position + 1 - s.first
	switch {
	case s.done:
		return errClosed
	case gone > int64(len(s.msgs)):
		return bus.ErrReset
	case gone <= 0:
		return nil
	}
	clear(s.msgs[:gone])
	s.msgs, s.first = s.msgs[gone:], upTo.Position+1
	if len(s.msgs) == 0 {
		s.msgs = nil
	}
	return nil
}

// Backlog returns how many messages are not released, of all streams together,
// and how much of what it may hold the fullest stream does, from 0 to 1.
func (b *Bus) Backlog() (messages int, fullest float64) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	for _, s := range b.streams {
		s.mu.Lock()
		n := len(s.msgs)
		s.mu.Unlock()
		messages, fullest = messages+n, max(fullest, float64(n)/float64(b.backlog))
	}
	return messages, fullest
}

// Begin implements bus.Bus.
func (b *Bus) Begin(_ context.Context, name string) (bus.Cursor, error) {
	s, err := b.stream(name)
	if err != nil {
		return bus.Cursor{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return bus.Cursor{Generation: b.generation, Position: s.first - 1}, nil
}

// Close implements bus.Bus.
func (b *Bus) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return nil
	}
	b.closed = true
	for _, s := range b.streams {
		s.mu.Lock()
		s.done = true
		close(s.wake)
		s.mu.Unlock()
	}
	for _, subs := range b.topics {
		for s := range subs {
			close(s.c)
		}
	}
	b.topics = nil
	return nil
}

type subscription struct {
	bus    *Bus
	topic  string
	c      chan bus.Message
	missed atomic.Int64
}

// Publish implements bus.Bus.
func (b *Bus) Publish(_ context.Context, topic string, m bus.Message) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return errClosed
	}
	for s := range b.topics[topic] {
		select {
		case s.c <- m:
		default:
			s.missed.Add(1)
		}
	}
	return nil
}

// Subscribe implements bus.Bus.
func (b *Bus) Subscribe(topic string, buffer int) bus.Subscription {
	s := &subscription{bus: b, topic: topic, c: make(chan bus.Message, max(buffer, 1))}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		close(s.c)
		return s
	}
	if b.topics[topic] == nil {
		b.topics[topic] = map[*subscription]struct{}{}
	}
	b.topics[topic][s] = struct{}{}
	return s
}

func (s *subscription) C() <-chan bus.Message { return s.c }
func (s *subscription) Missed() int64         { return s.missed.Load() }

func (s *subscription) Close() {
	s.bus.mu.Lock()
	defer s.bus.mu.Unlock()
	if _, ok := s.bus.topics[s.topic][s]; !ok {
		return
	}
	delete(s.bus.topics[s.topic], s)
	close(s.c)
}
