package worker

import (
	"context"
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

// Rebuild makes the plays anew of the whole journal that there is; plays of
// before stay as they are. It returns when it is done. Errors: those of the
// store.
func (r *Role) Rebuild(ctx context.Context) error {
	for {
		at, err := r.opt.Store.Position(ctx, store.PlaysProjection)
		if err != nil {
			return err
		}
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

// catchUp projects what the journal has behind the projection's position.
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

// next projects a piece of the journal, and returns whether there is more.
func (r *Role) next(ctx context.Context) (more bool, err error) {
	at, err := r.opt.Store.Position(ctx, store.PlaysProjection)
	if err != nil {
		return false, err
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
	var plays []store.Play
	for i := range rows {
		if rows[i].Seq > to {
			break
		}
		p, heard, err := playOf(&rows[i])
		if err != nil {
			r.opt.Logger.Warn("an event makes no play and is passed over", "event", rows[i].ID, "seq", rows[i].Seq, "error", err)
		}
		if heard {
			plays = append(plays, p)
		}
	}
	if len(plays) == 0 && !full && to-at < idleLag {
		return false, nil
	}
	err = r.opt.Store.ProjectPlays(ctx, at, to, plays)
	if fault.CodeOf(err) == fault.Conflict {
		// Another process does it: what it left is looked at again.
		return true, nil
	}
	return full, err
}
