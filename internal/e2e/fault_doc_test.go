package e2e_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/faults"
)

const faultsDoc = "../../docs/FAULTS.md"

const faultsIntro = `# Faults

Owner: developer. Last review: 2026-11-23. The tables are written by the test that proves them (` + "`go test ./internal/e2e -run TestFaultsDocument -update`" + `); it fails where they differ.

What happens when Discord, its voice servers or an audio node fail: what the listener hears, what the member reads, what the operator sees. Each line is a case of ` + "`TestFaults`" + `: the real daemon against the simulators, ana listens to a track that plays on the bot atril, and the fault is set as ` + "`platformctl sandbox faults set`" + ` does. "Afterwards" is once it is mended. The times are bounds for a busy machine; usually it takes a tenth of that.

The simulated nodes play on while Discord moves a voice server; a real one is silent for the moment in which it connects anew.
`

// document is the tables of all cases.
func document() string {
	var b strings.Builder
	b.WriteString(faultsIntro)
	for _, g := range faultGroups() {
		fmt.Fprintf(&b, "\n## %s\n\n| fault | hears | reads | sees |\n|---|---|---|---|\n", g.title)
		for _, c := range g.cases {
			name := "`" + c.name() + "`"
			if c.when != "" {
				name += "<br>" + strings.TrimSpace(c.when)
			}
			sees := words(c.sees)
			if len(c.mended) > 0 {
				sees += "<br>Afterwards: " + words(c.mended)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, c.hears.words, words(c.reads), sees)
		}
	}
	return b.String()
}

func words(claims []claim) string {
	all := make([]string, 0, len(claims))
	for _, c := range claims {
		all = append(all, strings.TrimSuffix(c.words, "."))
	}
	if len(all) == 0 {
		return "Nothing of it"
	}
	return strings.Join(all, "; ")
}

func TestFaultsDocument(t *testing.T) {
	t.Parallel()
	want := document()
	if *update {
		if err := os.WriteFile(faultsDoc, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(faultsDoc)
	if err != nil || string(have) != want {
		t.Errorf("docs/FAULTS.md does not say what the tests prove (%v): run this test with -update", err)
	}
	for _, g := range faultGroups() {
		for _, c := range g.cases {
			if c.hears.check == nil || len(c.sees)+len(c.mended) == 0 || len(c.reads)+len(c.mended) == 0 {
				t.Errorf("%s does not say what is heard, read and seen", c.name())
			}
		}
	}
}

// Every fault of the sandbox has a case, and every case a fault.
func TestFaultsAreAllDescribed(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, true)
	all, err := r.Control().Faults(t.Context())
	if err != nil || len(all) == 0 {
		t.Fatalf("faults: %v %v", all, err)
	}
	var described []string
	for _, g := range faultGroups() {
		for _, c := range g.cases {
			described = append(described, c.fault)
			if !slices.ContainsFunc(all, func(f faults.Fault) bool { return f.Name == c.fault }) {
				t.Errorf("there is no fault %s", c.fault)
			}
		}
	}
	for _, f := range all {
		if !slices.Contains(described, f.Name) {
			t.Errorf("nothing says what comes of %s (%s): add a case to the group %s", f.Name, f.Summary, f.Area)
		}
	}
}
