package worker

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
)

// fromArchive projects what the archive has behind a position. It returns true
// where the position has moved. The journal is no sign of whether there is
// something: types that leave it first are missing in its middle. But what is
// archived was read before, so the archive has nothing behind a position that
// has not gone back since it had nothing.
func (r *Role) fromArchive(ctx context.Context, at int64) (moved bool, err error) {
	if r.opt.Archive == nil {
		return false, nil
	}
	if idle := r.idle.Load(); idle >= 0 && at >= idle {
		r.idle.Store(at)
		return false, nil
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
