package discord

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
)

const (
	// awayAfter is how long a connection may be lost before its bot counts as
	// one that cannot be reached: most are resumed within a second.
	awayAfter = 20 * time.Second
	// farewell is how long at most the end of a connection waits until it was
	// handed over that the bot is away.
	farewell = 10 * time.Second
)

// absence watches how long a connection is lost, and has it said among what is
// handed over.
type absence struct {
	clock clockwork.Clock
	queue *queue

	mu    sync.Mutex
	here  bool
	timer clockwork.Timer
}

// begins says that there is no connection; the time runs from the first call.
func (a *absence) begins() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = false
	if a.timer == nil {
		a.timer = a.clock.AfterFunc(awayAfter, func() { a.certain(nil) })
	}
}

// ends says that there is one. It is called before READY or RESUMED is queued,
// so that nothing that is queued after it says otherwise.
func (a *absence) ends() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.here = true
	a.rest()
}

// certain queues that the bot is away, unless it has come back; done, if set,
// is closed once that was handed over.
func (a *absence) certain(done chan struct{}) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.here {
		a.queue.push(item{away: true, done: done}, true)
	}
}

// rest stops the watch.
func (a *absence) rest() {
	if a.timer != nil {
		a.timer.Stop()
		a.timer = nil
	}
}

// over ends the watch for good.
func (a *absence) over() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rest()
}

// forGood says that the bot is away and stays so, and waits until it was handed over.
func (c *Conn) forGood(ctx context.Context) {
	done := make(chan struct{})
	c.absence.begins() // the socket is closed: the bot is not here
	c.absence.certain(done)
	select {
	case <-done:
	case <-ctx.Done():
	case <-c.o.Clock.After(farewell):
	}
}

// sayAway hands over for each guild that the bot cannot be reached, or that it
// can again. It runs on the goroutine that hands over.
func (c *Conn) sayAway(it item, back bool) {
	c.inputs(it, c.awayInputs(it, back))
}

func (c *Conn) awayInputs(it item, back bool) []music.Input {
	c.away = !back
	guilds := c.guilds()
	in := make([]music.Input, 0, len(guilds))
	for _, id := range guilds {
		in = append(in, music.Input{
			ID: c.freshID(it), Guild: music.GuildID(id), Body: music.BotAway{Bot: c.o.Bot, Back: back},
		})
	}
	return in
}

// freshID names an input that follows from no event, by a name that was never
// used: the epoch of the shard's owner and a count are in it.
func (c *Conn) freshID(it item) string {
	c.made++
	return fmt.Sprintf("%s:s%d.%d", c.inputID(it), c.o.State.Epoch, c.made)
}
