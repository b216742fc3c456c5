package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// day is what leaves the journal together where there is an archive, so that
	// a day has few files.
	day = 24 * time.Hour
	// filesATurn is how many files are written or removed from the journal before
	// the next kind has its turn.
	filesATurn = 8
)

// putAway puts the days that are over into the archive and removes them from the
// journal.
func (r *Role) putAway(ctx context.Context) error {
	now := r.opt.Clock.Now()
	before := now.Add(-r.opt.Retention.Journal).UTC().Truncate(day)
	err := r.opt.Archive.Sweep(now)
	for range 2 * filesATurn {
		if err != nil || r.opt.Clock.Since(now) > turn {
			break
		}
		var more bool
		if more, err = r.putAwayOne(ctx, before); !more {
			break
		}
	}
	if err == nil && ctx.Err() != nil {
		err = cutOff(ctx)
	}
	if err != nil && ctx.Err() == nil {
		message, hint := fault.Show(err)
		r.opt.Logger.Warn("events stay in the journal, for they cannot be put into the archive", "error", err, "why", message, "hint", hint)
	}
	return err
}

// putAwayOne looks at the journal's first event. Is it in a file of the archive,
// as it is after the turn before, or after a crash, then the file is read to its
// end and what it has is removed from the journal. Is it in none, then a file is
// written. So nothing is removed that was not read back.
func (r *Role) putAwayOne(ctx context.Context, before time.Time) (more bool, err error) {
	rows, err := r.opt.Store.Oldest(ctx, 0, before, pruneLimit)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	f, there, err := r.opt.Archive.Covering(ctx, rows[0].Seq)
	if err != nil {
		return false, err
	}
	if !there {
		f, err = r.writeFile(ctx, rows, before)
		if err == nil {
			r.opt.Logger.Info("events were put into the archive", "file", f.Path, "first", f.First, "last", f.Last)
		}
		return err == nil, err
	}
	same, err := f.Check(ctx, rows[0].Seq, rows[0].ID)
	if err != nil {
		return false, err
	}
	if !same {
		return false, fault.New(fault.Conflict, "worker.putAway",
			fmt.Sprintf("%s has another event of number %d than the journal", f.Path, rows[0].Seq)).
			WithHint("it is the archive of another database, or of this one before it was restored: name another directory in retention.archive")
	}
	return r.removeTo(ctx, f.Last)
}

// writeFile writes what can be put away into one file, rows being the first of it.
func (r *Role) writeFile(ctx context.Context, rows []store.JournalRow, before time.Time) (archive.File, error) {
	const op = "worker.writeFile"
	w, err := r.opt.Archive.Create()
	if err != nil {
		return archive.File{}, err
	}
	defer w.Discard()
	for len(rows) > 0 {
		for i := range rows {
			if !w.Takes(rows[i].Seq) {
				return w.Finish()
			}
			if err := w.Append(&rows[i]); err != nil {
				return archive.File{}, err
			}
		}
		if !r.pause(ctx, prunePause) {
			return archive.File{}, fault.Wrap(context.Cause(ctx), fault.Unavailable, op, "stopped before the file was whole")
		}
		if rows, err = r.opt.Store.Oldest(ctx, rows[len(rows)-1].Seq, before, pruneLimit); err != nil {
			return archive.File{}, err
		}
	}
	return w.Finish()
}

// removeTo removes what is in the archive up to a number, in small pieces.
func (r *Role) removeTo(ctx context.Context, seq int64) (more bool, err error) {
	all := 0
	for {
		n, err := r.opt.Store.PruneTo(ctx, seq, pruneLimit)
		all += n
		if err != nil {
			return false, err
		}
		if n < pruneLimit {
			break
		}
		if !r.pause(ctx, prunePause) {
			return false, nil
		}
	}
	r.opt.Logger.Info("what is old was removed", "what", "events", "count", all)
	return all > 0, nil
}

// fromArchive projects what the archive has behind a position that the journal
// does not go on from. It returns true where the position has moved.
func (r *Role) fromArchive(ctx context.Context, at int64) (moved bool, err error) {
	if r.opt.Archive == nil || r.idle.Load() == at {
		return false, nil
	}
	first, err := r.opt.Store.Events(ctx, store.EventQuery{After: at, Limit: 1})
	if err != nil || (len(first) > 0 && first[0].Seq == at+1) {
		return false, err
	}
	p := piece{from: at, to: at}
	flush := func() error {
		if p.to == p.from {
			return nil
		}
		err := r.apply(ctx, p)
		p.from, p.rows, moved = p.to, p.rows[:0], true
		return err
	}
	for row, err := range r.opt.Archive.After(ctx, at) {
		if err == nil {
			p.to = row.Seq
			if row.Type == endedType() {
				p.rows = append(p.rows, *row)
			}
			if len(p.rows) < replayLimit && p.to-p.from < replaySpan {
				continue
			}
			err = flush()
		} else if before := flush(); before != nil {
			// What came before the damage is whole.
			err = before
		}
		if fault.CodeOf(err) == fault.Conflict {
			return true, nil
		}
		if err != nil {
			return moved, err
		}
	}
	if err = flush(); fault.CodeOf(err) == fault.Conflict {
		return true, nil
	}
	if err == nil && !moved {
		r.idle.Store(at)
	}
	return moved, err
}
