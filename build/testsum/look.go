package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Bounds of a second look: what fails in more places than these is broken, and
// no accident.
const (
	maxTests    = 6
	maxPackages = 3 // that failed without a failing test, or without coming to their end
)

// A look is a package that failed and is run again.
type look struct {
	pkg   string
	tests []string // the failed top-level tests; none means the whole package
}

func (l look) covers(k key) bool {
	top, _, _ := strings.Cut(k.test, "/")
	return k.pkg == l.pkg && (k.test == "" || len(l.tests) == 0 || slices.Contains(l.tests, top))
}

// keys are the names under which l is listed.
func (l look) keys() []key {
	if len(l.tests) == 0 {
		return []key{{l.pkg, ""}}
	}
	keys := make([]key, 0, len(l.tests))
	for _, t := range l.tests {
		keys = append(keys, key{l.pkg, t})
	}
	return keys
}

// flags are what is added to the first run's, so that l alone is run and nothing
// is taken from the cache.
func (l look) flags() []string {
	if len(l.tests) == 0 {
		return []string{"-count=1"}
	}
	quoted := make([]string, 0, len(l.tests))
	for _, t := range l.tests {
		quoted = append(quoted, regexp.QuoteMeta(t))
	}
	return []string{"-count=1", "-run", "^(" + strings.Join(quoted, "|") + ")$"}
}

// looks says what may be run again, or why nothing may.
func (s *sum) looks() ([]look, error) {
	var looks []look
	tests, whole := 0, 0
	for _, p := range s.ended {
		if p.how != failed || p.test != "" {
			continue
		}
		signs := s.signs[p.pkg]
		switch {
		case signs.raced:
			return nil, fmt.Errorf("%s has a data race, which is never an accident", p.pkg)
		case signs.unbuilt:
			return nil, fmt.Errorf("%s does not build", p.pkg)
		}
		l := look{pkg: p.pkg}
		if signs.complete {
			l.tests = s.failedTests(p.pkg)
		}
		if tests += len(l.tests); len(l.tests) == 0 {
			whole++
		}
		looks = append(looks, l)
	}
	switch {
	case len(looks) == 0 && s.code == 0:
		return nil, nil
	case len(looks) == 0 || s.code != 1 || len(s.running) > 0:
		return nil, fmt.Errorf("go test did not come to its end (exit code %d)", s.code)
	case tests > maxTests || whole > maxPackages:
		return nil, fmt.Errorf("too much failed: %d tests and %d whole packages, at most %d and %d are run again", tests, whole, maxTests, maxPackages)
	}
	return looks, nil
}

func (s *sum) failedTests(pkg string) []string {
	var tests []string
	for _, o := range s.ended {
		if o.how == failed && o.pkg == pkg && o.test != "" && !strings.Contains(o.test, "/") {
			tests = append(tests, o.test)
		}
	}
	return tests
}
