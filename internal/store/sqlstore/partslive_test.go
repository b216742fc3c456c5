package sqlstore_test

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

var quiet = slog.New(slog.DiscardHandler)

// TestNoEventIsLostWhilePartsChange has 32 writers, while parts are made,
// the last one is made a part, and old ones are dropped.
func TestNoEventIsLostWhilePartsChange(t *testing.T) {
	const owners, commits = 32, 12
	url := testenv.Postgres(t)
	db := open(t, sqlstore.Options{URL: url, Partitions: owners})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg, changes sync.WaitGroup
	var mu sync.Mutex
	written := map[int64]string{}
	begin := make(chan struct{})
	for p := range owners {
		l, err := db.Acquire(ctx, p, "h", time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			<-begin
			for c := range commits {
				b := batchOf(l, p, fmt.Sprintf("%d-%d", p, c))
				for tries := 0; ; tries++ {
					seq, err := db.Commit(ctx, b)
					if err == nil {
						mu.Lock()
						written[seq] = b.Events[0].ID
						mu.Unlock()
						l.Batch++
						break
					}
					if tries == 3 {
						t.Errorf("commit: %v", err)
						return
					}
				}
			}
		})
	}
	pool, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pool.Close() }()
	var dropped int64
	// Whether a change finds its turn is not the point here; that it fails
	// otherwise than by being Unavailable is a fault.
	changed := func(what string, err error) {
		if err != nil && fault.CodeOf(err) != fault.Unavailable && ctx.Err() == nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for i := range 2 {
		changes.Go(func() {
			for ctx.Err() == nil {
				if i == 0 {
					_, err := pool.ExecContext(ctx, "UPDATE journal_head SET seq = seq + 30000")
					changed("skip", err)
				}
				changed("extend", db.ExtendParts(ctx, benchTime, time.Hour))
				if i > 0 {
					continue
				}
				p, ok, err := db.FirstPart(ctx)
				changed("first part", err)
				if ok && dropped == 0 {
					at, err := db.Position(ctx, store.PlaysProjection)
					changed("position", err)
					changed("project", db.ProjectPlays(ctx, at, p.Last, nil))
					if _, err = db.DropPart(ctx, p); err == nil {
						dropped = p.Last
					}
					changed("drop", err)
				}
			}
		})
	}
	close(begin)
	wg.Wait()
	cancel()
	changes.Wait()
	if len(written) != owners*commits {
		t.Fatalf("%d numbers were given to %d commits", len(written), owners*commits)
	}
	got := map[int64]string{}
	for after := int64(0); ; {
		rows, err := db.Events(t.Context(), store.EventQuery{After: after, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) == 0 {
			break
		}
		for _, r := range rows {
			if r.Seq <= after {
				t.Fatalf("%d follows %d", r.Seq, after)
			}
			after, got[r.Seq] = r.Seq, r.ID
		}
	}
	for seq, id := range written {
		if seq > dropped && got[seq] != id {
			t.Errorf("event %d is %q, want %q", seq, got[seq], id)
		}
		delete(got, seq)
	}
	if len(got) > 0 {
		t.Errorf("%v were never written, or are still there", got)
	}
}

// Who reads for long, as a backup does, is not disturbed, and commits go on.
func TestALongReadKeepsPartsAsTheyAre(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	w.happen(benchTime)
	w.extend()
	w.skip(50_001)
	w.happen(benchTime)
	if err := w.db.ProjectPlays(ctx, 0, 50_001, nil); err != nil {
		t.Fatal(err)
	}
	p, ok, err := w.db.FirstPart(ctx)
	if err != nil || !ok {
		t.Fatal(p, ok, err)
	}
	r, err := sqlstore.OpenRaw(ctx, w.url, sqlstore.Look, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	tx, err := r.SQL.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM journal").Scan(&n); err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if _, err := w.db.DropPart(ctx, p); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a part that is read: %v", err)
	}
	w.happen(benchTime)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.DropPart(ctx, p); err != nil {
		t.Error(err)
	}
	if got := w.seqs(); !slices.Equal(got, []int64{50_001, 50_002}) {
		t.Errorf("there are %v", got)
	}
}

// Rows survive the step into parts and back, wherever they stand.
func TestTheStepIntoPartsKeepsRows(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	for i := range 3 {
		w.happen(benchTime.Add(time.Duration(i) * time.Hour))
	}
	w.extend()
	for _, at := range []int64{60_000, 900_000} {
		w.skip(at)
		w.happen(benchTime)
	}
	before, err := w.db.Events(ctx, store.EventQuery{})
	if err != nil || len(before) != 5 {
		t.Fatal(before, err)
	}
	if err := w.db.Release(ctx, "h", []store.Stamp{{Epoch: w.l.Epoch}}); err != nil {
		t.Fatal(err)
	}
	r, err := sqlstore.OpenRaw(ctx, w.url, sqlstore.Change, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	steps, err := r.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := steps.DownTo(ctx, 5); err != nil {
			t.Fatal(err)
		}
		var kind string
		var n int
		if err := r.SQL.QueryRowContext(ctx, `SELECT relkind::text, (SELECT COUNT(*) FROM pg_indexes WHERE tablename = 'journal')
			FROM pg_class WHERE oid = 'journal'::regclass`).Scan(&kind, &n); err != nil || kind != "r" || n != 3 {
			t.Errorf("one step back the journal is %q with %d indexes, %v", kind, n, err)
		}
		if _, err := steps.Up(ctx); err != nil {
			t.Fatal(err)
		}
	}
	w.has("the old rows are the first part", []int64{950_000, 0}, []int{5, 0})
	after, err := w.db.Events(ctx, store.EventQuery{})
	if err != nil || fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("there are %v, want %v; %v", after, before, err)
	}
	if w.l, err = w.db.Acquire(ctx, 0, "h", time.Hour); err != nil {
		t.Fatal(err)
	}
	if at := w.happen(benchTime); at != 900_001 {
		t.Errorf("the journal goes on at %d", at)
	}
	w.extend()
	tables, err := r.Tables(ctx)
	if err != nil || !slices.ContainsFunc(tables, func(t sqlstore.RawTable) bool { return t.Name == "journal" && slices.Equal(t.Key, []string{"seq"}) }) {
		t.Errorf("copies see %v, %v", tables, err)
	}
}
