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

func (k key) String() string { return strings.TrimSpace(k.pkg + " " + k.test) }

// How a test or a package ended.
const (
	passed   = "pass"
	failed   = "fail"
	skipped  = "skip"
	untested = "untested" // a package without tests
)

type outcome struct {
	key

	how     string
	elapsed time.Duration
}

// A sum is what was seen so far.
type sum struct {
	ended      []outcome // tests, subtests and packages
	running    []key     // started and not ended, in order
	unstable   []key     // passed when run again
	signs      map[string]signs
	output     map[key]*bytes.Buffer
	start, end time.Time
	code       int // what the go command exited with
}

// maxLine bounds a line of output of a test, which is one line here too.
const maxLine = 16 << 20

// read takes all of in. Lines that are not JSON, which the go command prints
// when it fails before it tests anything, go to out as they are.
func (s *sum) read(in io.Reader, out io.Writer) error {
	s.output, s.signs = map[key]*bytes.Buffer{}, map[string]signs{}
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
	s.signs[e.Package] = s.signs[e.Package].with(e)
	switch e.Action {
	case "start", "run":
		s.running = append(s.running, k)
	case "output":
		s.buffer(k).WriteString(e.Output)
	case "build-output":
		s.buffer(key{e.ImportPath, ""}).WriteString(e.Output)
	case passed, failed, skipped: // others are pause, cont, bench, build-fail
		return s.finish(k, e, out)
	}
	return nil
}

func (s *sum) finish(k key, e entry, out io.Writer) error {
	s.running = slices.DeleteFunc(s.running, func(r key) bool { return r == k })
	o := outcome{k, e.Action, time.Duration(e.Elapsed * float64(time.Second))}
	var err error
	switch {
	case o.how == failed:
		err = s.show(o, e.FailedBuild, out)
	case e.Test != "":
	case o.how == skipped || strings.Contains(s.buffer(k).String(), "[no test"):
		o.how = untested
	default:
		_, err = fmt.Fprintf(out, "ok    %-64s %7.1f s\n", e.Package, e.Elapsed)
	}
	s.ended = append(s.ended, o)
	if e.Test == "" || o.how == passed {
		delete(s.output, k)
	}
	return err
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
	fmt.Fprintf(&text, "FAIL  %-64s %7.1f s\n", o.key, o.elapsed.Seconds())
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
