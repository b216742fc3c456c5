package sqlstore_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// While the queue has its turn the writer of commands waits in line. Then it goes
// on, and whatever the queue does, its turn comes back.
func TestWritersOfAFileTakeTurns(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	p, err := db.OpenJobs()
	if err != nil || p.Engine != sqlstore.EngineSQLite || p.Listen != nil {
		t.Fatalf("%+v, %v", p, err)
	}
	tx, err := p.Write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	letter := func(id string) error {
		return db.PutAside(t.Context(), []store.DeadLetter{{ID: id, Kind: "k", At: time.Unix(1, 0)}})
	}
	waiting := make(chan error, 1)
	go func() { waiting <- letter("a") }()
	for i := range 50 {
		if _, err := tx.ExecContext(t.Context(), `INSERT INTO river_queue (name, updated_at) VALUES ($1, '2026-01-01')`, i); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-waiting:
		t.Fatalf("two wrote at once: %v", err)
	default:
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := <-waiting; err != nil {
		t.Fatal(err)
	}
	// A statement that fails gives its turn back, as one that returns rows does.
	if _, err := p.Write.ExecContext(t.Context(), "INSERT INTO nothing VALUES (1)"); err == nil {
		t.Error("a table that is none was written")
	}
	var name string
	if err := p.Write.QueryRowContext(t.Context(), "SELECT name FROM river_queue").Scan(&name); err == nil {
		t.Error("a row that is none was read")
	}
	if _, err := p.Write.QueryContext(t.Context(), "SELECT nothing"); err == nil { //nolint:sqlclosecheck,rowserrcheck // it has none
		t.Error("a column that is none was read")
	}
	if _, err := p.Write.PrepareContext(t.Context(), "SELECT 1"); err == nil { //nolint:sqlclosecheck // it has none
		t.Error("a statement was prepared, which would run out of turn")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Write.BeginTx(ctx, nil); err == nil {
		t.Error("a transaction began for nobody")
	}
	if err := letter("b"); err != nil {
		t.Fatalf("the turn was not given back: %v", err)
	}
}

// Both write at the same time, many times: nobody finds the file busy.
func TestNobodyFindsTheFileBusy(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir()), Timeout: time.Minute})
	p, err := db.OpenJobs()
	if err != nil {
		t.Fatal(err)
	}
	const n = 200
	var wg sync.WaitGroup
	errs := make(chan error, 4*n)
	wg.Go(func() {
		for i := range n {
			errs <- db.PutAside(t.Context(), []store.DeadLetter{{ID: fmt.Sprint("l", i), Kind: "k", At: time.Unix(1, 0)}})
		}
	})
	for w := range 3 {
		wg.Go(func() {
			for i := range n {
				_, err := p.Write.ExecContext(t.Context(), `INSERT INTO river_queue (name, updated_at) VALUES ($1, '2026-01-01')`, fmt.Sprint("q", w, "-", i))
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	var count int
	if err := p.Read.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM river_queue").Scan(&count); err != nil || count != 3*n {
		t.Errorf("%d, %v", count, err)
	}
}

// What processes left behind goes by age; what lives stays.
func TestSessionsOfThoseWhoAreGoneAreForgotten(t *testing.T) {
	for _, url := range []string{file(t.TempDir()), testenv.Postgres(t)} {
		db := open(t, sqlstore.Options{URL: url})
		if err := db.Announce(t.Context(), store.Member{Role: "audio", Holder: "alive", Weight: 1}, time.Minute); err != nil {
			t.Fatal(err)
		}
		p, err := db.OpenJobs()
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			`INSERT INTO members (role, holder, version, weight, joined_at, renewed_at, expires_at) VALUES ('audio', 'gone', '', 1, 1, 1, 1)`,
			`INSERT INTO identifies (bot_id, shard, occurred_at, bucket, sent) VALUES ('7', 0, 1, 0, 1)`,
		} {
			if _, err := p.Write.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := db.ForgetSessions(t.Context()); err != nil || n != 2 {
			t.Errorf("%d, %v", n, err)
		}
		if n, err := db.ForgetSessions(t.Context()); err != nil || n != 0 {
			t.Errorf("again: %d, %v", n, err)
		}
		left, err := db.Members(t.Context(), "audio")
		if err != nil || len(left) != 1 || left[0].Holder != "alive" {
			t.Errorf("%+v, %v", left, err)
		}
		if _, err := db.IdentifiesSpent(t.Context(), music.BotID("7")); err != nil {
			t.Error(err)
		}
	}
}
