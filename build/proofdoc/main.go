// Command proofdoc puts fresh results of `make proof` in the place of older ones
// with the same name, and writes the whole as a document too:
//
//	proofdoc KEPT.json FRESH.json DOCUMENT.md
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// A part is what one part of the proof came to.
type part struct {
	Name    string         `json:"name"`
	Held    bool           `json:"held"`
	Seconds int            `json:"seconds"`
	Seed    int64          `json:"seed"`
	Commit  string         `json:"commit"`
	Result  map[string]any `json:"result"`
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: proofdoc KEPT.json FRESH.json DOCUMENT.md")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "proofdoc:", err)
		os.Exit(1)
	}
}

func run(kept, fresh, document string) error {
	old, err := read(kept)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now, err := read(fresh)
	if err != nil {
		return err
	}
	parts := merge(old, now)
	data, err := json.MarshalIndent(parts, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(kept, append(data, '\n'), 0o644); err != nil {
		return err
	}
	return os.WriteFile(document, []byte(write(parts)), 0o644)
}

func read(path string) ([]part, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var parts []part
	if err := json.Unmarshal(data, &parts); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return parts, nil
}

// merge returns all parts by name, the fresh ones where there are two.
func merge(old, fresh []part) []part {
	byName := map[string]part{}
	for _, p := range slices.Concat(old, fresh) {
		byName[p.Name] = p
	}
	parts := make([]part, 0, len(byName))
	for _, p := range byName {
		parts = append(parts, p)
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Compare(a.Name, b.Name) })
	return parts
}

func write(parts []part) string {
	var b strings.Builder
	b.WriteString(`# Proof

Owner: developer. Written by ` + "`make proof`" + `; do not edit.

What takes too long for ` + "`make test`" + `: each part is a script in build/proof. A run is
repeated with ` + "`make proof ONLY=part SEED=seed`" + ` on the commit that stands beside it.

| part | holds | counted | took | seed | commit |
|---|---|---|---|---|---|
`)
	for _, p := range parts {
		holds := "yes"
		if !p.Held {
			holds = "**no**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %d s | %d | %s |\n", p.Name, holds, counted(p.Result), p.Seconds, p.Seed, p.Commit)
	}
	return b.String()
}

// counted writes what a part counted, in order of name.
func counted(result map[string]any) string {
	names := make([]string, 0, len(result))
	for name := range result {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		text := fmt.Sprint(result[name])
		if v, ok := result[name].(float64); ok {
			text = fmt.Sprintf("%.10g", v)
		}
		names[i] = strings.ReplaceAll(name, "_", " ") + ": " + strings.ReplaceAll(text, "|", `\|`)
	}
	return strings.Join(names, ", ")
}
