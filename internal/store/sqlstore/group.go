package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// maxGroup is how many writes share a transaction at most.
const maxGroup = 512

// The states of a waiting write: it belongs to whoever moves it on from queued.
const (
	queued int32 = iota
	taken
	withdrawn
)

type waiting struct {
	*write
	op    string
	state atomic.Int32
	done  chan error
}

// groupWriter is SQLite's one writer. Whatever waits when it becomes free goes
// into its next transaction.
type groupWriter struct {
	db        *sql.DB
	opts      Options
	tables    *[tableCount]*table
	committed func()

	mu     sync.Mutex
	queue  []*waiting
	closed bool
	wake   chan struct{}
	ended  chan struct{}

	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

func newGroupWriter(db *sql.DB, o Options, tables *[tableCount]*table, committed func()) *groupWriter {
	w := &groupWriter{
		db: db, opts: o, tables: tables, committed: committed,
		wake: make(chan struct{}, 1), ended: make(chan struct{}),
	}
	go w.run()
	return w
}

func (w *groupWriter) write(ctx context.Context, op string, wr *write) error {
	j := &waiting{write: wr, op: op, done: make(chan error, 1)}
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		return fault.New(fault.Unavailable, op, "the database is closed")
	}
	w.queue = append(w.queue, j)
	w.mu.Unlock()
	w.signal()
	limit := time.NewTimer(w.opts.Timeout)
	defer limit.Stop()
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(queued, withdrawn) {
			return fault.Wrap(context.Cause(ctx), fault.Unavailable, op, "the caller did not wait for the database")
		}
	case <-limit.C:
		if j.state.CompareAndSwap(queued, withdrawn) {
			return fault.New(fault.Unavailable, op, "the database is busy")
		}
		return unheard(op)
	}
	// It is being written: the outcome is near, and better known than not.
	select {
	case err := <-j.done:
		return err
	case <-limit.C:
		return unheard(op)
	}
}

func unheard(op string) error {
	return fault.New(fault.Unknown, op, "the database did not say in time whether the change was made")
}

func (w *groupWriter) signal() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// close lets what waits be written and ends the writer.
func (w *groupWriter) close() error {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.signal()
	<-w.ended
	return nil
}

func (w *groupWriter) run() {
	defer close(w.ended)
	defer w.drop()
	for {
		group, more := w.take()
		if len(group) > 0 {
			w.transact(group)
			continue
		}
		if !more {
			return
		}
		<-w.wake
	}
}

// take returns what waits, and false once nothing will come any more.
func (w *groupWriter) take() (group []*waiting, more bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), maxGroup)
	for _, j := range w.queue[:n] {
		if j.state.CompareAndSwap(queued, taken) {
			group = append(group, j)
		}
	}
	w.queue = append(w.queue[:0:0], w.queue[n:]...)
	return group, !w.closed || len(w.queue) > 0
}

// transact writes a group in one transaction, merged at first; where anything
// is refused, once more with a savepoint around each.
func (w *groupWriter) transact(group []*waiting) {
	stage := w.stages(group)
	if err := stage(store.StageBegin); err != nil {
		answer(group, func(op string) error { return failed(err, op) })
		return
	}
	err := w.begin()
	if err == nil {
		err = w.merged(group)
		if err != nil && len(group) > 1 && classify(err) != fault.Unavailable {
			w.rollback()
			if err = w.begin(); err == nil {
				group, err = w.apart(group)
			}
		}
	}
	if err == nil {
		err = stage(store.StageWrite)
	}
	if err != nil {
		w.rollback()
		answer(group, func(op string) error { return failed(err, op) })
		return
	}
	if len(group) == 0 {
		w.rollback()
		return
	}
	if err := stage(store.StageCommit); err != nil {
		w.rollback()
		answer(group, func(op string) error { return commitFailed(err, op) })
		return
	}
	if err := w.exec("COMMIT"); err != nil {
		w.rollback()
		w.drop()
		answer(group, func(op string) error { return commitFailed(err, op) })
		return
	}
	err = stage(store.StageAnswer)
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
func (w *groupWriter) merged(group []*waiting) error {
	var wave []*plan
	held := map[int]struct{}{}
	flush := func() error {
		if len(wave) == 0 {
			return nil
		}
		err := w.statements(statements(w.tables, wave))
		numbered(wave)
		wave = wave[:0]
		clear(held)
		return err
	}
	for _, j := range group {
		if j.plan == nil {
			continue
		}
		for _, s := range j.plan.stamps {
			if _, again := held[s.Partition]; again {
				if err := flush(); err != nil {
					return err
				}
			}
		}
		for _, s := range j.plan.stamps {
			held[s.Partition] = struct{}{}
		}
		wave = append(wave, j.plan)
	}
	if err := flush(); err != nil {
		return err
	}
	for _, j := range group {
		if err := w.statements(j.write.statements); err != nil {
			return err
		}
	}
	return nil
}

// apart runs each member behind a savepoint of its own, answers those that were
// refused and returns the others.
func (w *groupWriter) apart(group []*waiting) ([]*waiting, error) {
	good := make([]*waiting, 0, len(group))
	for i, j := range group {
		if err := w.exec("SAVEPOINT member"); err != nil {
			return append(good, group[i:]...), err
		}
		err := w.member(j)
		if err != nil && classify(err) == fault.Unavailable {
			return append(good, group[i:]...), err
		}
		if err == nil {
			good = append(good, j)
		} else {
			if back := w.exec("ROLLBACK TO member"); back != nil {
				return append(good, group[i:]...), back
			}
			j.done <- failed(err, j.op)
		}
		if err := w.exec("RELEASE member"); err != nil {
			return append(good, group[i+1:]...), err
		}
	}
	return good, nil
}

func (w *groupWriter) member(j *waiting) error {
	if j.plan == nil {
		return w.statements(j.write.statements)
	}
	return w.statements(statements(w.tables, []*plan{j.plan}))
}

var errNoConnection = errors.New("the writer has no connection")
