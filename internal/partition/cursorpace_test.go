package partition_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
)

const cursorPace = 100 * time.Millisecond

func paced(o *partition.Options) { o.CursorPace = cursorPace }

// commanded delivers a command as the n-th input of a source and waits until it is told.
func (r *rig) commanded(n int) {
	r.t.Helper()
	r.took(asks(fmt.Sprint("c", n), "7", music.ShowQueue{}), n)
}

// took delivers something as the n-th input of a source and waits until it is told.
func (r *rig) took(d partition.Delivery, n int) {
	r.t.Helper()
	var told int
	r.check(func() { told = len(r.told) })
	r.deliver(from(d, "gw", "g", int64(n)))
	r.until("it is told", func() bool { return len(r.told) > told })
	r.settle()
}

func TestCommitsLeaveCursorsAlone(t *testing.T) {
	r := newRig(t, 1, paced)
	r.warm("7")
	r.commanded(1)
	r.wantCursor("0/gw/g", 1)
	r.commanded(2)
	r.commanded(3)
	r.wantCursor("0/gw/g", 1)
	r.advance(cursorPace - time.Nanosecond)
	r.commanded(4)
	r.wantCursor("0/gw/g", 1)
	r.advance(time.Nanosecond)
	calls := point(r.store, func(s *memStore) int { return s.calls })
	r.commanded(5)
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
	r.commanded(1)
	r.commanded(2)
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
	r.commanded(1)
	r.commanded(2)
	r.wantCursor("0/gw/g", 1)
	r.stop()
	r.wantCursor("0/gw/g", 2)
}

// TestAFactTakesItsCursorAlong holds that a fact is never kept without its cursor:
// whoever comes after this process would take it again.
func TestAFactTakesItsCursorAlong(t *testing.T) {
	r := newRig(t, 1, paced)
	r.warm("7")
	r.commanded(1)
	r.commanded(2)
	r.wantCursor("0/gw/g", 1)
	r.took(joins("f", "7"), 3)
	r.wantCursor("0/gw/g", 3)
}
