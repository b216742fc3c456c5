package sqlstore

import (
	"cmp"
	"context"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// transact writes a group in one transaction, merged at first; where anything
// is refused, once more with a savepoint around each.
func (w *groupWriter) transact(group []*waiting) {
	// Everybody locks partitions in the same order.
	slices.SortStableFunc(group, func(a, b *waiting) int { return cmp.Compare(a.partition(), b.partition()) })
	stage := w.stages(group)
	if err := stage(store.StageBegin); err != nil {
		answer(group, func(op string) error { return failed(err, op) })
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), w.opts.Timeout)
	defer cancel()
	err := w.session.begin(ctx)
	if err == nil {
		err = w.merged(ctx, group)
		if err != nil && len(group) > 1 && classify(err) != fault.Unavailable {
			w.session.rollback(ctx)
			if err = w.session.begin(ctx); err == nil {
				group, err = w.apart(ctx, group)
			}
		}
	}
	if err == nil {
		err = stage(store.StageWrite)
	}
	if err != nil || len(group) == 0 {
		w.session.rollback(ctx)
		answer(group, func(op string) error { return failed(err, op) })
		return
	}
	if err = stage(store.StageCommit); err != nil {
		w.session.rollback(ctx)
	} else if err = w.session.commit(ctx); err != nil {
		w.session.rollback(ctx)
		w.session.drop()
	} else {
		err = stage(store.StageAnswer)
	}
	answer(group, func(op string) error {
		if err != nil {
			return commitFailed(err, op)
		}
		return nil
	})
	w.committed()
}

func (w *groupWriter) stages(group []*waiting) func(store.Stage) error {
	for _, j := range group {
		if j.plan != nil {
			return func(s store.Stage) error {
				if err := w.opts.Failpoint(s); err != nil {
					return injected{err}
				}
				return nil
			}
		}
	}
	return func(store.Stage) error { return nil }
}

// injected is a failpoint's error: whatever it is, it counts as the driver's.
type injected struct{ cause error }

func (e injected) Error() string { return "failpoint: " + e.cause.Error() }

func answer(group []*waiting, result func(op string) error) {
	for _, j := range group {
		j.done <- result(j.op)
	}
}

// merged runs the group's statements, those of batches of different partitions
// as if they were one batch.
func (w *groupWriter) merged(ctx context.Context, group []*waiting) error {
	waves := wavesOf(group)
	var list []statement
	for _, wave := range waves {
		list = append(list, statements(w.tables, wave, w.atOnce)...)
	}
	for _, j := range group {
		list = append(list, j.write.statements...)
	}
	if err := w.session.run(ctx, list); err != nil {
		return err
	}
	for _, wave := range waves {
		numbered(wave)
	}
	return nil
}

// wavesOf puts the group's batches together, so that no partition stands twice
// in a wave.
func wavesOf(group []*waiting) [][]*plan {
	var waves [][]*plan
	held := map[int]struct{}{}
	for _, j := range group {
		if j.plan == nil {
			continue
		}
		again := slices.ContainsFunc(j.plan.stamps, func(s store.Stamp) bool { _, ok := held[s.Partition]; return ok })
		if again || len(waves) == 0 {
			waves = append(waves, nil)
			clear(held)
		}
		for _, s := range j.plan.stamps {
			held[s.Partition] = struct{}{}
		}
		waves[len(waves)-1] = append(waves[len(waves)-1], j.plan)
	}
	return waves
}

// apart runs each member behind a savepoint of its own, answers those that were
// refused and returns the others.
func (w *groupWriter) apart(ctx context.Context, group []*waiting) ([]*waiting, error) {
	good := make([]*waiting, 0, len(group))
	for i, j := range group {
		list := j.write.statements
		if j.plan != nil {
			list = statements(w.tables, []*plan{j.plan}, w.atOnce)
		}
		refusal := w.session.run(ctx, append([]statement{{text: "SAVEPOINT member", want: anyRows}}, list...))
		if refusal == nil {
			good = append(good, j)
			if err := w.session.plain(ctx, "RELEASE SAVEPOINT member"); err != nil {
				return append(good, group[i+1:]...), err
			}
			continue
		}
		if classify(refusal) == fault.Unavailable {
			return append(good, group[i:]...), refusal
		}
		if err := w.session.plain(ctx, "ROLLBACK TO SAVEPOINT member", "RELEASE SAVEPOINT member"); err != nil {
			return append(good, group[i:]...), err
		}
		j.done <- failed(refusal, j.op)
	}
	return good, nil
}
