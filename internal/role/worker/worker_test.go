package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// within is how long a test waits for what has to come.
const within = 30 * time.Second

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// call is one piece that was asked for.
type call struct {
	what   string
	before time.Time
	n      int
}

// kept answers with what is left of each kind, piece by piece. It has no journal.
type kept struct {
	mu    sync.Mutex
	left  map[string]int
	err   error
	calls chan call
}

func (k *kept) prune(what string, before time.Time, limit int) (int, error) {
	k.mu.Lock()
	n, err := min(k.left[what], limit), k.err
	k.left[what] -= n
	k.mu.Unlock()
	k.calls <- call{what, before, n}
	return n, err
}

func (k *kept) set(err error, left map[string]int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err, k.left = err, left
}

func (k *kept) PruneEffects(_ context.Context, before time.Time, limit int) (int, error) {
	return k.prune("effects", before, limit)
}

func (k *kept) PruneDeadLetters(_ context.Context, before time.Time, limit int) (int, error) {
	return k.prune("dead letters", before, limit)
}

func (k *kept) PrunePlays(_ context.Context, before time.Time, limit int) (int, error) {
	return k.prune("plays", before, limit)
}

func (k *kept) PruneHeard(_ context.Context, before time.Time, limit int) (int, error) {
	return k.prune("heard tracks", before, limit)
}

func (k *kept) Prune(_ context.Context, before time.Time, limit int) (int, error) {
	return k.prune("events", before, limit)
}

func (k *kept) PruneTo(context.Context, int64, int) (int, error) { return 0, nil }

func (k *kept) Oldest(context.Context, int64, time.Time, int) ([]store.JournalRow, error) {
	return nil, nil
}

func (k *kept) Parted() bool { return false }

func (k *kept) ExtendParts(context.Context, time.Time, time.Duration) error { return nil }

func (k *kept) FirstPart(context.Context) (store.Part, bool, error) { return store.Part{}, false, nil }

func (k *kept) DropPart(context.Context, store.Part) (int64, error) { return 0, nil }

func (k *kept) Thin(_ context.Context, t store.Thinning) (int, error) {
	return k.prune(strings.Join(t.Types, " "), t.Before, t.Limit)
}

func (k *kept) ForgetSessions(context.Context) (int, error) { return 0, nil }

func (k *kept) DeadLettersAfter(context.Context, string, int) ([]store.DeadLetter, error) {
	return nil, nil
}

func (k *kept) DropDeadLetter(context.Context, string) error { return nil }

func (k *kept) PutAside(context.Context, []store.DeadLetter) error { return nil }

func (k *kept) Events(context.Context, store.EventQuery) ([]store.JournalRow, error) { return nil, nil }

func (k *kept) Position(context.Context, string) (int64, error)                { return 0, nil }
func (k *kept) ProjectPlays(context.Context, int64, int64, []store.Play) error { return nil }

// turns runs chores by the clock of a test, each of them once a minute, one after
// the other.
type turns struct{ clock clockwork.Clock }

func (q turns) Run(ctx context.Context, chores []jobs.Chore) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-q.clock.After(time.Minute):
		}
		for _, c := range chores {
			_ = c.Do(ctx)
		}
	}
}

// run starts a role, which ends with the test.
func run(t *testing.T, o worker.Options) {
	t.Helper()
	if o.Queue == nil {
		o.Queue = turns{o.Clock}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- worker.New(o).Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(within):
			t.Error("the role does not end")
		}
	})
}

func TestEverythingThatIsOldIsRemoved(t *testing.T) {
	clock := clockwork.NewFakeClockAt(start)
	k := &kept{left: map[string]int{}, calls: make(chan call)}
	retention := worker.Retention{DeadLetters: 7 * 24 * time.Hour, Heard: 9 * 24 * time.Hour, Types: map[string]time.Duration{"a.b": 24 * time.Hour, "a.c": 24 * time.Hour, "b": 48 * time.Hour}}
	ages := map[string]time.Duration{
		"effects": worker.KeepEffects, "dead letters": 7 * 24 * time.Hour, "plays": worker.KeepPlays,
		"heard tracks": 9 * 24 * time.Hour, "events": worker.KeepJournal,
		"a.b a.c": 24 * time.Hour, "b": 48 * time.Hour,
	}
	run(t, worker.Options{Store: k, Clock: clock, Logger: slog.New(slog.DiscardHandler), Retention: retention})
	// Two wait for time: the one that keeps house and the one that projects.
	wait := func() {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		if err := clock.BlockUntilContext(ctx, 2); err != nil {
			t.Fatal("nobody waits")
		}
	}
	turn := func(want ...int) {
		t.Helper()
		wait()
		clock.Advance(time.Minute)
		began := clock.Now()
		var got []int
		for kinds := []string{"effects", "dead letters", "plays", "heard tracks", "events", "a.b a.c", "b"}; len(kinds) > 0; {
			select {
			case c := <-k.calls:
				if c.what != kinds[0] || began.Sub(c.before) > ages[c.what] || began.Sub(c.before) < ages[c.what]-time.Minute {
					t.Fatalf("%s of before %v are removed, it is the turn of %s", c.what, c.before, kinds[0])
				}
				got = append(got, c.n)
				if c.n == 500 {
					wait() // others have their turn in between
					clock.Advance(50 * time.Millisecond)
				} else {
					kinds = kinds[1:]
				}
			case <-time.After(within):
				t.Fatal("nothing was removed")
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("removed %v, want %v", got, want)
		}
	}
	k.set(nil, map[string]int{"effects": 1_234, "dead letters": 3, "events": 500, "b": 501})
	turn(500, 500, 234, 3, 0, 0, 500, 0, 0, 500, 1)
	turn(0, 0, 0, 0, 0, 0, 0)
	k.set(errors.New("the database is away"), map[string]int{"plays": 7})
	turn(0, 0, 7, 0, 0, 0, 0) // it is not asked again at once
	k.set(nil, map[string]int{"events": 7})
	turn(0, 0, 0, 0, 7, 0, 0)
}
