package partition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/partition"
)

const cursorPace = 100 * time.Millisecond

func paced(o *partition.Options) { o.CursorPace = cursorPace }

// joined delivers the n-th input of a source and waits until it is told.
func (r *rig) joined(n int) {
	r.t.Helper()
	var told int
	r.check(func() { told = len(r.told) })
	r.deliver(from(joins(fmt.Sprint("f", n), "7"), "gw", "g", int64(n)))
	r.until("it is told", func() bool { return len(r.told) > told })
	r.settle()
}

func TestCommitsLeaveCursorsAlone(t *testing.T) {
	r := newRig(t, 1, paced)
	r.warm("7")
	r.joined(1)
	r.wantCursor("0/gw/g", 1)
	r.joined(2)
	r.joined(3)
	r.wantCursor("0/gw/g", 1)
	r.advance(cursorPace - time.Nanosecond)
	r.joined(4)
	r.wantCursor("0/gw/g", 1)
	r.advance(time.Nanosecond)
	calls := point(r.store, func(s *memStore) int { return s.calls })
	r.joined(5)
	r.wantCursor("0/gw/g", 5)
	// Nothing is left that would need a commit of its own.
	r.advance(2 * flushAfter)
	if n := point(r.store, func(s *memStore) int { return s.calls }) - calls; n != 1 {
		t.Errorf("%d commits", n)
	}
}

func TestCursorsThatWereLeftAloneAreStoredAfterAWhile(t *testing.T) {
	r := newRig(t, 1, paced)
	r.warm("7")
	r.joined(1)
	r.joined(2)
	r.wantCursor("0/gw/g", 1)
	r.advance(flushAfter)
	r.wantCursor("0/gw/g", 2)
	r.check(func() {
		if c := r.told[len(r.told)-1].Cursors; len(c) != 1 || c[0].Position != 2 {
			t.Errorf("told: %+v", c)
		}
	})
}

func TestCursorsThatWereLeftAloneAreStoredAtTheEnd(t *testing.T) {
	r := newRig(t, 1, paced)
	r.warm("7")
	r.joined(1)
	r.joined(2)
	r.wantCursor("0/gw/g", 1)
	r.stop()
	r.wantCursor("0/gw/g", 2)
}
