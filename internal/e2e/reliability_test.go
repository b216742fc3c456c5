package e2e_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestReliability goes through the table of failure modes: real processes, real
// servers, members who type all the time. E2E_RELIABILITY=all takes what takes
// long too; any other value takes the rows with it in their names only.
func TestReliability(t *testing.T) {
	want := os.Getenv("E2E_RELIABILITY")
	s := raiseStorm(t, seedOf(t))
	var results []measured
	for _, tr := range trials() {
		switch {
		case tr.inject == nil, tr.disk && s.disk == nil:
			continue
		case want == "" && tr.long:
			continue
		case want != "" && want != "all" && !strings.Contains(","+want+",", ","+tr.row+","):
			continue
		}
		s.t.Logf("row %s: %s", tr.row, tr.fault)
		results = append(results, s.strike(tr.row, tr.inject))
		if t.Failed() {
			break
		}
	}
	s.end(len(results))
	if file := os.Getenv("E2E_MEASURED"); file != "" && !t.Failed() {
		text, err := json.MarshalIndent(results, "", "  ")
		if err == nil {
			err = os.WriteFile(file, append(text, '\n'), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
