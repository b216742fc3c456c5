package partition

import (
	"container/heap"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// timers are the guilds that want a tick, the soonest first. A guild has at most
// one deadline; entries that do not agree with it any more are passed over.
type timers struct {
	heap deadlines
	at   map[music.GuildID]time.Time
}

type deadline struct {
	at    time.Time
	guild music.GuildID
}

type deadlines []deadline

func (d deadlines) Len() int { return len(d) }
func (d deadlines) Less(i, j int) bool {
	if !d[i].at.Equal(d[j].at) {
		return d[i].at.Before(d[j].at)
	}
	return d[i].guild < d[j].guild
}
func (d deadlines) Swap(i, j int) { d[i], d[j] = d[j], d[i] }
func (d *deadlines) Push(x any)   { *d = append(*d, x.(deadline)) } //nolint:forcetypeassert // only set pushes
func (d *deadlines) Pop() any {
	old := *d
	last := old[len(old)-1]
	*d = old[:len(old)-1]
	return last
}

func newTimers() *timers { return &timers{at: map[music.GuildID]time.Time{}} }

// set says when a guild wants its next tick; zero means never.
func (t *timers) set(id music.GuildID, at time.Time) {
	if t.at[id].Equal(at) {
		return
	}
	if at.IsZero() {
		delete(t.at, id)
		return
	}
	t.at[id] = at
	heap.Push(&t.heap, deadline{at: at, guild: id})
}

// next returns when the first tick is due, zero for never.
func (t *timers) next() time.Time {
	for len(t.heap) > 0 {
		first := t.heap[0]
		if t.at[first.guild].Equal(first.at) {
			return first.at
		}
		heap.Pop(&t.heap)
	}
	return time.Time{}
}

// due returns a guild whose deadline has passed and forgets that deadline.
func (t *timers) due(now time.Time) (music.GuildID, time.Time, bool) {
	at := t.next()
	if at.IsZero() || at.After(now) {
		return "", time.Time{}, false
	}
	d := heap.Pop(&t.heap).(deadline) //nolint:forcetypeassert // only set pushes
	delete(t.at, d.guild)
	return d.guild, d.at, true
}
