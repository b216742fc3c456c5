package audio

import (
	"context"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

// generationsKept is how many generations of a source are remembered: those that
// may come again when a stream goes back to what was not released.
const generationsKept = 8

// heard is up to which number a reader has heard each source, by generation, the
// newest last.
type heard map[string][]counted

type counted struct {
	generation string
	number     int64
}

// note notes a message. missed is true where one before it did not come, again
// where it came before itself.
func (h heard) note(m bus.Message) (missed, again bool) {
	if m.Source == "" {
		return false, false
	}
	all := h[m.Source]
	for i := range all {
		c := &all[i]
		switch {
		case c.generation != m.Generation:
			continue
		case m.Number <= c.number:
			return false, true
		}
		missed = m.Number != c.number+1
		c.number = m.Number
		return missed, false
	}
	if len(all) >= generationsKept {
		all = append(all[:0:0], all[1:]...)
	}
	h[m.Source] = append(all, counted{m.Generation, m.Number})
	return m.Number != 1, false
}

// takenBefore is up to where the inputs of each source were durably taken when a
// reader began.
type takenBefore map[string]store.Cursor

// taken reads what was taken of a partition's sources, and tells it to them: a
// predecessor may have ended before it did. Errors: those of the store.
func (rs *readers) taken(ctx context.Context, part int) (takenBefore, error) {
	all, err := rs.role.opt.Store.Cursors(ctx, part)
	if err != nil {
		return nil, err
	}
	out := takenBefore{}
	for _, c := range all {
		out[c.Source] = c
		tell(rs.role, topic.Taken, "", topic.TakenUpTo{
			Partition: part, Source: c.Source, Generation: c.Generation, Number: c.Position,
		})
	}
	return out, nil
}

// covers is true for an input that was taken before the reader began. Once one
// of another generation of its source has come, it is false for all of them: what
// was taken of that one is not known, so it is taken again, and what follows has
// to follow it again.
func (t takenBefore) covers(m bus.Message) bool {
	c, known := t[m.Source]
	if !known {
		return false
	}
	if c.Generation != m.Generation {
		delete(t, m.Source)
		return false
	}
	return m.Number <= c.Position
}

// continues is true where nothing is missing before an input although it is not
// the first one: what was before it was taken by a predecessor.
func (t takenBefore) continues(m bus.Message) bool {
	c, known := t[m.Source]
	return known && c.Generation == m.Generation && m.Number <= c.Position+1
}
