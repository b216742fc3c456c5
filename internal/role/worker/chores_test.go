package worker_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// chore returns one of the role's chores.
func chore(t *testing.T, o worker.Options, kind string) jobs.Chore {
	t.Helper()
	all := worker.New(o).Chores()
	i := slices.IndexFunc(all, func(c jobs.Chore) bool { return c.Kind == kind })
	if i < 0 {
		t.Fatalf("there is no chore %s", kind)
	}
	return all[i]
}

// The worker's chores run on the real queue, on both databases, in one process
// of two: what is old goes.
func TestChoresRunOnTheQueue(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]func() string{
		"sqlite":   func() string { return "sqlite://" + filepath.Join(t.TempDir(), "platform.db") },
		"postgres": func() string { return testenv.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url(), Timeout: within})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			p, err := db.OpenJobs()
			if err != nil {
				t.Fatal(err)
			}
			old := store.DeadLetter{ID: "old", Kind: "command", Input: []byte(`{}`), At: time.Now().Add(-40 * 24 * time.Hour)}
			young := store.DeadLetter{ID: "young", Kind: "command", Input: []byte(`{}`), At: time.Now()}
			if err := db.PutAside(t.Context(), []store.DeadLetter{old, young}); err != nil {
				t.Fatal(err)
			}
			log := slog.New(slog.DiscardHandler)
			q, err := jobs.New(jobs.Options{
				SQLite: p.Engine == sqlstore.EngineSQLite, Write: p.Write, Read: p.Read, Listen: p.Listen, Holder: "test", Logger: log,
			})
			if err != nil {
				t.Fatal(err)
			}
			o := worker.Options{Store: db, Clock: clockwork.NewRealClock(), Logger: log, Queue: q}
			run(t, o)
			run(t, o)
			kinds := map[string]bool{}
			for end := time.Now().Add(within); len(kinds) < len(worker.New(o).Chores()); <-time.After(20 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("only %v were done", kinds)
				}
				all, _, err := q.List(t.Context(), jobs.Filter{State: "completed", Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				for _, j := range all {
					kinds[j.Kind] = true
				}
			}
			left, err := db.DeadLettersAfter(t.Context(), "", 10)
			if err != nil || len(left) != 1 || left[0].ID != "young" {
				t.Errorf("left are %+v, %v", left, err)
			}
		})
	}
}

// An effect that was carried out is known for 30 days: one of the same key is not
// carried out again. After that its row is gone.
func TestEffectsAreKnownForThirtyDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	e := store.EffectRow{Key: "notice:1", Kind: partition.KindNotice, Guild: "g", Created: start, Payload: []byte(`{}`)}
	mark := store.EffectRow{
		Key: partition.CommandKey("i1"), Kind: partition.KindCommand, Guild: "g", Created: start, Expires: start.Add(partition.CommandMemory), Done: start,
	}
	for _, x := range []store.EffectRow{e, mark} {
		if err := w.db.Owe(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.db.Done(t.Context(), []string{e.Key}, start); err != nil {
		t.Fatal(err)
	}
	prune := chore(t, w.options(), "prune_effects")
	known := func(key string) bool {
		_, _, err := w.db.Effect(t.Context(), key)
		return err == nil
	}
	w.clock.Advance(30*24*time.Hour - time.Minute)
	if err := prune.Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := w.db.Owe(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if owed, err := w.db.Owed(t.Context(), e.Kind, w.clock.Now(), 10); err != nil || len(owed) > 0 || !known(mark.Key) {
		t.Errorf("carried out twice: %+v, %v", owed, err)
	}
	w.clock.Advance(2 * time.Hour)
	if err := prune.Do(t.Context()); err != nil || known(e.Key) || known(mark.Key) {
		t.Errorf("still known after 30 days: %v", err)
	}
}

// What a newer version can make a play of becomes one by itself; inputs of guilds
// and what still makes none stay.
func TestPutAsideEventsAreTriedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	line := func(n int, more map[string]any) []byte {
		raw, err := archive.AppendLine(nil, &store.JournalRow{Seq: int64(n), Record: w.record(endedType, ended(n), over(n, more))})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	letters := []store.DeadLetter{
		{ID: "command", Kind: "command", Input: []byte(`{}`), At: start},
		{ID: "good", Kind: worker.LetterKind, Guild: "g", Input: line(1, nil), At: start},
		{ID: "bad", Kind: worker.LetterKind, Guild: "g", Input: line(2, map[string]any{"listened_ms": "long"}), At: start},
	}
	for n := range 250 {
		letters = append(letters, store.DeadLetter{ID: "more" + string(rune('a'+n%26)) + strings.Repeat("x", n/26), Kind: worker.LetterKind, Guild: "g", Input: line(n+10, nil), At: start.Add(time.Duration(n) * time.Second)})
	}
	if err := w.db.PutAside(t.Context(), letters); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- chore(t, w.options(), "retry_letters").Do(t.Context()) }()
	w.eventually("the end", time.Second, func() bool { return len(w.letters()) == 2 })
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, d := range w.letters() {
		left = append(left, d.ID)
	}
	slices.Sort(left)
	if !slices.Equal(left, []string{"bad", "command"}) || len(w.plays()) != 251 {
		t.Errorf("left are %v, with %d plays", left, len(w.plays()))
	}
}

// A chore says what went wrong, so that the queue tries it again.
func TestChoresReturnWhatWentWrong(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	k := &kept{left: map[string]int{}, err: away, calls: make(chan call, 10)}
	o := worker.Options{Store: k, Clock: clockwork.NewFakeClockAt(start), Logger: slog.New(slog.DiscardHandler)}
	for _, kind := range []string{"prune_effects", "prune_letters", "prune_plays", "prune_heard", "prune_journal"} {
		c := chore(t, o, kind)
		if err := c.Do(t.Context()); !errors.Is(err, away) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	k.set(nil, map[string]int{"plays": 5_000})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := chore(t, o, "prune_plays").Do(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cut off: %v", err)
	}
}
