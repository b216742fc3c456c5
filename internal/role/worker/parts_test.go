package worker_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/testenv"
)

func thinning(types ...string) store.Thinning {
	return store.Thinning{Types: types, Before: start.Add(1000 * days), Limit: 10_000}
}

// full is a PostgreSQL whose journal's first part is full: n events of an age are
// in it, and a young one stands behind it.
func full(t *testing.T, n int, age time.Duration) (w *world, parts func() int) {
	t.Helper()
	url := testenv.Postgres(t)
	w = newWorldAt(t, url)
	mixed(t, w, n, age)
	pool, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	// As if many events had come and gone.
	if _, err := pool.ExecContext(t.Context(), "UPDATE journal_head SET seq = 50000"); err != nil {
		t.Fatal(err)
	}
	w.happen(w.record(endedType, start, over(n, nil)))
	return w, func() (count int) {
		t.Helper()
		err := pool.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM pg_inherits WHERE inhparent = 'journal'::regclass AND inhrelid::regclass::text = 'journal_first'").Scan(&count)
		if err != nil {
			t.Fatal(err)
		}
		return count
	}
}

const young = 50_001

func TestOldPartsOfTheJournalGo(t *testing.T) {
	w, parts := full(t, 30, worker.KeepJournal+2*days)
	run(t, w.options())
	w.eventually("the old part is gone", 20*time.Second, func() bool { return parts() == 0 })
	if got := w.left(); !slices.Equal(got, []int64{young}) {
		t.Errorf("left are %v", got)
	}
	if w.log.count("a part of the journal") == 0 {
		t.Error("the log does not say so")
	}
}

func TestPartsAreArchivedBeforeTheyGo(t *testing.T) {
	w, parts := full(t, 30, worker.KeepJournal+2*days)
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive"), archive.Limits{Events: 12})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Archive = a
	run(t, o)
	w.eventually("the old part is gone", 20*time.Second, func() bool { return parts() == 0 })
	if got := archived(t, a); !slices.Equal(got, counted(1, 30)) {
		t.Errorf("the archive has %v", got)
	}
	if got := w.left(); !slices.Equal(got, []int64{young}) {
		t.Errorf("left are %v", got)
	}
}

// What is a little too old stays for its part; what is much too old does not wait
// for the others of its part.
func TestEventsWaitForTheirPart(t *testing.T) {
	for name, c := range map[string]struct {
		age  time.Duration
		left []int64
	}{
		"a little too old": {worker.KeepJournal + 12*time.Hour, append(counted(1, 30), 31)},
		"much too old":     {worker.KeepJournal + 9*days, []int64{31}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorldAt(t, testenv.Postgres(t))
			mixed(t, w, 30, c.age)
			w.happen(w.record(movedType, start, map[string]any{"bot": "20"}))
			o := w.options()
			// A type that leaves first says that a turn is over.
			o.Retention.Types = map[string]time.Duration{"music.voice.left": time.Hour}
			marker := w.record("music.voice.left", start.Add(-2*time.Hour), map[string]any{"bot": "20"})
			w.happen(marker)
			if err := w.db.ProjectPlays(t.Context(), 30, 32, nil); err != nil {
				t.Fatal(err)
			}
			run(t, o)
			w.eventually("a turn", 20*time.Second, func() bool { return !slices.Contains(w.left(), 32) })
			if got := w.left(); !slices.Equal(got, c.left) {
				t.Errorf("left are %v, want %v", got, c.left)
			}
		})
	}
}
