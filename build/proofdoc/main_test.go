package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRun(t *testing.T) {
	dir := t.TempDir()
	kept, fresh, doc := filepath.Join(dir, "proof.json"), filepath.Join(dir, "fresh.json"), filepath.Join(dir, "PROOF.md")
	put(t, fresh, `[{"name":"kills","held":true,"seconds":61,"seed":7,"commit":"abc","result":{"tests":2,"kills_each":20000000}}]`)
	if err := run(kept, fresh, doc); err != nil {
		t.Fatal(err)
	}
	put(t, fresh, `[{"name":"fuzz","held":false,"seconds":2,"seed":9,"commit":"def","result":{"time_each":"1|s"}}]`)
	if err := run(kept, fresh, doc); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(doc)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| kills | yes | kills each: 20000000, tests: 2 | 61 s | 7 | abc |\n",
		"| fuzz | **no** | time each: 1\\|s | 2 s | 9 | def |\n| kills",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	var parts []part
	if err := json.Unmarshal(data, &parts); err != nil || len(parts) != 2 {
		t.Errorf("%d parts, %v: %s", len(parts), err, data)
	}
}

func TestRunRefuses(t *testing.T) {
	dir := t.TempDir()
	kept, fresh := filepath.Join(dir, "proof.json"), filepath.Join(dir, "fresh.json")
	put(t, kept, "not json")
	put(t, fresh, "[]")
	if err := run(kept, fresh, filepath.Join(dir, "PROOF.md")); err == nil {
		t.Error("kept results that cannot be read are written over")
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "not json" {
		t.Errorf("the kept file is %q, %v", text, err)
	}
	if err := run(filepath.Join(dir, "none.json"), filepath.Join(dir, "missing.json"), filepath.Join(dir, "PROOF.md")); err == nil {
		t.Error("no fresh results is no error")
	}
}
