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
	// day is what is put into the archive together, so that a day has few files.
	day = 24 * time.Hour
	// filesATurn is how many files are written before the next kind has its turn.
	filesATurn = 16
)

// putAway puts the days that are over into the archive, and removes from the
// journal what is there and has been kept for long enough. Events are archived
// when the first type of them may leave, and all others of that time with them:
// files have no holes but for what left the journal before there was an archive.
func (r *Role) putAway(ctx context.Context) error {
	now := r.opt.Clock.Now()
	err := r.opt.Archive.Sweep(ctx, now)
	var end int64
	if err == nil {
		end, err = r.writeFiles(ctx, now.Add(-r.opt.Retention.shortest()).UTC().Truncate(day))
	}
	if err == nil {
		err = r.removeArchived(ctx, now.Add(-r.opt.Retention.Journal).UTC().Truncate(day), end)
	}
	if err == nil && end > 0 {
		err = r.thinArchived(ctx, end)
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

// writeFiles writes what is older than before and in no file yet, and returns the
// last number up to which the archive has what the journal has. What is there
// is taken from the names of the files, so a crash changes nothing.
func (r *Role) writeFiles(ctx context.Context, before time.Time) (end int64, err error) {
	var last archive.File
	begin := r.opt.Clock.Now()
	for written := 0; ; {
		rows, err := r.opt.Store.Oldest(ctx, end, before, pruneLimit)
		if err != nil || len(rows) == 0 {
			return end, err
		}
		chain, err := r.opt.Archive.Chain(ctx, rows[0].Seq)
		if err != nil {
			return 0, err
		}
		if len(chain) > 0 {
			last = chain[len(chain)-1]
			end = last.Last
			continue
		}
		if written == filesATurn || r.opt.Clock.Since(begin) > turn {
			return end, nil
		}
		if end > 0 && written == 0 {
			// Another database's archive is told by its last file, before
			// anything is added to it.
			if err := r.proven(ctx, last.First, end); err != nil {
				return 0, err
			}
		}
		f, err := r.writeFile(ctx, rows, before)
		if err != nil {
			return 0, err
		}
		r.opt.Logger.Info("events were put into the archive", "file", f.Path, "first", f.First, "last", f.Last)
		end = f.Last
		written++
	}
}

// writeFile writes what can be put away into one file, rows being the first of it.
func (r *Role) writeFile(ctx context.Context, rows []store.JournalRow, before time.Time) (archive.File, error) {
	const op = "worker.writeFile"
	w, err := r.opt.Archive.Create(ctx)
	if err != nil {
		return archive.File{}, err
	}
	defer w.Discard()
	for len(rows) > 0 {
		for i := range rows {
			if !w.Takes(rows[i].Seq) {
				return w.Finish(ctx)
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
	return w.Finish(ctx)
}

// proven reads every file that has an event which the journal has too, between
// two numbers, to its end. Errors: Conflict where a file has another event of
// the same number; Invalid, naming it, for one that is damaged; NotFound where
// an event is in no file.
func (r *Role) proven(ctx context.Context, from, to int64) error {
	const op = "worker.putAway"
	for at := from; at <= to; {
		rows, err := r.opt.Store.Events(ctx, store.EventQuery{After: at - 1, Limit: 1})
		if err != nil || len(rows) == 0 || rows[0].Seq > to {
			return err
		}
		f, there, err := r.opt.Archive.Covering(ctx, rows[0].Seq)
		if err != nil {
			return err
		}
		if !there {
			return fault.New(fault.NotFound, op, fmt.Sprintf("the archive has event %d no more", rows[0].Seq)).
				WithHint("put the file that has it back")
		}
		same, err := f.Check(ctx, rows[0].Seq, rows[0].ID)
		if err != nil {
			return err
		}
		if !same {
			return fault.New(fault.Conflict, op, fmt.Sprintf("%s has another event of number %d than the journal", f.Path, rows[0].Seq)).
				WithHint("it is the archive of another database, or of this one before it was restored: name another place in archive.url")
		}
		at = f.Last + 1
	}
	return nil
}

// removeArchived removes what is older than before and in the archive up to end:
// whole parts of the journal where it has parts, what is left row by row. Each
// file is read back before anything that it has is removed.
func (r *Role) removeArchived(ctx context.Context, before time.Time, end int64) error {
	if r.opt.Store.Parted() {
		if err := r.dropArchived(ctx, before, end); err != nil {
			return err
		}
		before = before.Add(-r.grace())
	}
	all, read := 0, int64(0)
	defer func() {
		if all > 0 {
			r.opt.Logger.Info("what is old was removed", "what", "events", "count", all)
		}
	}()
	for range prunePieces {
		rows, err := r.opt.Store.Oldest(ctx, 0, before, pruneLimit)
		if err != nil || len(rows) == 0 {
			return err
		}
		to := min(end, rows[len(rows)-1].Seq)
		if rows[0].Seq > to {
			return nil
		}
		if to > read {
			if err := r.proven(ctx, max(read+1, rows[0].Seq), to); err != nil {
				return err
			}
			// The last file that was read may have more than these.
			f, _, err := r.opt.Archive.Covering(ctx, to)
			if err != nil {
				return err
			}
			read = max(to, f.Last)
		}
		n, err := r.opt.Store.PruneTo(ctx, to, pruneLimit)
		if all += n; err != nil {
			return err
		}
		if !r.pause(ctx, prunePause) {
			return nil
		}
	}
	return nil
}

// dropArchived drops the parts of the journal of which everything is older than
// before and in the archive, as far as that goes up to end.
func (r *Role) dropArchived(ctx context.Context, before time.Time, end int64) error {
	return r.dropParts(ctx, before, func(p store.Part) (bool, error) {
		if p.Until.IsZero() {
			return true, nil // nothing is left in it
		}
		next, err := r.opt.Store.Events(ctx, store.EventQuery{After: end, Limit: 1})
		if err != nil || (len(next) > 0 && next[0].Seq <= p.Last) {
			return false, err // not all of it is archived
		}
		return true, r.proven(ctx, 1, p.Last)
	})
}

// thinArchived removes types that are kept for a shorter time, as far as they
// are in files that this process has read back.
func (r *Role) thinArchived(ctx context.Context, end int64) error {
	if len(r.opt.Retention.Types) == 0 {
		return nil
	}
	if end > r.readBack {
		if err := r.proven(ctx, r.readBack+1, end); err != nil {
			return err
		}
		r.readBack = end
	}
	return r.thin(ctx, end)
}
