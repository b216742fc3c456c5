package discord

import (
	"context"
	"sync"

	"github.com/disgoorg/disgo/gateway"
)

// item is one thing for the goroutine that hands over.
type item struct {
	at      Position
	mark    mark
	kind    gateway.EventType
	raw     []byte
	resync  string // a guild to say the voice snapshot of, or
	resumed bool   // the first RESUMED of a process: all of them
	away    bool   // the bot cannot be reached, and
	done    chan struct{}
}

// queue is bounded in events and in bytes.
type queue struct {
	maxItems, maxBytes int

	mu    sync.Mutex
	items []item
	bytes int
	more  chan struct{} // something was pushed
	less  chan struct{} // something was taken
}

func newQueue(items, bytes int) *queue {
	return &queue{maxItems: items, maxBytes: bytes, more: make(chan struct{}, 1), less: make(chan struct{}, 1)}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// push adds an item and says false where it does not fit. One item always fits
// into an empty queue, however large it is, and one that is needed always does.
func (q *queue) push(it item, needed bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if n := len(q.items); !needed && n > 0 && (n >= q.maxItems || q.bytes+len(it.raw) > q.maxBytes) {
		return false
	}
	q.items = append(q.items, it)
	q.bytes += len(it.raw)
	signal(q.more)
	return true
}

// pop waits for an item and takes it; ok is false when ctx is done.
func (q *queue) pop(ctx context.Context) (it item, ok bool) {
	for {
		if ctx.Err() != nil {
			return item{}, false
		}
		q.mu.Lock()
		if len(q.items) > 0 {
			it = q.items[0]
			q.items[0] = item{}
			q.items = q.items[1:]
			q.bytes -= len(it.raw)
			q.mu.Unlock()
			signal(q.less)
			return it, true
		}
		q.items = nil
		q.mu.Unlock()
		select {
		case <-ctx.Done():
		case <-q.more:
		}
	}
}

// drained waits until the queue is at most half full.
func (q *queue) drained(ctx context.Context) error {
	for {
		q.mu.Lock()
		ok := len(q.items) <= q.maxItems/2 && q.bytes <= q.maxBytes/2
		q.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-q.less:
		}
	}
}
