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
)

const (
	readAtOnce = 256
	readRetry  = 250 * time.Millisecond
	// releaseEvery is how often the bus is told at most what it may forget of a
	// stream. What is not released comes again after a crash and is found to be
	// known; what waits until it may be forgotten costs memory.
	releaseEvery = 250 * time.Millisecond
	// releaseWithin bounds the last release of a reader that ends.
	releaseWithin = 2 * time.Second
)

// readers carry what comes over the bus to the loop, one for each partition
// that the loop owns.
type readers struct {
	role *Role
	ctx  context.Context //nolint:containedctx // the life of the role, which the readers share
	wg   sync.WaitGroup

	mu    sync.Mutex
	stops map[int]context.CancelFunc
	// ended is closed for each partition when its last reader has ended.
	ended map[int]chan struct{}
}

func (rs *readers) start(part int) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ctx.Err() != nil || rs.stops[part] != nil {
		return
	}
	ctx, cancel := context.WithCancel(rs.ctx)
	before, done := rs.ended[part], make(chan struct{})
	rs.stops[part], rs.ended[part] = cancel, done
	rs.wg.Go(func() {
		defer close(done)
		if before != nil {
			<-before // it may still hold what it read
		}
		rs.read(ctx, part)
	})
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
	r := reading{readers: rs, part: part, stream: partition.Stream(part), heard: heard{}, trail: newTrail()}
	var releasing sync.WaitGroup
	releasing.Go(func() { r.release(ctx) })
	defer releasing.Wait()
	at, ok := r.begin(ctx)
	for ok && ctx.Err() == nil {
		got, next, err := rs.role.opt.Bus.Read(ctx, r.stream, at, readAtOnce)
		switch {
		case err == nil:
			for _, d := range got {
				r.take(d)
			}
			at = next
		case ctx.Err() != nil:
		case errors.Is(err, bus.ErrReset):
			rs.role.resyncPartition(part)
			at, ok = r.begin(ctx)
		default:
			ok = r.failed(ctx, err)
		}
	}
}

// reading is how far the stream of one partition was read.
type reading struct {
	*readers

	part   int
	stream string
	heard  heard
	before takenBefore
	trail  *trail
}

// begin finds out where to read from, which is behind what was dealt with for
// good. What this process has in hand is dealt with first, so that what comes
// again can be told from what is new. It returns false where ctx ended.
func (r *reading) begin(ctx context.Context) (bus.Cursor, bool) {
	if !r.trail.drained(ctx) {
		return bus.Cursor{}, false
	}
	if end := r.trail.end(); end.Generation != "" {
		r.let(ctx, end)
	}
	for {
		var at bus.Cursor
		before, err := r.taken(ctx, r.part)
		if err == nil {
			at, err = r.role.opt.Bus.Begin(ctx, r.stream)
		}
		if err == nil {
			r.before = before
			r.trail.begin(at)
			return at, true
		}
		if !r.failed(ctx, err) {
			return at, false
		}
	}
}

// failed waits before the bus is tried again. It returns false where ctx ended.
func (r *reading) failed(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	r.role.log.Warn("the stream of a partition cannot be read, trying again", "partition", r.part, "error", err)
	select {
	case <-ctx.Done():
		return false
	case <-r.role.opt.Clock.After(readRetry):
		return true
	}
}

// take hands a message to the loop, unless it was durably taken before.
func (r *reading) take(got bus.Delivery) {
	m, step := got.Message, r.trail.at(got.Position)
	missed, again := r.heard.note(m)
	known := r.before.covers(m)
	if missed && !r.before.continues(m) {
		r.role.log.Warn("inputs are missing, looking voice up again", "partition", r.part, "source", m.Source)
		r.role.resyncPartition(r.part)
	}
	if again {
		step.Taken() // by this process, and begin waited until it was durable
		return
	}
	d, err := partition.Decode(m)
	if err != nil {
		r.role.log.Error("an input cannot be read and is left out", "guild", m.Key, "error", err)
		step.Taken()
		return
	}
	if known {
		if _, command := d.Input.Body.(music.Command); !command {
			step.Taken() // by a predecessor, together with what it did with it
			return
		}
		// A command is known by its id, and whoever sent it is told once more. Its
		// number was passed already.
		d.Origin = partition.Origin{}
	}
	d.Place = step
	r.role.resolving.ahead(d)
	if err := r.role.loop.Deliver(d); err != nil {
		step.Taken()
		if fault.CodeOf(err) != fault.Quota {
			r.role.log.Error("an input was refused", "error", err)
			return
		}
		r.role.log.Warn("too many commands wait for a guild", "guild", m.Key)
		r.role.refuseBusy(d)
	}
}

// release tells the bus what it may forget until ctx ends, and then once more.
func (r *reading) release(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
		case <-r.trail.moved:
			select {
			case <-ctx.Done():
			case <-r.role.opt.Clock.After(releaseEvery):
			}
		}
		end := r.trail.end()
		if ctx.Err() == nil {
			r.let(ctx, end)
			continue
		}
		if end.Generation != "" {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseWithin)
			defer cancel()
			r.let(last, end)
		}
		return
	}
}

// let tells the bus that everything up to a cursor is durable. A stream that does
// not have that cursor any more says so to whoever reads.
func (r *reading) let(ctx context.Context, upTo bus.Cursor) {
	err := r.role.opt.Bus.Release(ctx, r.stream, upTo)
	if err != nil && ctx.Err() == nil && !errors.Is(err, bus.ErrReset) {
		r.role.log.Warn("a stream cannot be told what it may forget, trying again later", "partition", r.part, "error", err)
	}
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
