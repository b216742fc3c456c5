package lavalink

import (
	"sync/atomic"
	"time"
)

// Status is how a link is.
type Status struct {
	State   State
	Since   time.Time
	Session string
	// Failures counts attempts since the link was last up, Cause is the last one's.
	Failures int
	Cause    error
	// Backlog is how many events the owner has not taken yet.
	Backlog int
	// Players are known on the session, Playing of them have a track.
	Players, Playing int
}

// Status returns how the link is now.
func (l *Link) Status() Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Status{
		State: l.state, Since: l.since, Session: l.session, Failures: l.failures, Cause: l.cause, Backlog: l.out.len(),
	}
	for _, r := range l.records {
		if r.there {
			s.Players++
		}
		if r.playing() {
			s.Playing++
		}
	}
	return s
}

// Counters count what happened to a link since it was made.
type Counters struct {
	// Messages were read; of them these many could not be decoded, had an op or
	// an event type that is not known, or a track that is not ours.
	Messages, Undecodable, UnknownOps, UnknownEvents, Foreign uint64
	// Opened sockets, of which these many Resumed their session and these many
	// brought a Fresh one. Steered counts how often an older socket still stood.
	Opened, Resumed, Fresh, Steered uint64
	// Updates were sent, UpdateErrors of them failed.
	Updates, UpdateErrors uint64
}

type counts struct {
	messages, undecodable, unknownOps, unknownEvents, foreign atomic.Uint64
	opened, resumed, fresh, steered                           atomic.Uint64
	updates, updateErrors                                     atomic.Uint64
}

// Counters returns what happened so far.
func (l *Link) Counters() Counters {
	c := &l.counts
	return Counters{
		Messages: c.messages.Load(), Undecodable: c.undecodable.Load(), UnknownOps: c.unknownOps.Load(),
		UnknownEvents: c.unknownEvents.Load(), Foreign: c.foreign.Load(),
		Opened: c.opened.Load(), Resumed: c.resumed.Load(), Fresh: c.fresh.Load(), Steered: c.steered.Load(),
		Updates: c.updates.Load(), UpdateErrors: c.updateErrors.Load(),
	}
}
