package daemon

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

// lagFor is how long what was heard of a stream counts. A stream that is another
// process's by now is told of by that one; one that is in use is heard of every
// second.
const lagFor = 30 * time.Second

// busWatch keeps how much of each stream is not released, as far as this process
// hears of it: as its reader or as one of its writers.
type busWatch struct {
	clock clockwork.Clock

	mu   sync.Mutex
	seen map[string]backlog
}

type backlog struct {
	messages, bytes int64
	at              time.Time
}

func newBusWatch(clock clockwork.Clock) *busWatch {
	return &busWatch{clock: clock, seen: map[string]backlog{}}
}

// behind notes what was heard of a stream.
func (w *busWatch) behind(stream string, messages, bytes int64) {
	now := w.clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen[stream] = backlog{messages, bytes, now}
}

// lag returns how many messages are not released, of all streams together, and
// how much of what it may hold the fullest one does.
func (w *busWatch) lag() (messages int, fullest float64) {
	now := w.clock.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	for name, b := range w.seen {
		if now.Sub(b.at) > lagFor {
			delete(w.seen, name)
			continue
		}
		messages += int(b.messages)
		fullest = max(fullest, float64(b.messages)/redis.DefaultBacklog, float64(b.bytes)/redis.DefaultBacklogBytes)
	}
	return messages, fullest
}

// busHooks lets the bus tell the metrics what happens.
func busHooks(m *observe.Metrics, w *busWatch) redis.Hooks {
	return redis.Hooks{
		Flushed: func(_ string, _, _ int, took time.Duration, err error) {
			m.BusCalled("append", string(fault.CodeOf(err)), took)
		},
		Behind:  w.behind,
		Reset:   func(_, why string) { m.BusReset(why) },
		Cut:     func(error) { m.BusTopicLost("cut", 1) },
		Missed:  func(string) { m.BusTopicLost("slow", 1) },
		Dropped: func(n int, _ error) { m.BusTopicLost("unsent", n) },
	}
}

// gaugeBus says how much of the streams waits.
func (d *daemon) gaugeBus() {
	messages, fullest := d.lag.lag()
	if b, ok := d.bus.(*memory.Bus); ok {
		messages, fullest = b.Backlog()
	}
	d.metrics.BusLag("streams", messages)
	d.metrics.BusFullest(fullest)
}
