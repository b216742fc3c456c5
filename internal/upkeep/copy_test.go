package upkeep_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
	"github.com/atrilhq/platform/internal/upkeep"
)

// TestEveryTableIsKnown fails where a migration makes a table that copies and
// backups would leave behind.
func TestEveryTableIsKnown(t *testing.T) {
	t.Parallel()
	engines(t, func(t *testing.T, fresh func(t *testing.T) string) {
		url := fresh(t)
		if _, err := upkeep.Up(t.Context(), url, 0, quiet); err != nil {
			t.Fatal(err)
		}
		r, err := sqlstore.OpenRaw(t.Context(), url, sqlstore.Look, quiet)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		tables, err := r.Tables(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, x := range tables {
			names = append(names, x.Name)
			if len(x.Columns) == 0 || len(x.Key) == 0 {
				t.Errorf("%+v", x)
			}
		}
		if !slices.Equal(names, sqlstore.RawOrder()) {
			t.Errorf("%v, want %v", names, sqlstore.RawOrder())
		}
	})
}

func TestCopyBothWays(t *testing.T) {
	t.Parallel()
	lite := "sqlite://" + filepath.Join(t.TempDir(), "platform.db")
	lived(t, lite)
	server := testenv.Postgres(t)
	there, err := upkeep.Copy(t.Context(), lite, server, quiet, silent)
	if err != nil {
		t.Fatal(err)
	}
	full := map[string]int64{}
	for _, c := range there {
		full[c.Table] = c.Rows
	}
	if full["guilds"] != 1 || full["slots"] != 2 || full["dead_letters"] != 1 || full["partitions"] != 16 {
		t.Errorf("%v", full)
	}
	back := "sqlite://" + filepath.Join(t.TempDir(), "platform.db")
	again, err := upkeep.Copy(t.Context(), server, back, quiet, silent)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(there, again) {
		t.Errorf("there %v\nback %v", there, again)
	}
	for _, url := range []string{server, back} {
		db := open(t, url)
		if g := guild(t.Context(), t, db); g.Name != "ñandú 🎵 \"quoted\"" || len(g.Players[0].Queue) != 2 || g.Players[0].Queue[1].Track.Title() != "mañana\tty" {
			t.Errorf("%+v", g)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	t.Parallel()
	lite := "sqlite://" + filepath.Join(t.TempDir(), "platform.db")
	_, err := upkeep.Copy(t.Context(), lite, testenv.Postgres(t), quiet, silent)
	wants(t, err, fault.NotFound, "a source that is not there")
	lived(t, lite)
	_, err = upkeep.Copy(t.Context(), lite, lite, quiet, silent)
	wants(t, err, fault.Invalid, "into itself")
	full := testenv.Postgres(t)
	lived(t, full)
	_, err = upkeep.Copy(t.Context(), lite, full, quiet, silent)
	wants(t, err, fault.Conflict, "into one that has rows")
	if n := rows(t, full, "guilds"); n != 1 {
		t.Errorf("%d guilds are left of it", n)
	}
	if _, err := upkeep.Down(t.Context(), lite, 1, quiet); err != nil {
		t.Fatal(err)
	}
	_, err = upkeep.Copy(t.Context(), lite, testenv.Postgres(t), quiet, silent)
	wants(t, err, fault.Conflict, "an older schema")
}

// TestHalfACopyIsNone lets the target refuse a row.
func TestHalfACopyIsNone(t *testing.T) {
	t.Parallel()
	lite := "sqlite://" + filepath.Join(t.TempDir(), "platform.db")
	lived(t, lite)
	server := testenv.Postgres(t)
	if _, err := upkeep.Up(t.Context(), server, 0, quiet); err != nil {
		t.Fatal(err)
	}
	spoil(t, server, `ALTER TABLE nodes ADD CONSTRAINT never CHECK (name <> 'one')`)
	_, err := upkeep.Copy(t.Context(), lite, server, quiet, silent)
	wants(t, err, fault.Unavailable, "a row is refused")
	for _, table := range []string{"guilds", "slots", "dead_letters", "nodes"} {
		if n := rows(t, server, table); n != 0 {
			t.Errorf("%d rows of %s stayed", n, table)
		}
	}
	spoil(t, server, `ALTER TABLE nodes DROP CONSTRAINT never`)
	if _, err := upkeep.Copy(t.Context(), lite, server, quiet, silent); err != nil {
		t.Errorf("once more: %v", err)
	}
}
