package load

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// coarse is how much too late a runtime timer may come: the runtime waits in
// whole milliseconds.
const coarse = 1500 * time.Microsecond

// sleepUntil waits until a time, some tens of microseconds exactly: what is
// left after the runtime's timer is slept in the kernel, which rounds less.
func sleepUntil(ctx context.Context, at time.Time) error {
	if left := time.Until(at) - coarse; left > 0 {
		t := time.NewTimer(left)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	for ctx.Err() == nil {
		left := time.Until(at)
		if left <= 0 {
			return nil
		}
		tv := unix.NsecToTimeval(left.Nanoseconds() + int64(time.Microsecond))
		// An interrupted sleep is looked at again.
		_, _ = unix.Select(0, nil, nil, nil, &tv)
	}
	return ctx.Err()
}
