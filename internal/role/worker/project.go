package worker

import (
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// lookEvery is how often the journal is looked at although nobody said that
	// something happened.
	lookEvery = 10 * time.Second
	// gather is how long plays that end at about the same time are waited for.
	gather = 250 * time.Millisecond
	// projectLimit is how many plays are written in one transaction.
	projectLimit = 250
	// idleLag is how many events the position may be behind where no play was
	// among them, so that it is not written for nothing.
	idleLag = 1_000
)

func endedType() string { return music.PlayFinished{}.EventType() }

// project makes plays of the journal until ctx ends: at once when one ended, and
// from time to time.
func (r *Role) project(ctx context.Context) {
	var told <-chan bus.Message
	if r.opt.Bus != nil {
		sub := r.opt.Bus.Subscribe(topic.Events, 256)
		defer sub.Close()
		told = sub.C()
	}
	for {
		if err := r.catchUp(ctx); err != nil && ctx.Err() == nil {
			r.opt.Logger.Warn("plays cannot be made of the journal, trying again", "error", err)
		}
		if !r.await(ctx, told) {
			return
		}
	}
}

// await waits until there may be something to do, false once ctx has ended.
func (r *Role) await(ctx context.Context, told <-chan bus.Message) bool {
	look := r.opt.Clock.NewTimer(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-look.Chan():
			return true
		case m, open := <-told:
			if !open {
				told = nil // the bus is closed: there is the time left
			}
			if m.Kind == endedType() {
				return r.pause(ctx, gather)
			}
		}
	}
}

// replay is a rebuild: what it is called and up to where it repeats.
type replay struct {
	id string
	to int64
}

// replayOf is the id of the replay that an event belongs to, empty for an event
// that is projected for the first time.
func (r *Role) replayOf(seq int64) string {
	if p := r.replay.Load(); p != nil && seq <= p.to {
		return p.id
	}
	return ""
}

// Rebuild makes the plays anew of everything that there is, of the archive and
// then of the journal; plays of before stay as they are. It returns when it is
// done. Errors: those of the store; Invalid, naming the file, where the archive
// is damaged: it goes on from there once that is put right.
func (r *Role) Rebuild(ctx context.Context) error {
	for {
		at, err := r.opt.Store.Position(ctx, store.PlaysProjection)
		if err != nil {
			return err
		}
		r.replay.Store(&replay{id: "plays-" + r.opt.Clock.Now().UTC().Format("20060102T150405.000Z"), to: at})
		r.idle.Store(-1)
		err = r.opt.Store.ProjectPlays(ctx, at, 0, nil)
		if err == nil {
			return r.catchUp(ctx)
		}
		// Somebody moved it in between.
		if fault.CodeOf(err) != fault.Conflict {
			return err
		}
	}
}

// catchUp projects what there is behind the projection's position.
func (r *Role) catchUp(ctx context.Context) error {
	for ctx.Err() == nil {
		more, err := r.next(ctx)
		if err != nil {
			return err
		}
		if !more {
			return nil
		}
	}
	return ctx.Err()
}

// next projects what the archive has, or a piece of the journal, and returns
// whether there is more.
func (r *Role) next(ctx context.Context) (more bool, err error) {
	at, err := r.opt.Store.Position(ctx, store.PlaysProjection)
	if err != nil {
		return false, err
	}
	if more, err := r.fromArchive(ctx, at); more || err != nil {
		return more, err
	}
	// The journal's end is read first: numbers become visible in their order, so
	// up to there nothing can be missing from what is read then.
	last, err := r.opt.Store.Events(ctx, store.EventQuery{After: at, Newest: true, Limit: 1})
	if err != nil || len(last) == 0 {
		return false, err
	}
	rows, err := r.opt.Store.Events(ctx, store.EventQuery{After: at, Types: []string{endedType()}, Limit: projectLimit})
	if err != nil {
		return false, err
	}
	to, full := last[0].Seq, len(rows) == projectLimit
	if full {
		to = rows[len(rows)-1].Seq
	}
	rows = slices.DeleteFunc(rows, func(row store.JournalRow) bool { return row.Seq > to })
	if !full && to-at < idleLag && !r.anyPlay(rows) {
		return false, nil
	}
	err = r.apply(ctx, piece{from: at, to: to, rows: rows})
	if fault.CodeOf(err) == fault.Conflict {
		// Another process does it: what it left is looked at again.
		return true, nil
	}
	return full, err
}

// anyPlay is true where rows make a play, or cannot be read.
func (r *Role) anyPlay(rows []store.JournalRow) bool {
	return slices.ContainsFunc(rows, func(row store.JournalRow) bool {
		_, heard, err := playOf(&row)
		return heard || err != nil
	})
}
