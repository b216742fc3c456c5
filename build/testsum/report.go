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

// count returns how many tests and subtests ended as how says.
func (s *sum) count(how string) int {
	n := 0
	for _, o := range s.ended {
		if o.how == how && o.test != "" {
			n++
		}
	}
	return n
}

// names returns what ended as how says, tests and packages.
func (s *sum) names(how string) []string {
	var names []string
	for _, o := range s.ended {
		if o.how == how {
			names = append(names, o.String())
		}
	}
	return names
}

// failed tells whether anything failed or did not end.
func (s *sum) failed() bool {
	return len(s.running) > 0 || slices.ContainsFunc(s.ended, func(o outcome) bool { return o.how == failed })
}

// report writes the summary and tells whether all is well.
func (s *sum) report(out io.Writer) bool {
	var text strings.Builder
	var packages []outcome // that ended well and had tests
	for _, o := range s.ended {
		if o.how == passed && o.test == "" {
			packages = append(packages, o)
		}
	}
	slices.SortFunc(packages, func(a, b outcome) int { return cmp.Compare(b.elapsed, a.elapsed) })
	if n := min(slowest, len(packages)); n > 0 {
		text.WriteString("\nslowest packages:\n")
		for _, p := range packages[:n] {
			fmt.Fprintf(&text, "  %7.1f s  %s\n", p.elapsed.Seconds(), p.pkg)
		}
	}
	list(&text, "skipped", s.names(skipped))
	list(&text, "packages without tests", s.names(untested))
	list(&text, "unstable (passed when run again)", names(s.unstable))
	list(&text, "failed", s.names(failed))
	list(&text, "did not end", names(s.running))

	ok := !s.failed() && s.code == 0 && s.count(passed) > 0
	verdict := "PASS"
	switch {
	case ok:
	case !s.failed() && s.count(passed) == 0:
		verdict = "FAIL (no test ran)"
	case !s.failed():
		verdict = fmt.Sprintf("FAIL (exit code %d)", s.code)
	default:
		verdict = "FAIL"
	}
	unstable := ""
	if n := len(s.unstable); n > 0 {
		unstable = fmt.Sprintf(" %d unstable;", n)
	}
	fmt.Fprintf(&text, "\ngo test: %s: %d tests passed, %d failed, %d skipped; %d packages ok, %d failed;%s %s\n", verdict,
		s.count(passed), s.count(failed), s.count(skipped), len(packages), len(s.names(failed))-s.count(failed), unstable,
		s.end.Sub(s.start).Round(time.Second))
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

func names(of []key) []string {
	names := make([]string, 0, len(of))
	for _, k := range of {
		names = append(names, k.String())
	}
	return names
}
