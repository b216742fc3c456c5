package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// An entry is one line of `go test -json`, as `go doc test2json` describes it.
type entry struct {
	Time        time.Time `json:"Time"`
	Action      string    `json:"Action"`
	Package     string    `json:"Package"`
	ImportPath  string    `json:"ImportPath"` // of build-output and build-fail
	Test        string    `json:"Test"`
	Output      string    `json:"Output"`
	Elapsed     float64   `json:"Elapsed"` // in seconds
	FailedBuild string    `json:"FailedBuild"`
}

// A key names a test; a package has an empty test.
type key struct{ pkg, test string }

type outcome struct {
	key
	elapsed time.Duration
}

// A sum is what was seen so far.
type sum struct {
	passed          int // tests and subtests
	skipped, failed []outcome
	packages        []outcome // that ended well and had tests
	untested        []string
	running         []key // started and not ended, in order
	output          map[key]*bytes.Buffer
	start, end      time.Time
}

// maxLine bounds a line of output of a test, which is one line here too.
const maxLine = 16 << 20

// read takes all of in. Lines that are not JSON, which the go command prints
// when it fails before it tests anything, go to out as they are.
func (s *sum) read(in io.Reader, out io.Writer) error {
	s.output = map[key]*bytes.Buffer{}
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 64<<10), maxLine)
	for lines.Scan() {
		var e entry
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Action == "" {
			if _, err := fmt.Fprintf(out, "%s\n", lines.Bytes()); err != nil {
				return err
			}
			continue
		}
		if err := s.add(e, out); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil {
		return errors.Join(errors.New("the output of go test cannot be read"), err)
	}
	return nil
}

func (s *sum) add(e entry, out io.Writer) error {
	if s.start.IsZero() {
		s.start = e.Time
	}
	if e.Time.After(s.end) {
		s.end = e.Time
	}
	k := key{e.Package, e.Test}
	switch e.Action {
	case "start", "run":
		s.running = append(s.running, k)
		return nil
	case "output":
		s.buffer(k).WriteString(e.Output)
		return nil
	case "build-output":
		s.buffer(key{e.ImportPath, ""}).WriteString(e.Output)
		return nil
	case "pass", "fail", "skip":
	default: // pause, cont, bench, build-fail
		return nil
	}
	s.running = slices.DeleteFunc(s.running, func(r key) bool { return r == k })
	o := outcome{k, time.Duration(e.Elapsed * float64(time.Second))}
	switch {
	case e.Action == "fail":
		s.failed = append(s.failed, o)
		if err := s.show(o, e.FailedBuild, out); err != nil {
			return err
		}
	case e.Action == "pass" && e.Test != "":
		s.passed++
	case e.Action == "skip" && e.Test != "":
		s.skipped = append(s.skipped, o)
	case e.Action == "skip" || strings.Contains(s.buffer(k).String(), "[no test"):
		s.untested = append(s.untested, e.Package)
	default:
		s.packages = append(s.packages, o)
		if _, err := fmt.Fprintf(out, "ok    %-64s %7.1f s\n", e.Package, e.Elapsed); err != nil {
			return err
		}
	}
	if e.Test == "" || e.Action == "pass" {
		delete(s.output, k)
	}
	return nil
}

func (s *sum) buffer(k key) *bytes.Buffer {
	b := s.output[k]
	if b == nil {
		b = &bytes.Buffer{}
		s.output[k] = b
	}
	return b
}

// show prints what failed with its output, and for a package what its tests
// printed that never ended: a panic or a timeout stands there.
func (s *sum) show(o outcome, build string, out io.Writer) error {
	var text bytes.Buffer
	name := strings.TrimSpace(o.pkg + " " + o.test)
	fmt.Fprintf(&text, "FAIL  %-64s %7.1f s\n", name, o.elapsed.Seconds())
	if b := s.output[key{build, ""}]; b != nil && build != "" {
		text.Write(b.Bytes())
	}
	if o.test == "" {
		for _, r := range s.running {
			if r.pkg == o.pkg && r.test != "" {
				fmt.Fprintf(&text, "--- did not end: %s\n%s", r.test, s.buffer(r))
			}
		}
		s.running = slices.DeleteFunc(s.running, func(r key) bool { return r.pkg == o.pkg })
	}
	text.Write(s.buffer(o.key).Bytes())
	_, err := out.Write(text.Bytes())
	return err
}
