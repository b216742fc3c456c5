package discord

import (
	"slices"

	"github.com/atrilhq/platform/internal/store"
)

// Checkpoint is what a successor needs, to be stored in one transaction.
type Checkpoint struct {
	// Session has no id while there is nothing that could be resumed. Its
	// Epoch is that of the state the connection began with.
	Session store.ShardSession
	// Snapshots are the guilds that changed since the last one was saved.
	Snapshots []store.GuildSnapshot

	marks map[string]uint64
}

// Ack says that everything up to a position, which the handler was given, is
// durable. It may be called from anywhere and in any order; what is behind
// changes nothing.
func (c *Conn) Ack(at Position) { c.progress.ack(at) }

// Checkpoint returns session, acknowledged sequence and the snapshots that
// changed. The snapshots hold at least what was acknowledged; see the package's
// documentation for why they may hold more. It returns Internal where a guild
// cannot be encoded.
func (c *Conn) Checkpoint() (Checkpoint, error) {
	p, seq := c.progress.point() // before the snapshots: they must not be older
	s := c.o.State
	s.Bot, s.Shard, s.Shards = c.o.Bot, c.o.Shard, c.o.Shards
	s.SessionID, s.ResumeURL, s.Sequence = p.id, p.url, seq
	s.Updated = c.o.Clock.Now()
	c.sess.Lock()
	s.Identifies = slices.Clone(recent(c.sess.identifies, s.Updated))
	c.sess.Unlock()
	c.known.Lock()
	defer c.known.Unlock()
	snapshots, marks, err := c.known.unsaved()
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{Session: s, Snapshots: snapshots, marks: marks}, nil
}

// Saved says that a checkpoint was stored: its snapshots are not returned
// again unless their guilds change.
func (c *Conn) Saved(cp Checkpoint) {
	c.known.Lock()
	defer c.known.Unlock()
	c.known.saved(cp.marks)
}
