package e2e_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	reliabilityDoc = "../../docs/RELIABILITY.md"
	// measuredFile has what `make proof ONLY=reliability` measured.
	measuredFile = "../../bench/reliability.json"
)

const reliabilityIntro = `# Reliability

Owner: developer. Last review: 2026-11-24. The table is written by a test (` + "`go test ./internal/e2e -run TestReliabilityDocument -update`" + `) of the table that the tests go through, and of ` + "`bench/reliability.json`" + `, which ` + "`make proof ONLY=reliability`" + ` writes; it fails where they differ.

How it is shown: a gateway, an audio process, each twice, a worker and an api as processes of their own, a private PostgreSQL and a private Redis behind proxies that can hang, cut, reset and slow, the simulated Discord and a simulated node apart from them. Six members type all the time. A fault counts only where they got five more answers before it, and it is over only when five that were typed after it are answered. In the end:

- every answer that a member saw stands in the journal, once, and every deferred command was carried out;
- the journal explains the rows, slot by slot, in the order of Discord and of time;
- no partition has an event of an owner behind one of its successor, and no play goes back to an older epoch on the node;
- no track has a silence or a jump that nobody asked for, by the node's own record;
- the lists of plays are those that the journal says were heard;
- who typed while nothing was broken was answered.

` + "`make test`" + ` goes through the rows once, but for those marked *proof*; ` + "`make proof`" + ` takes all of them, ` + "`make chaos SEED=… DURATION=…`" + ` draws them by a seed. Rows without figures are held by the tests that are named.

The figures are of one run on one machine with two cores: *unanswered* are commands that Discord gave up after its three seconds, of those *typed* while it was broken; *slowest* the longest answer among them; *back* how long it took from the mending until somebody who typed after it was answered; *taken* until others held the leases. Commands typed between two processes' lives are deferred or fail at Discord; none that was acknowledged is lost.

`

// reliability is the document.
func reliability(figures map[string]measured) string {
	var b strings.Builder
	b.WriteString(reliabilityIntro + "| row | fault | promise | shown by | measured |\n|---|---|---|---|---|\n")
	for _, tr := range trials() {
		var by []string
		if tr.inject != nil {
			name := "`TestReliability`"
			if tr.long {
				name += " (*proof*)"
			}
			by = append(by, name)
		}
		for _, h := range tr.held {
			dir, test, _ := strings.Cut(h, " ")
			by = append(by, fmt.Sprintf("[`%s`](../%s)", test, dir))
		}
		said := ""
		if m, ok := figures[tr.row]; ok {
			said = m.words()
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", tr.row, tr.fault, tr.promise, strings.Join(by, ", "), said)
	}
	return b.String()
}

// words is what was measured, for people.
func (m measured) words() string {
	seconds := func(ms int64) string { return fmt.Sprintf("%.1f s", float64(ms)/1_000) }
	s := fmt.Sprintf("%d typed, %d unanswered, slowest %s; back %s", m.Typed, m.Unanswered, seconds(m.Worst), seconds(m.Back))
	if m.Taken > 0 {
		s += "; taken " + seconds(m.Taken)
	}
	return s
}

func TestReliabilityDocument(t *testing.T) {
	t.Parallel()
	var list []measured
	text, err := os.ReadFile(measuredFile)
	if err == nil {
		err = json.Unmarshal(text, &list)
	}
	if err != nil {
		t.Fatal(err)
	}
	figures := map[string]measured{}
	for _, m := range list {
		figures[m.Row] = m
	}
	want := reliability(figures)
	if *update {
		if err := os.WriteFile(reliabilityDoc, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(reliabilityDoc)
	if err != nil || string(have) != want {
		t.Errorf("docs/RELIABILITY.md does not say what is tested (%v): run this test with -update", err)
	}
	rows := map[string]bool{}
	for _, tr := range trials() {
		if rows[tr.row] || tr.row == "" || tr.fault == "" || tr.promise == "" {
			t.Errorf("row %q stands twice or does not say what it is", tr.row)
		}
		rows[tr.row] = true
		if tr.inject == nil && len(tr.held) == 0 {
			t.Errorf("nothing holds row %s", tr.row)
		}
		for _, h := range tr.held {
			if !declared(t, h) {
				t.Errorf("row %s is to be held by %s, which is not there", tr.row, h)
			}
		}
	}
	for row := range figures {
		if !rows[row] {
			t.Errorf("row %s was measured, and is not in the table", row)
		}
	}
}

// declared tells whether a package has a test, by its directory and name.
func declared(t *testing.T, held string) bool {
	t.Helper()
	dir, name, ok := strings.Cut(held, " ")
	if !ok {
		return false
	}
	found := false
	err := filepath.WalkDir(filepath.Join("../..", dir), func(path string, e fs.DirEntry, err error) error {
		if err != nil || found || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == name {
				found = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
