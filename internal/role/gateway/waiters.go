package gateway

import (
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
)

// remember is how long an interaction that was handled is known, should it come again.
const remember = 15 * time.Minute

// waiters are the interactions that wait for their answer in this process.
type waiters struct {
	wg sync.WaitGroup

	mu    sync.Mutex
	open  map[string]*waiter
	known map[string]time.Time
}

// waiter is one interaction that waits.
type waiter struct {
	i        discord.Interaction
	received time.Time
	// name is the command's, for metrics.
	name string
	// trace is the W3C traceparent of everything that follows from it.
	trace string
	// accepted is closed once the command is durable.
	accepted chan struct{}
	once     sync.Once
	answers  chan owed
}

// owed is an answer with the key under which it is stored; empty for one that is not.
type owed struct {
	key    string
	answer music.Answer
}

func newWaiters() *waiters {
	return &waiters{open: map[string]*waiter{}, known: map[string]time.Time{}}
}

// begin returns a waiter for an interaction, nil where it came before.
func (ws *waiters) begin(i discord.Interaction, now time.Time) *waiter {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if _, again := ws.known[i.ID]; again {
		return nil
	}
	if len(ws.known) > 10_000 {
		for id, at := range ws.known {
			if now.Sub(at) > remember {
				delete(ws.known, id)
			}
		}
	}
	ws.known[i.ID] = now
	w := &waiter{i: i, received: now, accepted: make(chan struct{}), answers: make(chan owed, 1)}
	ws.open[i.ID] = w
	return w
}

func (ws *waiters) end(id string) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	delete(ws.open, id)
}

func (ws *waiters) find(id string) *waiter {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	return ws.open[id]
}

// accept notes that a command is durable.
func (ws *waiters) accept(id string) *waiter {
	w := ws.find(id)
	if w != nil {
		w.once.Do(func() { close(w.accepted) })
	}
	return w
}

// answer gives a waiter its answer, if somebody waits here.
func (ws *waiters) answer(id string, o owed) {
	w := ws.find(id)
	if w == nil {
		return
	}
	select {
	case w.answers <- o:
	default:
		// It has one already.
	}
}
