package migrations_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
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

// layout are steps that only say how PostgreSQL lays out on the disk what both
// engines have. SQLite does nothing in them.
var layout = []string{"00006_journal_in_parts.sql"}

// code is a step's text without its comments.
func code(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "--") {
			b.WriteString(line)
		}
	}
	return b.String()
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
			if slices.Contains(layout, name) {
				if code(a) != "SELECT 1;\n\nSELECT 1;\n" {
					t.Errorf("sqlite is to do nothing, and does\n%s", a)
				}
				return
			}
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

// A version before, which is still running while the schema has a new step,
// goes on with what it knows: a step after the first only adds tables, and rows
// in the tables that it adds. Indexes may come and go: they change how long
// something takes, and not what it does, unless they allow less than before.
func TestStepsOnlyAdd(t *testing.T) {
	marks := map[string][]string{}
	for _, name := range names(t, "sqlite")[1:] {
		var added []string
		up, down, both := strings.Cut(shape(t, "sqlite/"+name), "-- +goose Down\n")
		if !both || strings.TrimSpace(down) == "" {
			t.Errorf("%s cannot be taken back", name)
		}
		for text := range strings.SplitSeq(code(up), ";") {
			words := strings.Fields(text)
			if len(words) == 0 {
				continue
			}
			switch head := strings.Join(words[:2], " "); head {
			case "CREATE TABLE":
				added = append(added, words[2])
			case "CREATE INDEX", "DROP INDEX", "SELECT 1":
			case "INSERT INTO":
				if words[2] == "schema_marks" {
					marks[name] = words[len(words)-2:]
				} else if !slices.Contains(added, words[2]) {
					t.Errorf("%s: rows in %s, which is of an older step", name, words[2])
				}
			default:
				t.Errorf("%s: %s", name, head)
			}
		}
	}
	marked(t, marks)
}

// marked looks that every step since there are marks has its own, with its own
// number, and that none asks for more than itself: a version that knows all steps
// but the last must not be shut out by a step that only adds.
func marked(t *testing.T, marks map[string][]string) {
	t.Helper()
	var since int64
	for _, name := range names(t, "sqlite") {
		number, _, _ := strings.Cut(name, "_")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		values, has := marks[name]
		if !has {
			if since > 0 {
				t.Errorf("%s does not say in schema_marks which versions may go on: they are shut out", name)
			}
			continue
		}
		var version, from int64
		if _, err := fmt.Sscanf(strings.Join(values, " "), "(%d, %d)", &version, &from); err != nil {
			t.Fatalf("%s marks %v: %v", name, values, err)
		}
		if since == 0 {
			since = version
		}
		if version != n || from < since || from > n || n > since && from == n {
			t.Errorf("%s marks (%d, %d); a step that only adds leaves the version before it in use", name, version, from)
		}
	}
	if since == 0 {
		t.Error("no step says which versions may go on")
	}
}
