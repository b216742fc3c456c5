package sqlstore_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
	"github.com/atrilhq/platform/schema/migrations"
)

// newest is the number of the newest step of the schema that this version knows.
func newest(t *testing.T) (n int64) {
	t.Helper()
	entries, err := fs.ReadDir(migrations.Files, "sqlite")
	if err != nil || len(entries) == 0 {
		t.Fatalf("there are no steps: %v", err)
	}
	if _, err := fmt.Sscanf(entries[len(entries)-1].Name(), "%d_", &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// next are the statements of a version after this one: it adds a table and a
// column with a default, and says which versions may go on.
func next(t *testing.T, driver string, from int64) []string {
	t.Helper()
	step, yes := newest(t)+1, "true"
	if driver == "sqlite" {
		yes = "1"
	}
	out := []string{
		`CREATE TABLE novelties (id INTEGER NOT NULL PRIMARY KEY, what TEXT NOT NULL)`,
		`ALTER TABLE effects ADD COLUMN novelty TEXT NOT NULL DEFAULT ''`,
		`INSERT INTO novelties (id, what) VALUES (1, 'unknown to older ones')`,
		fmt.Sprintf(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, %s)`, step, yes),
	}
	if from > 0 {
		out = append(out, fmt.Sprintf(`INSERT INTO schema_marks (version, compatible_from) VALUES (%d, %d)`, step, from))
	}
	return out
}

// each runs a test on a database of each engine.
func eachEngine(t *testing.T, f func(t *testing.T, url, driver, address string)) {
	t.Helper()
	dir := t.TempDir()
	t.Run("sqlite", func(t *testing.T) { f(t, file(dir), "sqlite", dir+"/platform.db") })
	t.Run("postgres", func(t *testing.T) {
		server := testenv.Postgres(t)
		f(t, server, "pgx", server)
	})
}

// TestASchemaOfTheNextVersion is what a process of this version finds that starts
// beside newer ones: it works with what it knows, and leaves what it does not.
func TestASchemaOfTheNextVersion(t *testing.T) {
	eachEngine(t, func(t *testing.T, url, driver, address string) {
		db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		raw(t, driver, address, next(t, driver, newest(t))...)
		for range 2 { // and again, after a restart
			db = open(t, sqlstore.Options{URL: url})
			if _, _, schema, err := db.Describe(t.Context()); err != nil || schema != newest(t)+1 {
				t.Fatalf("the schema is %d, %v", schema, err)
			}
			l, err := db.Acquire(t.Context(), 0, "h", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			g := busy(int(l.Epoch), 3, 1)
			stamp := store.Stamp{Partition: 0, Epoch: l.Epoch, Batch: l.Batch + 1}
			if _, err := db.Commit(t.Context(), &store.Batch{Stamps: []store.Stamp{stamp}, At: benchTime, Guilds: []store.GuildChange{{After: g}}}); err != nil {
				t.Fatal(err)
			}
			if back, err := db.Load(t.Context(), guildIDs(g.ID)); err != nil || len(back) != 1 || len(back[0].Players[0].Queue) != 3 {
				t.Fatalf("%+v, %v", back, err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
		}
		sqlstoreSees(t, url, "novelties")
	})
}

// sqlstoreSees looks that a table of a newer version is still there, by what an
// upkeep of this version says of it.
func sqlstoreSees(t *testing.T, url, table string) {
	t.Helper()
	r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Look, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	if _, err := r.Tables(t.Context()); err == nil || !strings.Contains(err.Error(), table) {
		t.Errorf("%s is gone, or nobody says that it is unknown: %v", table, err)
	}
}

// TestASchemaThatShutsOut is refused, and what is said names the way out.
func TestASchemaThatShutsOut(t *testing.T) {
	for name, from := range map[string]func(t *testing.T) int64{
		"it needs its own step": func(t *testing.T) int64 { t.Helper(); return newest(t) + 1 },
		"it says nothing":       func(*testing.T) int64 { return 0 },
	} {
		t.Run(name, func(t *testing.T) {
			eachEngine(t, func(t *testing.T, url, driver, address string) {
				db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url})
				if err != nil {
					t.Fatal(err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
				raw(t, driver, address, next(t, driver, from(t))...)
				refused(t, sqlstore.Options{URL: url}, fault.Conflict,
					fmt.Sprintf("schema %d", newest(t)+1), fmt.Sprintf("knows %d", newest(t)), "newer version", "backup")
			})
		})
	}
}
