package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"strings"
	"text/tabwriter"
)

// A row is one figure of results.json.
type row struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	// Peer is what Ratio compares with, null where there is none.
	Peer  *string  `json:"peer"`
	Ratio *float64 `json:"ratio"`
	// Goal is what we want, such as ">= 10x" for the ratio or "<= 300" for the
	// value; null, as is Met, where we want nothing.
	Goal   *string `json:"goal"`
	Met    *bool   `json:"met"`
	Commit string  `json:"commit"`
}

func newRow(m measurement, value, ratio float64, commit string) row {
	r := row{Name: m.name, Value: round(value), Unit: m.unit, Met: m.goal.met(value, ratio), Commit: commit}
	if m.peer != "" {
		peer, rounded := m.peer, round(ratio)
		r.Peer, r.Ratio = &peer, &rounded
	}
	if m.goal != (goal{}) {
		text := m.goal.String()
		r.Goal = &text
	}
	return r
}

// round keeps four digits that count: more are noise.
func round(v float64) float64 {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return 0
	}
	scale := math.Pow(10, 3-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*scale) / scale
}

// table prints the rows, ratios first.
func table(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	lines := []string{"RATIO\tNAME\tVALUE\tUNIT\tPEER\tGOAL\tMET"}
	for _, r := range rows {
		ratio, peer, aim, met := "-", "-", "-", "-"
		if r.Ratio != nil {
			ratio, peer = figure(*r.Ratio)+"x", *r.Peer
		}
		if r.Goal != nil {
			aim, met = *r.Goal, "NO"
			if *r.Met {
				met = "yes"
			}
		}
		lines = append(lines, strings.Join([]string{ratio, r.Name, figure(r.Value), r.Unit, peer, aim, met}, "\t"))
	}
	for _, l := range lines {
		if _, err := fmt.Fprintln(t, l); err != nil {
			return err
		}
	}
	return t.Flush()
}

// merge puts fresh rows in the place of older ones with the same name. What is
// not measured any more goes; the order is that of the measurements.
func merge(old, fresh []row, all []measurement) []row {
	byName := map[string]row{}
	for _, rows := range [][]row{old, fresh} {
		for _, r := range rows {
			byName[r.Name] = r
		}
	}
	merged := make([]row, 0, len(byName))
	for _, m := range all {
		if r, ok := byName[m.name]; ok {
			merged = append(merged, r)
		}
	}
	return merged
}

// readRows reads results.json; a file that is not there has no rows.
func readRows(path string) ([]row, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var rows []row
	if err := json.Unmarshal(data, &rows); err != nil {
		return nil, fmt.Errorf("%s is not a list of results; remove it and measure again: %w", path, err)
	}
	return rows, nil
}

func writeRows(path string, rows []row) error {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // goals have a > in them
	enc.SetIndent("", "  ")
	if err := enc.Encode(rows); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}
