package worker_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// aged is a world whose journal has n events, all of which were read and are
// older than what is kept.
func aged(t *testing.T, n int) (w *world, a *archive.Archive, dir string) {
	t.Helper()
	w = newWorld(t)
	dir = filepath.Join(t.TempDir(), "archive")
	a, err := archive.Open(dir, archive.Limits{Events: 400})
	if err != nil {
		t.Fatal(err)
	}
	var records []store.Record
	for i := range n {
		at := start.Add(-(worker.KeepJournal + 48*time.Hour)).Add(time.Duration(i) * time.Second)
		records = append(records, w.record(endedType, at, over(i, map[string]any{"started_at": at.Add(-time.Minute)})))
	}
	w.happen(records...)
	if err := w.db.ProjectPlays(t.Context(), 0, int64(n), nil); err != nil {
		t.Fatal(err)
	}
	return w, a, dir
}

func (w *world) left() (seqs []int64) {
	w.t.Helper()
	for after := int64(0); ; {
		rows, err := w.db.Events(w.t.Context(), store.EventQuery{After: after, Limit: 1000})
		if err != nil {
			w.t.Fatal(err)
		}
		if len(rows) == 0 {
			return seqs
		}
		for _, r := range rows {
			seqs = append(seqs, r.Seq)
		}
		after = seqs[len(seqs)-1]
	}
}

func archived(t *testing.T, a *archive.Archive) (seqs []int64) {
	t.Helper()
	for row, err := range a.After(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		seqs = append(seqs, row.Seq)
	}
	return seqs
}

func counted(from, to int64) (s []int64) {
	for ; from <= to; from++ {
		s = append(s, from)
	}
	return s
}

func TestOldEventsAreArchivedBeforeTheyAreRemoved(t *testing.T) {
	const n = 1_234
	w, a, _ := aged(t, n)
	w.happen(w.record(endedType, start, over(n, nil)))
	o := w.options()
	o.Archive = a
	run(t, o)
	w.eventually("only what is young is left", 20*time.Second, func() bool { return slices.Equal(w.left(), []int64{n + 1}) })
	if got := archived(t, a); !slices.Equal(got, counted(1, n)) {
		t.Errorf("the archive has %d events", len(got))
	}
	if all, err := a.Files(t.Context()); err != nil || len(all) != 4 {
		t.Errorf("there are %v, %v", all, err)
	}
}

// Plays that were lost come back from the archive, and then from the journal.
func TestPlaysAreMadeAnewOfTheArchive(t *testing.T) {
	const n = 900
	w, a, dir := aged(t, n)
	o := w.options()
	o.Archive = a
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	o.Queue = turns{o.Clock}
	go func() { done <- worker.New(o).Run(ctx) }()
	w.eventually("the journal is empty", 20*time.Second, func() bool { return len(w.left()) == 0 })
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	role := worker.New(o)
	if err := role.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(w.plays()); got != n || w.position() != n {
		t.Fatalf("%d plays at %d", got, w.position())
	}
	w.happen(w.record(endedType, ended(n), over(n, nil)))
	if err := role.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.position() != n+1 {
		t.Errorf("the position is %d", w.position())
	}
	// A damaged file is named, and nothing behind it is projected.
	all, err := a.Files(t.Context())
	if err != nil || len(all) != 3 {
		t.Fatalf("there are %v, %v", all, err)
	}
	whole, err := os.ReadFile(all[1].Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(all[1].Path, whole[:len(whole)-9], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := role.Rebuild(t.Context()); fault.CodeOf(err) != fault.Invalid || w.position() < all[0].Last || w.position() > all[1].Last {
		t.Errorf("with a damaged file it is at %d, %v", w.position(), err)
	}
	if err := os.WriteFile(all[1].Path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err != nil {
		t.Fatal(err)
	}
	run(t, o)
	w.eventually("it goes on once the file is whole", 20*time.Second, func() bool { return w.position() == n+1 })
}

// failing fails where a test says so, as a process that dies there does.
type failing struct {
	*sqlstore.DB
	prune, oldest atomic.Int64
}

func (f *failing) PruneTo(ctx context.Context, seq int64, limit int) (int, error) {
	if f.prune.Add(-1) < 0 {
		return 0, errors.New("the process died here")
	}
	return f.DB.PruneTo(ctx, seq, limit)
}

func (f *failing) Oldest(ctx context.Context, after int64, before time.Time, limit int) ([]store.JournalRow, error) {
	if f.oldest.Add(-1) < 0 {
		return nil, errors.New("the process died here")
	}
	return f.DB.Oldest(ctx, after, before, limit)
}

func TestACrashNeitherLosesNorDoublesEvents(t *testing.T) {
	for name, c := range map[string]struct{ prune, oldest int64 }{
		"while the first file is written":     {100, 1},
		"before anything is removed":          {0, 100},
		"while the first file is removed":     {1, 100},
		"while a later file is written":       {100, 4},
		"before the first look at what to do": {100, 0},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 1_000
			w, _, dir := aged(t, n)
			a, err := archive.Open(dir, archive.Limits{Events: 600})
			if err != nil {
				t.Fatal(err)
			}
			db := &failing{DB: w.db}
			db.prune.Store(c.prune)
			db.oldest.Store(c.oldest)
			o := w.options()
			o.Store, o.Archive = db, a
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			o.Queue = turns{o.Clock}
			go func() { done <- worker.New(o).Run(ctx) }()
			w.eventually("the fault", 20*time.Second, func() bool { return w.log.count("events stay in the journal") > 0 })
			cancel()
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			both := append(archived(t, a), w.left()...)
			slices.Sort(both)
			if got := slices.Compact(both); !slices.Equal(got, counted(1, n)) {
				t.Fatalf("%d events are left of %d", len(got), n)
			}
			o.Store = w.db
			run(t, o)
			w.eventually("everything is put away", 20*time.Second, func() bool { return len(w.left()) == 0 })
			if got := archived(t, a); !slices.Equal(got, counted(1, n)) {
				t.Errorf("the archive has %d events", len(got))
			}
		})
	}
}

// The archive of another database has other events under the same numbers.
func TestNothingIsRemovedThatAnotherDatabaseArchived(t *testing.T) {
	other, a, _ := aged(t, 50)
	o := other.options()
	o.Archive = a
	run(t, o)
	other.eventually("the first is put away", 20*time.Second, func() bool { return len(other.left()) == 0 })
	w, _, _ := aged(t, 60)
	o = w.options()
	o.Archive = a
	run(t, o)
	w.eventually("it says so", 20*time.Second, func() bool { return w.log.count("name another place") > 1 })
	if got := w.left(); len(got) != 60 {
		t.Errorf("%d events are left", len(got))
	}
}
