package bustest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// releases are what a stream promises about what it keeps.
func releases() map[string]func(*testing.T, bus.Bus) {
	return map[string]func(*testing.T, bus.Bus){
		"AReaderThatDiedHasASuccessor":  successor,
		"ReleasedInTheMiddle":           releasedInTheMiddle,
		"ReleasingGoesForwardOnly":      releasedBackwards,
		"ReleasingWhatIsNotThere":       releasedForeign,
		"ACanceledReleaseKeeps":         canceledRelease,
		"ReleasingWhileOthersReadWrite": releasedWhileBusy,
	}
}

func release(t *testing.T, b bus.Bus, stream string, at bus.Cursor) {
	t.Helper()
	if err := b.Release(within(t), stream, at); err != nil {
		t.Fatal(err)
	}
}

// numbers appends messages with the numbers from up to, not including, to.
func numbers(t *testing.T, b bus.Bus, stream string, from, to int) {
	t.Helper()
	var ms []bus.Message
	for i := from; i < to; i++ {
		ms = append(ms, bus.Message{Number: int64(i), Data: fmt.Append(nil, i)})
	}
	if err := b.Append(within(t), stream, ms...); err != nil {
		t.Fatal(err)
	}
}

// wantNumbers reads and compares; it returns the cursor behind.
func wantNumbers(t *testing.T, b bus.Bus, stream string, at bus.Cursor, from, to int) bus.Cursor {
	t.Helper()
	for from < to {
		got, next, err := b.Read(within(t), stream, at, min(to-from, 64))
		if err != nil {
			t.Fatalf("reading %d: %v", from, err)
		}
		for _, d := range got {
			if d.Number != int64(from) {
				t.Fatalf("got %d, want %d", d.Number, from)
			}
			from++
		}
		at = next
	}
	return at
}

// successor is why reading and releasing are two things: a reader read on and
// on, stored what it did with a part of it, and died.
func successor(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	numbers(t, b, "s", 0, 300)
	stored := wantNumbers(t, b, "s", at, 0, 37)
	ahead := wantNumbers(t, b, "s", stored, 37, 300)
	release(t, b, "s", stored)
	// It waited for more when it died.
	ctx, cancel := context.WithCancel(within(t))
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _, _ = b.Read(ctx, "s", ahead, 64)
	}()
	cancel()
	<-ended
	numbers(t, b, "s", 300, 310)
	// Whether the successor has the stored cursor or asks where to begin.
	wantNumbers(t, b, "s", stored, 37, 310)
	begin := start(t, b, "s")
	if begin != stored {
		t.Fatalf("the beginning is %+v, released was %+v", begin, stored)
	}
	wantNumbers(t, b, "s", begin, 37, 310)
}

// releasedInTheMiddle releases one by one, through whatever messages are packed into.
func releasedInTheMiddle(t *testing.T, b bus.Bus) {
	const n = 70
	at := start(t, b, "s")
	numbers(t, b, "s", 0, n)
	for i := range n {
		_, at = drain(t, b, "s", at, 1, 1)
		release(t, b, "s", at)
		if begin := start(t, b, "s"); begin != at {
			t.Fatalf("after %d were released the beginning is %+v, want %+v", i+1, begin, at)
		}
	}
	numbers(t, b, "s", n, n+3)
	wantNumbers(t, b, "s", start(t, b, "s"), n, n+3)
}

func releasedBackwards(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	numbers(t, b, "s", 0, 20)
	five := wantNumbers(t, b, "s", at, 0, 5)
	ten := wantNumbers(t, b, "s", five, 5, 10)
	release(t, b, "s", ten)
	for _, old := range []bus.Cursor{five, at, ten} { // somebody is late with what he stored
		release(t, b, "s", old)
		if begin := start(t, b, "s"); begin != ten {
			t.Fatalf("the beginning is %+v, want %+v", begin, ten)
		}
	}
	wantNumbers(t, b, "s", ten, 10, 20)
}

func releasedForeign(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	numbers(t, b, "s", 0, 10)
	end := wantNumbers(t, b, "s", at, 0, 10)
	ahead := end
	ahead.Position++
	for name, c := range map[string]bus.Cursor{
		"another count":   {Generation: "another", Position: end.Position},
		"none":            {},
		"not written yet": ahead,
	} {
		if err := b.Release(within(t), "s", c); !errors.Is(err, bus.ErrReset) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantNumbers(t, b, "s", start(t, b, "s"), 0, 10)
}

func canceledRelease(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	numbers(t, b, "s", 0, 2)
	end := wantNumbers(t, b, "s", at, 0, 2)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Release(ctx, "s", end); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	wantNumbers(t, b, "s", start(t, b, "s"), 0, 2)
}

// releasedWhileBusy carries several times what a stream may hold.
func releasedWhileBusy(t *testing.T, b bus.Bus) {
	const n = 3 * Backlog
	at := start(t, b, "s")
	written := make(chan struct{})
	go func() {
		defer close(written)
		for i := 0; i < n; i += 100 {
			ms := make([]bus.Message, 100)
			for k := range ms {
				ms[k].Number = int64(i + k)
			}
			for {
				err := b.Append(within(t), "s", ms...)
				if err == nil {
					break
				}
				if !errors.Is(err, fault.Of(fault.Quota)) {
					t.Errorf("append: %v", err)
					return
				}
			}
		}
	}()
	for next := 0; next < n; {
		got, to, err := b.Read(within(t), "s", at, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got {
			if d.Number != int64(next) {
				t.Fatalf("got %d, want %d", d.Number, next)
			}
			next++
		}
		at = to
		release(t, b, "s", at)
	}
	<-written
}
