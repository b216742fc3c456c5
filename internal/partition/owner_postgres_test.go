package partition_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// longLease is longer than the test waits for anything: what is taken over
// within it was not waited for.
const longLease = 3 * patience / 2

// holding is an owner on a PostgreSQL with connections of its own.
type holding struct {
	db    *sqlstore.DB
	loop  *partition.Loop
	owner *partition.Owner
	stop  func()
}

func hold(t *testing.T, address, holder string) *holding {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: address, Partitions: 4, Timeout: patience / 2})
	if err != nil {
		t.Fatal(err)
	}
	clock, log := clockwork.NewRealClock(), slog.New(slog.DiscardHandler)
	h := &holding{db: db}
	h.loop = partition.NewLoop(partition.Options{
		Partitions: 4, Store: db, Encoder: plain{}, Actuator: &ledger{}, Clock: clock, Logger: log,
	})
	h.owner = partition.NewOwner(partition.OwnerOptions{
		Leases: db, Holder: holder, TTL: longLease, Clock: clock, Logger: log,
	}, h.loop)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = h.owner.Run(ctx) }()
	h.stop = func() { cancel(); <-ended }
	t.Cleanup(func() {
		h.stop()
		_ = db.Close() // one of them is closed before, as by a process that dies
	})
	return h
}

// sure is how many partitions it may act for.
func (h *holding) sure() (n int) {
	for p := range 4 {
		if _, ok := h.loop.PartitionEpoch(p); ok {
			n++
		}
	}
	return n
}

func soon(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(patience)
	for !cond() {
		select {
		case <-late:
			t.Fatalf("waited in vain until %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestOnPostgresWhoGoesOrDiesIsFollowedWithinTheLease(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(*holding)
		gone bool
	}{
		{"it goes", func(h *holding) { h.stop() }, true},
		{"its connections end", func(h *holding) { _ = h.db.Close() }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := testenv.Postgres(t)
			a := hold(t, address, "a")
			soon(t, "the first has all", func() bool { return a.sure() == 4 })
			b := hold(t, address, "b")
			soon(t, "the second has looked", b.owner.Settled)
			if n := b.sure(); n != 0 {
				t.Fatalf("%d were taken from who is there", n)
			}
			c.end(a)
			soon(t, "the second has all", func() bool { return b.sure() == 4 })
			soon(t, "the first acts for nothing", func() bool { return a.sure() == 0 })
			if got := a.owner.Stats().Doubts.Load() > 0; got == c.gone {
				t.Errorf("in doubt: %v", got)
			}
		})
	}
}
