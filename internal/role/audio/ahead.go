package audio

import (
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
)

// aheadMost bounds how many look-ups are kept that nobody has asked for yet.
const aheadMost = 1024

// aheadLimit is more than any queue has room for: how many tracks there is room
// for is known only to the step.
const aheadLimit = 1 << 20

// aheadKey names what is looked up. Of two commands of a guild with the same
// query the second one goes the ordinary way, where the answer is remembered.
type aheadKey struct {
	guild music.GuildID
	query music.Query
}

// flight is a look-up that began before its command was stepped.
type flight struct {
	began time.Time
	// found is nil while it is under way.
	found *music.Resolved
	// asked is what the step asked for, nil while it has not.
	asked *lookUp
}

// ahead begins to look up what a command that has just come will ask for, so
// that nothing of what is before it in the loop is waited for first. It is a
// read, and what it finds is forgotten where the step asks for nothing.
func (rs *resolving) ahead(d partition.Delivery) {
	c, ok := d.Input.Body.(music.Command)
	if !ok {
		return
	}
	do, queues := c.Do.(music.Enqueue)
	if !queues {
		return
	}
	now := rs.role.opt.Clock.Now()
	if !d.Expires.IsZero() && now.After(d.Expires) {
		return
	}
	query, refused := music.ParseQuery(do.Query)
	if refused != nil {
		return
	}
	k := aheadKey{d.Input.Guild, query}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	rs.forget(now)
	if rs.ctx.Err() != nil || rs.flights[k] != nil || len(rs.flights) >= aheadMost || rs.running[k.guild] >= resolvePerGuild {
		return
	}
	f := &flight{began: now}
	rs.flights[k] = f
	rs.running[k.guild]++
	rs.wg.Go(func() {
		if x, more := rs.next(k.guild, rs.fly(k, f)); more {
			rs.work(k.guild, x)
		}
	})
}

// forget drops what was looked up and never asked for, once a second. The lock
// is held.
func (rs *resolving) forget(now time.Time) {
	if now.Sub(rs.swept) < time.Second {
		return
	}
	rs.swept = now
	for k, f := range rs.flights {
		if f.found != nil && now.Sub(f.began) > music.ResolveWithin {
			delete(rs.flights, k)
		}
	}
}

// fly looks up what was not asked for yet, and hands it over where it was asked
// for meanwhile; it returns what was asked.
func (rs *resolving) fly(k aheadKey, f *flight) lookUp {
	found, ok := rs.look(k.query, aheadLimit, f.began)
	rs.mu.Lock()
	x := f.asked
	switch {
	case ok:
		f.found = &found
	case rs.flights[k] == f:
		delete(rs.flights, k) // who asks now asks anew
	}
	rs.mu.Unlock()
	if x == nil {
		return lookUp{}
	}
	if ok {
		rs.give(k.guild, *x, found)
	}
	return *x
}

// board lets a look-up that began ahead answer a step's question; false where
// there is none. What is found already is returned. The lock is held.
func (rs *resolving) board(guild music.GuildID, x lookUp) (found *music.Resolved, ok bool) {
	k := aheadKey{guild, x.Query}
	f := rs.flights[k]
	if f == nil {
		return nil, false
	}
	delete(rs.flights, k)
	f.asked = &x
	return f.found, true
}

// cut leaves as many tracks as there is room for.
func cut(found music.Resolved, limit int) music.Resolved {
	if n := max(limit, 1); len(found.Tracks) > n {
		found.Tracks = found.Tracks[:n:n]
	}
	return found
}
