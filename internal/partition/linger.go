package partition

import (
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// lingering is a command that waits for what it asked to be looked up.
type lingering struct {
	guild music.GuildID
	slot  music.SlotID
	until time.Time
}

// linger asks for what commands want looked up and lets each of those commands
// wait for a moment: where the tracks are found that soon, the command and what
// was found go into one commit instead of two in a row, and the music starts
// one sync earlier. What comes behind such a command waits with it, so the order
// within a guild stays. It returns the others.
//
// Nothing is decided here: the step that finds out what a command asks for is
// forgotten, and made again, for the same time, when its turn comes.
func (l *Loop) linger(ds []Delivery, now time.Time) []Delivery {
	if l.opt.Linger <= 0 {
		return ds
	}
	var waits map[music.GuildID][]Delivery
	touched := make(map[music.GuildID]bool, len(ds))
	out := ds[:0]
	for _, d := range ds {
		id := d.Input.Guild
		if list, ok := waits[id]; ok {
			waits[id] = append(list, d)
			continue
		}
		if !touched[id] {
			if ask, ok := l.asks(d, now); ok {
				d.asked, d.askedAt = ask.Slot, now
				if waits == nil {
					waits = map[music.GuildID][]Delivery{}
				}
				waits[id] = []Delivery{d}
				l.lingers = append(l.lingers, lingering{id, ask.Slot, now.Add(l.opt.Linger)})
				l.opt.Actuator.Resolve(id, ask)
				continue
			}
		}
		touched[id] = true
		out = append(out, d)
	}
	for id, list := range waits {
		l.in.linger(id, list[0].asked, list)
	}
	return out
}

// asks returns what a command that is the next of its guild wants looked up, if
// it does and was not asked for before.
func (l *Loop) asks(d Delivery, now time.Time) (ask music.Resolve, ok bool) {
	c, command := d.Input.Body.(music.Command)
	if !command || d.asked != "" || !l.seen[d.Input.ID].IsZero() || (!d.Expires.IsZero() && now.After(d.Expires)) {
		return ask, false
	}
	if _, queues := c.Do.(music.Enqueue); !queues {
		return ask, false
	}
	// A step that panics does so again where it is dealt with.
	defer func() { ok = recover() == nil && ok }()
	n := 0
	for _, e := range l.opt.Apply(*l.guilds[d.Input.Guild].g, d.Input, now).Effects {
		if x, is := e.(music.Resolve); is {
			ask = x
			n++
		}
	}
	return ask, n == 1
}

// enough lets commands that waited long enough have their turn.
func (l *Loop) enough(now time.Time) {
	for len(l.lingers) > 0 && !now.Before(l.lingers[0].until) {
		l.in.unlinger(l.lingers[0].guild, l.lingers[0].slot)
		l.lingers = l.lingers[1:]
	}
}

// patience is when the next command has waited long enough, zero for none.
func (l *Loop) patience() time.Time {
	if len(l.lingers) == 0 {
		return time.Time{}
	}
	return l.lingers[0].until
}
