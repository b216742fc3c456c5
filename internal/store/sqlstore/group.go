package sqlstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/internal/fault"
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

// partition is the first that the write's fence takes; what has none comes last.
func (j *waiting) partition() int {
	if j.plan == nil {
		return maxPartitions
	}
	return j.plan.stamps[0].Partition
}

// groupWriter writes on one connection. Whatever waits when it becomes free goes
// into its next transaction.
type groupWriter struct {
	session   session
	opts      Options
	tables    *[tableCount]*table
	committed func()
	// atOnce is true where nobody else writes while this does, so that the order
	// in which rows are locked does not matter.
	atOnce bool

	mu     sync.Mutex
	queue  []*waiting
	closed bool
	wake   chan struct{}
	ended  chan struct{}
}

func newGroupWriter(s session, o Options, tables *[tableCount]*table, committed func(), atOnce bool) *groupWriter {
	w := &groupWriter{
		session: s, opts: o, tables: tables, committed: committed, atOnce: atOnce,
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
	defer w.session.drop()
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
