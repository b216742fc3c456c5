package compat_test

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atrilhq/platform/internal/event/compat"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/schema"
)

func TestCurrentContractsAreCompatible(t *testing.T) {
	all, err := compat.CompareSet(schema.Events, "events/released", "events")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range slices.Sorted(maps.Keys(all)) {
		for _, c := range compat.OnlyBreaking(all[file]) {
			t.Errorf("%s: %v; leave the file as it was and add a new version", file, c)
		}
	}
}

// TestReleasedContractsAreFrozen holds the released files against their
// checksums: none may go, none may change, none may come without being listed.
func TestReleasedContractsAreFrozen(t *testing.T) {
	const dir = "events/released"
	sums, err := fs.ReadFile(schema.Events, path.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(sums)) {
		sum, name, ok := strings.Cut(strings.TrimSpace(line), "  ")
		if !ok || listed[name] {
			t.Fatalf("the line %q is no checksum, or there twice", line)
		}
		listed[name] = true
		raw, err := fs.ReadFile(schema.Events, path.Join(dir, name))
		if err != nil {
			t.Errorf("%s was released and is gone: %v", name, err)
			continue
		}
		if got := fmt.Sprintf("%x", sha256.Sum256(raw)); got != sum {
			t.Errorf("%s was changed after its release", name)
		}
		if _, err := fs.Stat(schema.Events, path.Join("events", name)); err != nil {
			t.Errorf("%s was released and has no current file", name)
		}
	}
	files, err := fs.Glob(schema.Events, dir+"/*.json")
	if err != nil || len(files) != len(listed) || len(files) < 21 {
		t.Errorf("%d files, %d checksums, %v", len(files), len(listed), err)
	}
	for _, file := range files {
		if !listed[path.Base(file)] {
			t.Errorf("%s has no checksum", file)
		}
	}
}

func TestCompareSet(t *testing.T) {
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	files := fstest.MapFS{
		"old/a.v1.json": file(`{"type":"string"}`), "now/a.v1.json": file(`{"type":"string"}`),
		"old/b.v1.json": file(`{"type":"string"}`),
		"old/c.v1.json": file(`{"type":"string"}`), "now/c.v1.json": file(`{"type":"integer"}`),
		"now/d.v1.json": file(`{"type":"string"}`),
		"old/SUMS":      file("not a contract"),
	}
	all, err := compat.CompareSet(files, "old", "now")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all["b.v1.json"][0].Kind != compat.ContractRemoved || !all["b.v1.json"][0].Breaking ||
		all["c.v1.json"][0].Kind != compat.TypeChanged {
		t.Fatalf("got %v", all)
	}
	files["now/c.v1.json"] = file("{")
	if _, err := compat.CompareSet(files, "old", "now"); fault.CodeOf(err) != fault.Invalid || !strings.Contains(err.Error(), "c.v1.json") {
		t.Fatalf("got %v", err)
	}
	if _, err := compat.CompareSet(files, "nowhere", "now"); fault.CodeOf(err) != fault.Internal {
		t.Fatalf("an empty set must not pass: %v", err)
	}
}
