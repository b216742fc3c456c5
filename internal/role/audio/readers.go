package audio

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const (
	readAtOnce = 256
	readRetry  = 250 * time.Millisecond
)

// readers carry what comes over the bus to the loop, one for each partition
// that the loop owns.
type readers struct {
	role *Role
	ctx  context.Context //nolint:containedctx // the life of the role, which the readers share
	wg   sync.WaitGroup

	mu    sync.Mutex
	stops map[int]context.CancelFunc
}

func (rs *readers) start(part int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ctx.Err() != nil || rs.stops[part] != nil {
		return
	}
	ctx, cancel := context.WithCancel(rs.ctx)
	rs.stops[part] = cancel
	rs.wg.Go(func() { rs.read(ctx, part) })
}

func (rs *readers) stop(part int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if cancel := rs.stops[part]; cancel != nil {
		cancel()
		delete(rs.stops, part)
	}
}

// read reads a partition's stream until ctx ends. Where the stream does not
// continue, what is missing is looked up again instead.
func (rs *readers) read(ctx context.Context, part int) {
	stream := partition.Stream(part)
	gaps, before := gapFinder{}, rs.taken(ctx, part)
	for ctx.Err() == nil {
		at, err := rs.role.opt.Bus.Begin(ctx, stream)
		for err == nil {
			var got []bus.Delivery
			got, at, err = rs.role.opt.Bus.Read(ctx, stream, at, readAtOnce)
			for _, m := range got {
				if gaps.missed(m.Message) && !before.covers(m.Message) {
					rs.role.log.Warn("inputs are missing, looking voice up again", "partition", part, "source", m.Source)
					rs.role.resyncPartition(part)
				}
				rs.take(m.Message)
			}
		}
		if ctx.Err() != nil {
			return
		}
		if !errors.Is(err, bus.ErrReset) {
			rs.role.log.Warn("the stream of a partition cannot be read, trying again", "partition", part, "error", err)
			select {
			case <-ctx.Done():
			case <-rs.role.opt.Clock.After(readRetry):
			}
		}
		rs.role.resyncPartition(part)
	}
}

func (rs *readers) take(m bus.Message) {
	d, err := partition.Decode(m)
	if err != nil {
		rs.role.log.Error("an input cannot be read and is left out", "guild", m.Key, "error", err)
		return
	}
	rs.role.resolving.ahead(d)
	if err := rs.role.loop.Deliver(d); fault.CodeOf(err) == fault.Quota {
		rs.role.log.Warn("too many commands wait for a guild", "guild", m.Key)
		rs.role.refuseBusy(d)
	} else if err != nil {
		rs.role.log.Error("an input was refused", "error", err)
	}
}

// gapFinder notices numbers that do not follow each other.
type gapFinder map[string]bus.Message

func (g gapFinder) missed(m bus.Message) bool {
	if m.Source == "" {
		return false
	}
	last, known := g[m.Source]
	g[m.Source] = bus.Message{Generation: m.Generation, Number: m.Number}
	if !known || last.Generation != m.Generation {
		return m.Number != 1
	}
	return m.Number != last.Number+1
}

// takenBefore is up to where a predecessor took the inputs of each source.
type takenBefore map[string]store.Cursor

// taken reads what was taken of a partition's sources. Where it cannot be read,
// nothing is known, and who is in voice is looked up again.
func (rs *readers) taken(ctx context.Context, part int) takenBefore {
	all, err := rs.role.opt.Store.Cursors(ctx, part)
	if err != nil && ctx.Err() == nil {
		rs.role.log.Warn("what a predecessor took cannot be read", "partition", part, "error", err)
	}
	out := takenBefore{}
	for _, c := range all {
		out[c.Source] = c
	}
	return out
}

// covers is true where nothing is missing before an input although it is not the
// first one: what was before it was taken by a predecessor.
func (t takenBefore) covers(m bus.Message) bool {
	c, known := t[m.Source]
	return known && c.Generation == m.Generation && m.Number <= c.Position+1
}

// resyncPartition asks who is in voice in every guild of a partition that is in memory.
func (r *Role) resyncPartition(part int) {
	r.loop.Each(func(g *music.Guild) bool {
		if partition.Of(g.ID, r.partitions) == part {
			r.Resync(g.ID)
		}
		return true
	})
}
