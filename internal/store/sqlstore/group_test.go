package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// gate holds the first transaction at its beginning until it is opened, and
// counts transactions.
type gate struct {
	reached, opened chan struct{}
	begun           atomic.Int64
}

func newGate() *gate {
	return &gate{reached: make(chan struct{}), opened: make(chan struct{})}
}

func (g *gate) fail(s store.Stage) error {
	if s == store.StageBegin && g.begun.Add(1) == 1 {
		close(g.reached)
		<-g.opened
	}
	return nil
}

func batchOf(l store.Lease, partition int, id string) *store.Batch {
	return &store.Batch{
		Stamps: []store.Stamp{{Partition: partition, Epoch: l.Epoch, Batch: l.Batch + 1}}, At: time.Unix(1, 0),
		Events: []store.Record{{ID: id, Type: "t", Partition: partition, Epoch: l.Epoch, Envelope: []byte("{}")}},
	}
}

// held opens a database with n partitions and commits to the first of them; the
// commit stands at the gate when held returns.
func held(t *testing.T, url string, n int, timeout time.Duration) (*sqlstore.DB, *gate, []store.Lease, <-chan error) {
	t.Helper()
	g := newGate()
	db := open(t, sqlstore.Options{URL: url, Partitions: n, Failpoint: g.fail, Timeout: timeout})
	leases := make([]store.Lease, n)
	for p := range leases {
		var err error
		if leases[p], err = db.Acquire(t.Context(), p, "h", time.Hour); err != nil {
			t.Fatal(err)
		}
	}
	first := make(chan error, 1)
	go func() {
		_, err := db.Commit(t.Context(), batchOf(leases[0], 0, "first"))
		first <- err
	}()
	<-g.reached
	return db, g, leases, first
}

func TestWhatWaitsSharesATransaction(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { shares(t, file(t.TempDir()), 8) })
	// What is no batch does not wait on PostgreSQL.
	t.Run("postgres", func(t *testing.T) { shares(t, testenv.Postgres(t), 0) })
}

func shares(t *testing.T, url string, others int) {
	const n = 64
	db, g, leases, first := held(t, url, n, time.Minute)
	type result struct {
		partition int
		seq       int64
		err       error
	}
	results := make(chan result, 2*n)
	for p := 1; p < n; p++ {
		go func() {
			l := leases[p]
			if p%16 == 5 {
				l.Batch++ // refused: a batch too far
			}
			seq, err := db.Commit(t.Context(), batchOf(l, p, fmt.Sprint("e", p)))
			results <- result{p, seq, err}
		}()
	}
	for i := range 8 {
		go func() {
			err := db.SavePanel(t.Context(), store.Panel{Guild: "g", Surface: fmt.Sprint(i), Message: "m"})
			results <- result{partition: -1, err: err}
		}()
	}
	awaitWaiting(t, db, n-1+others)
	close(g.opened)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	seen := map[int64]bool{}
	for range n - 1 + 8 {
		r := <-results
		switch {
		case r.partition >= 0 && r.partition%16 == 5:
			if fault.CodeOf(r.err) != fault.Conflict {
				t.Errorf("partition %d: %v", r.partition, r.err)
			}
		case r.err != nil:
			t.Errorf("partition %d: %v", r.partition, r.err)
		case r.partition >= 0:
			rows, err := db.Events(t.Context(), store.EventQuery{After: r.seq - 1, Limit: 1})
			if err != nil || len(rows) != 1 || rows[0].ID != fmt.Sprint("e", r.partition) || seen[r.seq] {
				t.Errorf("partition %d has number %d: %+v, %v", r.partition, r.seq, rows, err)
			}
			seen[r.seq] = true
		}
	}
	if begun := g.begun.Load(); begun != 2 {
		t.Errorf("there were %d transactions, want 2", begun)
	}
	if panels, err := db.PanelsOf(t.Context(), "7"); err != nil || len(panels) != 1 {
		t.Errorf("%v, %v", panels, err)
	}
}

// awaitWaiting returns once n writes wait for the next group.
func awaitWaiting(t *testing.T, db *sqlstore.DB, n int) {
	t.Helper()
	again := time.NewTicker(time.Millisecond)
	defer again.Stop()
	for limit := time.After(time.Minute); sqlstore.Waiting(db) < n; {
		select {
		case <-limit:
			t.Fatal("they do not come to wait")
		case <-again.C:
		}
	}
}

func TestNobodyWaitsForEver(t *testing.T) {
	db, g, leases, first := held(t, file(t.TempDir()), 4, 4*time.Second)
	queued := make(chan error, 1)
	go func() {
		_, err := db.Commit(t.Context(), batchOf(leases[1], 1, "queued"))
		queued <- err
	}()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("gone"))
	if _, err := db.Commit(ctx, batchOf(leases[2], 2, "gone")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a caller that is gone: %v", err)
	}
	if err := <-first; fault.CodeOf(err) != fault.Unknown {
		t.Errorf("what is being written: %v", err)
	}
	if err := <-queued; fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("what waits: %v", err)
	}
	close(g.opened)
	// Whatever was withdrawn is not written afterwards; the first one is.
	if _, err := db.Commit(t.Context(), batchOf(leases[3], 3, "last")); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Events(t.Context(), store.EventQuery{})
	if err != nil || len(rows) != 2 || rows[0].ID != "first" || rows[1].ID != "last" {
		t.Errorf("the journal has %+v, %v", rows, err)
	}
}

func TestCloseWritesWhatWaits(t *testing.T) {
	db, g, leases, first := held(t, file(t.TempDir()), 2, time.Minute)
	second := make(chan error, 1)
	go func() {
		_, err := db.Commit(t.Context(), batchOf(leases[1], 1, "second"))
		second <- err
	}()
	awaitWaiting(t, db, 1)
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	close(g.opened)
	for name, c := range map[string]<-chan error{"first": first, "second": second, "close": closed} {
		if err := <-c; err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := db.Commit(t.Context(), batchOf(leases[1], 1, "late")); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("after the end: %v", err)
	}
}

func TestLeasesByAGivenClock(t *testing.T) {
	clock := clockwork.NewFakeClock()
	db := open(t, sqlstore.Options{URL: file(t.TempDir()), Clock: clock})
	l, err := db.Acquire(t.Context(), 0, "one", 10*time.Second)
	if err != nil || !l.Expires.Equal(clock.Now().Add(10*time.Second)) {
		t.Fatalf("%+v, %v", l, err)
	}
	clock.Advance(9 * time.Second)
	if _, err := db.Acquire(t.Context(), 0, "two", time.Second); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("while it runs: %v", err)
	}
	clock.Advance(time.Second)
	next, err := db.Acquire(t.Context(), 0, "two", time.Second)
	if err != nil || !next.AliveUntil.Equal(l.Expires.Add(-10*time.Second)) {
		t.Fatalf("%+v, %v", next, err)
	}
	if _, _, err := db.AcquireShard(t.Context(), "1", 0, 1, "one", time.Second); err != nil {
		t.Fatal(err)
	}
	clock.Advance(time.Second)
	if _, _, err := db.AcquireShard(t.Context(), "1", 0, 1, "two", time.Second); err != nil {
		t.Fatal(err)
	}
}
