package redis

import (
	"context"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// Bounds of what waits to be told.
const (
	outboxMessages = 8 << 10
	outboxBytes    = 8 << 20
	tellAtOnce     = 256
)

// outbox is what this process tells, in order. Publish does not wait for Redis:
// whoever tells has done what it tells of already, and a server that hangs must
// not hold it up.
type outbox struct {
	hub *hub

	mu    sync.Mutex
	queue []told
	bytes int
	busy  bool
	// failing is true from a batch that could not be told to one that could.
	failing bool
}

type told struct {
	channel string
	payload []byte
}

// Publish implements bus.Bus. It returns when the message is on its way; where
// Redis cannot be reached it is dropped. Errors: Invalid for what is too large,
// Unavailable where too much is on its way or the bus is closed.
func (b *Bus) Publish(ctx context.Context, topic string, m bus.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if topic == "" || len(topic) > MaxText {
		return fault.New(fault.Invalid, "redis.Publish", "the name of a topic has between 1 and 4096 bytes")
	}
	if err := check(&m); err != nil {
		return err
	}
	payload := appendMessage(append(make([]byte, 0, 1+sizeOf(&m)), codecVersion), &m)
	x := &b.hub.outbox
	x.mu.Lock()
	defer x.mu.Unlock()
	if len(x.queue) >= outboxMessages || x.bytes+len(payload) > outboxBytes {
		return fault.New(fault.Unavailable, "redis.Publish", "too much waits to be told to Redis")
	}
	if !x.busy {
		if !b.start(x.flush) {
			return errClosed
		}
		x.busy = true
	}
	x.queue = append(x.queue, told{b.hub.channel(topic), payload})
	x.bytes += len(payload)
	return nil
}

// flush tells until nothing waits.
func (x *outbox) flush() {
	for {
		batch := x.take()
		if len(batch) == 0 {
			return
		}
		x.tell(batch)
	}
}

func (x *outbox) take() []told {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := min(len(x.queue), tellAtOnce)
	if n == 0 {
		x.busy, x.queue = false, nil
		return nil
	}
	batch := x.queue[:n:n]
	x.queue = x.queue[n:]
	for _, t := range batch {
		x.bytes -= len(t.payload)
	}
	return batch
}

func (x *outbox) tell(batch []told) {
	b := x.hub.bus
	ctx, cancel := context.WithTimeout(b.ctx, b.o.Timeout)
	defer cancel()
	_, err := b.db.Pipelined(ctx, func(p goredis.Pipeliner) error {
		for _, t := range batch {
			p.SPublish(ctx, t.channel, t.payload)
		}
		return nil
	})
	if err != nil && b.ctx.Err() == nil {
		b.o.Hooks.Dropped(len(batch), err)
	}
	if failing := err != nil; failing != x.failing && b.ctx.Err() == nil {
		if x.failing = failing; failing {
			b.o.Logger.Warn("topics cannot be told, messages are dropped", "why", reason(err), "error", err)
		} else {
			b.o.Logger.Info("topics can be told again")
		}
	}
}
