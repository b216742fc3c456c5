package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/role/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// kept answers with what is left, piece by piece.
type kept struct {
	left   int
	err    error
	before chan time.Time
	asked  []int
}

func (k *kept) PruneEffects(_ context.Context, before time.Time, limit int) (int, error) {
	n := min(k.left, limit)
	k.left -= n
	k.asked = append(k.asked, n)
	err := k.err
	if err != nil || n < limit {
		k.before <- before
	}
	return n, err
}

func TestEverythingThatIsOldIsRemoved(t *testing.T) {
	clock := clockwork.NewFakeClockAt(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
	k := &kept{left: 12_345, before: make(chan time.Time)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- worker.New(worker.Options{Store: k, Clock: clock, Logger: slog.New(slog.DiscardHandler)}).Run(ctx)
	}()
	turn := func(want ...int) {
		t.Helper()
		if err := clock.BlockUntilContext(ctx, 1); err != nil {
			t.Fatal(err)
		}
		k.asked = nil
		clock.Advance(time.Minute)
		select {
		case before := <-k.before:
			if age := clock.Now().Sub(before); age != worker.KeepEffects {
				t.Errorf("what is %v old was removed", age)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was removed")
		}
		if !slices.Equal(k.asked, want) {
			t.Errorf("removed %v, want %v", k.asked, want)
		}
	}
	turn(5_000, 5_000, 2_345)
	turn(0)
	k.err = errors.New("the database is away")
	turn(0) // it is not asked again at once
	k.err = nil
	k.left = 7
	turn(7)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
