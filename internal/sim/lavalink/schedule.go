package lavalink

import (
	"container/heap"
	"time"
)

// alarm is one thing that is due at a moment. It is scheduled in a node's heap
// and fires with the moment it was due, which is how late goroutines cannot
// bend the node's time.
type alarm struct {
	at    time.Time
	seq   uint64 // order among equals: first set, first fired
	index int    // in the heap, -1 when not set
	fire  func(at time.Time)
}

func newAlarm(fire func(at time.Time)) *alarm { return &alarm{index: -1, fire: fire} }

type alarms []*alarm

func (h alarms) Len() int { return len(h) }

func (h alarms) Less(i, j int) bool {
	if h[i].at.Equal(h[j].at) {
		return h[i].seq < h[j].seq
	}
	return h[i].at.Before(h[j].at)
}

func (h alarms) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *alarms) Push(x any) {
	a := x.(*alarm) //nolint:forcetypeassert // set pushes alarms and nothing else; another type is a mistake to be seen
	a.index = len(*h)
	*h = append(*h, a)
}

func (h *alarms) Pop() any {
	old := *h
	a := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	a.index = -1
	return a
}

// set schedules the alarm, moving it if it was set. The caller holds the lock.
func (n *Node) set(a *alarm, at time.Time) {
	if a.index >= 0 && a.at.Equal(at) {
		return
	}
	n.seq++
	a.at, a.seq = at, n.seq
	if a.index < 0 {
		heap.Push(&n.due, a)
		return
	}
	heap.Fix(&n.due, a.index)
}

// unset takes the alarm out. The caller holds the lock.
func (n *Node) unset(a *alarm) {
	if a.index >= 0 {
		heap.Remove(&n.due, a.index)
	}
}

// lock takes the node's lock, runs everything that became due and returns the
// moment that holds for the caller.
func (n *Node) lock() time.Time {
	n.mu.Lock()
	now := n.clock.Now()
	if now.Before(n.now) {
		now = n.now // the node's time never runs backwards
	}
	for len(n.due) > 0 && !n.due[0].at.After(now) {
		a := n.due[0]
		heap.Pop(&n.due)
		n.now = a.at
		a.fire(a.at)
	}
	n.now = now
	return now
}

// unlock sets the one clock timer to whatever is due next, frees the lock and
// tells the hooks what changed under it.
func (n *Node) unlock() {
	var hooks []func()
	if n.changed {
		n.changed, hooks = false, n.hooks
	}
	n.rearm()
	n.mu.Unlock()
	for _, tell := range hooks {
		tell()
	}
}

func (n *Node) rearm() {
	switch {
	case len(n.due) == 0 || n.closed:
		if n.timer != nil {
			n.timer.Stop()
		}
		n.armed = time.Time{}
	case n.armed.Equal(n.due[0].at):
	default:
		n.armed = n.due[0].at
		n.arm()
	}
}

// arm sets the timer to n.armed. A clock that moved in between, as a fake one
// may, would leave the timer late, so it is looked at again.
func (n *Node) arm() {
	for range 4 {
		before := n.clock.Now()
		wait := max(n.armed.Sub(before), 0)
		if n.timer == nil {
			n.timer = n.clock.AfterFunc(wait, n.wake)
		} else {
			n.timer.Reset(wait)
		}
		if n.clock.Now().Sub(before) < time.Millisecond {
			return
		}
	}
}

func (n *Node) wake() {
	n.lock()
	n.armed = time.Time{}
	n.unlock()
}
