package upkeep_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
	"github.com/atrilhq/platform/internal/upkeep"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	quiet = slog.New(slog.DiscardHandler)
	at    = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
)

func silent(string) {}

// engines gives a test an address of an empty database of each engine.
func engines(t *testing.T, f func(t *testing.T, fresh func(t *testing.T) string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		f(t, func(t *testing.T) string { t.Helper(); return "sqlite://" + filepath.Join(t.TempDir(), "platform.db") })
	})
	t.Run("postgres", func(t *testing.T) {
		f(t, func(t *testing.T) string { t.Helper(); return testenv.Postgres(t) })
	})
}

func open(t *testing.T, url string) *sqlstore.DB {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// lived makes a database in which a guild has played: rows of the store's own
// making, and in every other table one with values that are easily lost.
func lived(t *testing.T, url string) {
	t.Helper()
	db := open(t, url)
	home := partition.Of("42", 16)
	lease, err := db.Acquire(t.Context(), home, "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	stamp := store.Stamp{Partition: home, Epoch: lease.Epoch, Batch: lease.Batch + 1}
	g := &music.Guild{ID: "42", Name: "ñandú 🎵 \"quoted\"", Players: []*music.Player{{Bot: "900", Queue: []*music.Slot{
		{ID: "s1", Track: music.Keep(&music.Track{Title: "Ocean", Identifier: "a", Source: "sandbox"})},
		{ID: "s2", Track: music.Keep(&music.Track{Title: "mañana\tty", Identifier: "b", Source: "sandbox"})},
	}}}}
	_, err = db.Commit(t.Context(), &store.Batch{
		Stamps: []store.Stamp{stamp}, At: at, Guilds: []store.GuildChange{{Partition: home, After: g}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Release(t.Context(), "test", []store.Stamp{stamp}); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	awkward(t, url)
}

// awkward fills every table that has no row yet, by its columns' types.
func awkward(t *testing.T, url string) {
	t.Helper()
	r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Change, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for _, q := range []string{
		`INSERT INTO dead_letters (id, tenant_id, guild_id, partition_id, kind, input, error, occurred_at)
			VALUES ('d1', '', '42', 3, 'command', $1, 'línea ''uno''', 9223372036854775807)`,
		`INSERT INTO journal (seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope)
			VALUES (900001, 'e1', 'music.play.started', '', '42', 3, 1, 5, 'c', $1)`,
	} {
		if _, err := r.SQL.ExecContext(t.Context(), q, []byte{0, 1, 0xff, '\'', '\n'}); err != nil {
			t.Fatal(err)
		}
	}
	for _, q := range []string{
		`INSERT INTO nodes (name, cordoned, reason, changed_by, updated_at) VALUES ('one', 1, '\N \. tab	end', 'ops', 0)`,
		`INSERT INTO cursors (partition_id, source, generation, position) VALUES (3, 'gw:1:0', '', 9007199254740993)`,
		`UPDATE journal_head SET seq = 900001`,
	} {
		if _, err := r.SQL.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
}

// rows counts a table's rows.
func rows(t *testing.T, url, table string) (n int) {
	t.Helper()
	r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Look, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if err := r.SQL.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// spoil runs a statement on a database.
func spoil(t *testing.T, url, text string) {
	t.Helper()
	r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Change, quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := r.SQL.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func wants(t *testing.T, err error, code fault.Code, what string) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func options(url, file string) upkeep.Options {
	return upkeep.Options{URL: url, File: file, By: "1.2.3", Now: func() time.Time { return at }, Logger: quiet, Talk: silent}
}

func guild(ctx context.Context, t *testing.T, db *sqlstore.DB) music.Guild {
	t.Helper()
	all, err := db.Load(ctx, []music.GuildID{"42"})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}
