package redis

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
)

// rejoinWithin bounds how long a lost connection waits before it is tried again.
const rejoinWithin = time.Second

// hub listens to all topics of a process over one connection. The channels have
// one slot, so that one connection is enough on a cluster too.
type hub struct {
	bus *Bus

	mu     sync.Mutex
	closed bool
	// topics are those that somebody ever listened to. They are few, and
	// staying subscribed costs less than knowing which answer belongs to which
	// request when listeners come and go.
	topics map[string]map[*subscription]struct{}
	// conn is the connection, nil while there is none; heard are the topics
	// that Redis said it tells us of on it.
	conn  *goredis.PubSub
	heard map[string]bool
	// changed is closed and replaced when heard grew or the hub closed.
	changed chan struct{}
	running bool

	outbox outbox
}

func newHub(b *Bus) *hub {
	h := &hub{bus: b, topics: map[string]map[*subscription]struct{}{}, heard: map[string]bool{}, changed: make(chan struct{})}
	h.outbox.hub = h
	return h
}

func (h *hub) channel(topic string) string { return "{" + h.bus.o.Prefix + "}:topic:" + topic }

func (h *hub) topic(channel string) string {
	return strings.TrimPrefix(channel, "{"+h.bus.o.Prefix+"}:topic:")
}

// Subscribe implements bus.Bus. It returns when Redis tells us of the topic, or
// after Options.Timeout if Redis does not answer; the topic is listened to as
// soon as it does.
func (b *Bus) Subscribe(topic string, buffer int) bus.Subscription {
	h := b.hub
	s := &subscription{hub: h, topic: topic, c: make(chan bus.Message, max(buffer, 1))}
	limit := b.o.Clock.NewTimer(b.o.Timeout)
	defer limit.Stop()
	h.mu.Lock()
	if h.closed {
		close(s.c)
		h.mu.Unlock()
		return s
	}
	first := h.topics[topic] == nil
	if first {
		h.topics[topic] = map[*subscription]struct{}{}
	}
	h.topics[topic][s] = struct{}{}
	if !h.running {
		h.running = b.start(h.run)
	}
	conn := h.conn
	h.mu.Unlock()
	if first && conn != nil {
		ctx, cancel := context.WithTimeout(b.ctx, b.o.Timeout)
		defer cancel()
		if err := conn.SSubscribe(ctx, h.channel(topic)); err != nil {
			_ = conn.Close() // run makes another one, with all topics
		}
	}
	for {
		h.mu.Lock()
		ready, changed := h.heard[topic] || h.closed, h.changed
		h.mu.Unlock()
		if ready {
			return s
		}
		select {
		case <-changed:
		case <-limit.Chan():
			return s
		}
	}
}

// run keeps a connection until the bus closes.
func (h *hub) run() {
	for {
		err := h.listen()
		h.mu.Lock()
		h.conn, h.heard = nil, map[string]bool{}
		closed := h.closed
		h.mu.Unlock()
		if closed {
			return
		}
		h.bus.o.Hooks.Cut(err)
		h.bus.o.Logger.Warn("the connection that listens to topics was lost", "error", err)
		select {
		case <-h.bus.ctx.Done():
			return
		case <-h.bus.o.Clock.After(rejoinWithin/10 + rand.N(rejoinWithin*9/10)): //nolint:gosec // spreads processes
		}
	}
}

var errMoved = errors.New("the topics moved to another node")

// listen hears topics over a new connection until that ends.
func (h *hub) listen() error {
	ctx, cancel := context.WithTimeout(h.bus.ctx, h.bus.o.Timeout)
	defer cancel()
	conn := subscriber(h.bus.wait)
	defer func() { _ = conn.Close() }()
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return errClosed
	}
	// From here on Subscribe adds its topic itself.
	h.conn = conn
	channels := make([]string, 0, len(h.topics))
	for t := range h.topics {
		channels = append(channels, h.channel(t))
	}
	h.mu.Unlock()
	slices.Sort(channels)
	if err := conn.SSubscribe(ctx, channels...); err != nil {
		return err
	}
	var signs atomic.Int64
	done := make(chan struct{})
	defer close(done)
	if !h.bus.start(func() { h.watch(conn, &signs, done) }) {
		return errClosed
	}
	for {
		got, err := conn.ReceiveTimeout(h.bus.ctx, 0)
		if err != nil {
			return err
		}
		signs.Add(1)
		switch m := got.(type) {
		case *goredis.Subscription:
			if m.Kind != "ssubscribe" {
				return errMoved
			}
			h.mu.Lock()
			h.heard[h.topic(m.Channel)] = true
			h.wake()
			h.mu.Unlock()
		case *goredis.Message:
			h.deliver(h.topic(m.Channel), m.Payload)
		}
	}
}

// subscriber makes a connection that listens to nothing yet.
func subscriber(c goredis.UniversalClient) *goredis.PubSub {
	return c.SSubscribe(context.Background())
}

// watch closes a connection on which there is no sign of life.
func (h *hub) watch(conn *goredis.PubSub, signs *atomic.Int64, done <-chan struct{}) {
	look := h.bus.o.Clock.NewTicker(h.bus.o.Timeout / 2)
	defer look.Stop()
	last, silent := signs.Load(), 0
	for {
		select {
		case <-done:
			return
		case <-h.bus.ctx.Done():
			return
		case <-look.Chan():
		}
		now := signs.Load()
		if silent++; now != last {
			silent = 0
		}
		last = now
		ctx, cancel := context.WithTimeout(h.bus.ctx, h.bus.o.Timeout/2)
		err := conn.Ping(ctx)
		cancel()
		if err != nil || silent > 2 {
			_ = conn.Close()
			return
		}
	}
}

func (h *hub) deliver(topic, payload string) {
	ms, err := decode(payload)
	if err != nil {
		h.bus.o.Logger.Error("what was told on a topic cannot be read", "topic", topic, "error", err)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.topics[topic] {
		for _, m := range ms {
			select {
			case s.c <- m:
			default:
				s.missed.Add(1)
				h.bus.o.Hooks.Missed(topic)
			}
		}
	}
}

// wake tells those who wait that something changed. The lock is held.
func (h *hub) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, subs := range h.topics {
		for s := range subs {
			close(s.c)
		}
		clear(subs)
	}
	if h.conn != nil {
		_ = h.conn.Close()
	}
	h.wake()
}

// subscription is one listener.
type subscription struct {
	hub    *hub
	topic  string
	c      chan bus.Message
	missed atomic.Int64
}

func (s *subscription) C() <-chan bus.Message { return s.c }
func (s *subscription) Missed() int64         { return s.missed.Load() }

func (s *subscription) Close() {
	s.hub.mu.Lock()
	defer s.hub.mu.Unlock()
	if _, ok := s.hub.topics[s.topic][s]; !ok {
		return
	}
	delete(s.hub.topics[s.topic], s)
	close(s.c)
}
