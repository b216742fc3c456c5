package migrations_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/atrilhq/platform/schema/migrations"
)

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := fs.ReadDir(migrations.Files, dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// The folders must not drift apart: each step has the same number and name for
// both engines, and makes the same tables, columns and indexes.
func TestBothEnginesHaveTheSameSteps(t *testing.T) {
	lite, pg := names(t, "sqlite"), names(t, "postgres")
	if len(lite) == 0 || !slices.Equal(lite, pg) {
		t.Fatalf("sqlite has %v, postgres %v", lite, pg)
	}
	for _, name := range lite {
		t.Run(name, func(t *testing.T) {
			a, b := shape(t, "sqlite/"+name), shape(t, "postgres/"+name)
			if a != b {
				t.Errorf("sqlite makes\n%s\npostgres makes\n%s", a, b)
			}
		})
	}
}

// shape is a step's text without what may differ: types, collations, options.
func shape(t *testing.T, path string) string {
	t.Helper()
	raw, err := fs.ReadFile(migrations.Files, path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(
		` COLLATE "C"`, "", "BIGINT", "INTEGER", "BYTEA", "BLOB", ") STRICT, WITHOUT ROWID;", ");", ") STRICT;", ");",
	).Replace(string(raw))
	if !strings.HasPrefix(text, "-- +goose Up\n") {
		t.Errorf("%s does not begin with its direction", path)
	}
	return text
}
