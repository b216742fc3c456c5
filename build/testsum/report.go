package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// slowest is how many packages the report names.
const slowest = 5

// report writes the summary and tells whether all is well.
func (s *sum) report(out io.Writer) bool {
	var text strings.Builder
	slices.SortFunc(s.packages, func(a, b outcome) int { return cmp.Compare(b.elapsed, a.elapsed) })
	if n := min(slowest, len(s.packages)); n > 0 {
		text.WriteString("\nslowest packages:\n")
		for _, p := range s.packages[:n] {
			fmt.Fprintf(&text, "  %7.1f s  %s\n", p.elapsed.Seconds(), p.pkg)
		}
	}
	list(&text, "skipped", names(s.skipped))
	list(&text, "packages without tests", s.untested)
	list(&text, "failed", names(s.failed))
	unfinished := make([]string, 0, len(s.running))
	for _, r := range s.running {
		unfinished = append(unfinished, strings.TrimSpace(r.pkg+" "+r.test))
	}
	list(&text, "did not end", unfinished)

	tests := 0
	for _, f := range s.failed {
		if f.test != "" {
			tests++
		}
	}
	ok := len(s.failed) == 0 && len(s.running) == 0 && s.passed > 0
	verdict := "PASS"
	switch {
	case ok:
	case len(s.failed) == 0 && len(s.running) == 0:
		verdict = "FAIL (no test ran)"
	default:
		verdict = "FAIL"
	}
	fmt.Fprintf(&text, "\ngo test: %s: %d tests passed, %d failed, %d skipped; %d packages ok, %d failed; %s\n", verdict,
		s.passed, tests, len(s.skipped), len(s.packages), len(s.failed)-tests, s.end.Sub(s.start).Round(time.Second))
	if _, err := io.WriteString(out, text.String()); err != nil {
		return false
	}
	return ok
}

func list(text *strings.Builder, title string, names []string) {
	if len(names) == 0 {
		return
	}
	fmt.Fprintf(text, "\n%s:\n", title)
	for _, n := range names {
		fmt.Fprintf(text, "  %s\n", n)
	}
}

func names(of []outcome) []string {
	names := make([]string, 0, len(of))
	for _, o := range of {
		names = append(names, strings.TrimSpace(o.pkg+" "+o.test))
	}
	return names
}
