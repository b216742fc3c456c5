package worker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// partsKept is about how many parts the journal has, so that what is kept too
	// long because others of its part are young is little.
	partsKept = 64
	// leastSpan is the shortest time that a part is made for.
	leastSpan = time.Hour
	// partsATurn is how many parts are dropped before the next kind has its turn.
	partsATurn = 16
	// typesAtOnce is how many types are asked for in one query.
	typesAtOnce = 32
)

// span is the time that one part of the journal is for.
func (r *Role) span() time.Duration { return max(leastSpan, r.opt.Retention.Journal/partsKept) }

// grace is how much longer than configured an event is kept where it may go with
// its part. It is deleted for itself only where the part takes longer to become
// old, as one that is for more time than was meant does.
func (r *Role) grace() time.Duration { return 2 * r.span() }

// extendParts makes parts of the journal for what is to come.
// Where that fails its last part takes what comes, and it is tried again.
func (r *Role) extendParts(ctx context.Context) error {
	return r.opt.Store.ExtendParts(ctx, r.opt.Clock.Now(), r.span())
}

// forget removes old events for ever, where there is no archive. What cannot be
// removed in one way keeps nothing else from it.
func (r *Role) forget(ctx context.Context) (err error) {
	keep := r.opt.Retention.Journal
	if r.opt.Store.Parted() {
		err = r.dropParts(ctx, r.opt.Clock.Now().Add(-keep), func(store.Part) (bool, error) { return true, nil })
		keep += r.grace()
	}
	return errors.Join(err, r.prune(ctx, "events", keep, r.opt.Store.Prune), r.thin(ctx, 0))
}

// dropParts drops parts from the journal's beginning in which everything is older
// than before and which may go. One that is read just now, or that a projection
// has not read, is left for later.
func (r *Role) dropParts(ctx context.Context, before time.Time, may func(store.Part) (bool, error)) error {
	for range partsATurn {
		p, ok, err := r.opt.Store.FirstPart(ctx)
		if err != nil || !ok || p.Until.After(before) {
			return err
		}
		if ok, err := may(p); err != nil || !ok {
			return err
		}
		n, err := r.opt.Store.DropPart(ctx, p)
		switch fault.CodeOf(err) {
		case fault.Conflict, fault.Unavailable:
			r.opt.Logger.Debug("a part of the journal stays for now", "part", p.Name, "error", err)
			return nil
		}
		if err != nil {
			return err
		}
		r.opt.Logger.Info("what is old was removed", "what", "a part of the journal", "part", p.Name, "count", n)
		if !r.pause(ctx, prunePause) {
			return cutOff(ctx)
		}
	}
	return nil
}

// thin removes the types that are kept for a shorter time, up to a number where
// it is not 0.
func (r *Role) thin(ctx context.Context, to int64) (err error) {
	byTime := map[time.Duration][]string{}
	for name, keep := range r.opt.Retention.Types {
		byTime[keep] = append(byTime[keep], name)
	}
	for _, keep := range slices.Sorted(maps.Keys(byTime)) {
		for types := range slices.Chunk(slices.Sorted(slices.Values(byTime[keep])), typesAtOnce) {
			err = errors.Join(err, r.prune(ctx, "events of a type", keep, func(ctx context.Context, before time.Time, limit int) (int, error) {
				return r.opt.Store.Thin(ctx, store.Thinning{Types: types, Before: before, To: to, Limit: limit})
			}))
		}
	}
	return err
}
