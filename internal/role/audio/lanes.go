package audio

import (
	"container/heap"
	"context"
	"slices"
	"sync"

	"github.com/atrilhq/platform/internal/core/music"
)

// rank says who comes first in a lane.
type rank struct {
	// moving players lost their node. They come behind what people ask for now,
	// and those with the most listeners first.
	moving    bool
	listeners int
}

// before says whether a comes before b, whatever came first.
func (a rank) before(b rank) bool {
	if a.moving != b.moving {
		return !a.moving
	}
	return a.moving && a.listeners > b.listeners
}

// lanes hand work to workers, a lane for each node, so that a node that does not
// answer holds up its own players only: no lane has more than a part of the
// workers. Lanes take turns.
type lanes struct {
	limit int // workers at a time in one lane
	most  int // what waits at most

	mu      sync.Mutex
	lanes   map[music.NodeName]*lane
	order   []music.NodeName
	turn    int
	waiting int
	count   uint64
	nudge   chan struct{}
}

type lane struct {
	queue   waiters
	running int
}

type waiter struct {
	job
	rank

	number uint64
}

// waiters is a heap.
type waiters []waiter

func (w waiters) Len() int      { return len(w) }
func (w waiters) Swap(i, j int) { w[i], w[j] = w[j], w[i] }

func (w waiters) Less(i, j int) bool {
	switch {
	case w[i].before(w[j].rank):
		return true
	case w[j].before(w[i].rank):
		return false
	}
	return w[i].number < w[j].number
}

// Push implements heap.Interface.
func (w *waiters) Push(x any) { *w = append(*w, x.(waiter)) } //nolint:forcetypeassert // only lanes push

// Pop implements heap.Interface.
func (w *waiters) Pop() any {
	last := len(*w) - 1
	x := (*w)[last]
	(*w)[last] = waiter{}
	*w = (*w)[:last]
	return x
}

func newLanes(limit, most int) *lanes {
	return &lanes{limit: limit, most: most, lanes: map[music.NodeName]*lane{}, nudge: make(chan struct{}, 1)}
}

// push adds work; false where too much waits.
func (l *lanes) push(name music.NodeName, j job, r rank) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waiting >= l.most {
		return false
	}
	q := l.lanes[name]
	if q == nil {
		q = &lane{}
		l.lanes[name] = q
		l.order = append(l.order, name)
	}
	l.count++
	l.waiting++
	heap.Push(&q.queue, waiter{j, r, l.count})
	l.wake()
	return true
}

// pop waits for work until ctx ends. Whoever gets some calls done.
func (l *lanes) pop(ctx context.Context) (j job, name music.NodeName, ok bool) {
	for {
		if j, name, ok = l.next(); ok {
			return j, name, true
		}
		select {
		case <-ctx.Done():
			return job{}, "", false
		case <-l.nudge:
		}
	}
}

// next takes the work of the next lane that has some and room for it.
func (l *lanes) next() (job, music.NodeName, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.order {
		at := (l.turn + i) % len(l.order)
		q := l.lanes[l.order[at]]
		if len(q.queue) == 0 || q.running >= l.limit {
			continue
		}
		w := heap.Pop(&q.queue).(waiter) //nolint:forcetypeassert // nothing else is in it
		q.running++
		l.waiting--
		l.turn = at + 1
		l.wake() // there may be more for another worker
		return w.job, l.order[at], true
	}
	return job{}, "", false
}

// done gives the place in a lane back.
func (l *lanes) done(name music.NodeName) {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := l.lanes[name]
	q.running--
	if q.running == 0 && len(q.queue) == 0 {
		delete(l.lanes, name)
		l.order = slices.DeleteFunc(l.order, func(n music.NodeName) bool { return n == name })
	}
	l.wake()
}

// wake lets a worker look again. It needs no worker to wait.
func (l *lanes) wake() {
	select {
	case l.nudge <- struct{}{}:
	default:
	}
}

func (l *lanes) depth() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting
}
