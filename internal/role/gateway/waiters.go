package gateway

import (
	"context"
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
	// order are the known ones, the oldest first.
	order []string
}

// waiter is one interaction that waits.
type waiter struct {
	// ctx is the life of the connection that brought it.
	ctx      context.Context //nolint:containedctx // the waiter outlives the call that made it
	i        discord.Interaction
	received time.Time
	// late is how much of Discord's patience was spent on the way here.
	late time.Duration
	// to is where the answer goes.
	to target
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
	// locale is the language that it is given in.
	locale string
	// given is true where a predecessor gave the answer.
	given bool
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
	for len(ws.order) > 0 && now.Sub(ws.known[ws.order[0]]) > remember {
		delete(ws.known, ws.order[0])
		ws.order = ws.order[1:]
	}
	ws.known[i.ID] = now
	ws.order = append(ws.order, i.ID)
	w := &waiter{
		i: i, to: targetOf(i, wayCommand), received: now, late: min(i.Age(now), maxLate),
		accepted: make(chan struct{}), answers: make(chan owed, 1),
	}
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
