package main

import (
	"bytes"
	"strings"
	"testing"
)

const start = `{"Time":"2026-01-02T03:04:05Z","Action":"start","Package":"m/a"}`

func TestSum(t *testing.T) {
	for name, c := range map[string]struct {
		in   []string
		ok   bool
		want []string // what must be in the output, in this order
	}{
		"passes": {
			in: []string{
				start,
				`{"Action":"run","Package":"m/a","Test":"TestX"}`,
				`{"Action":"output","Package":"m/a","Test":"TestX","Output":"quiet\n"}`,
				`{"Action":"pass","Package":"m/a","Test":"TestX","Elapsed":0.5}`,
				`{"Time":"2026-01-02T03:04:12Z","Action":"pass","Package":"m/a","Elapsed":7}`,
			},
			ok:   true,
			want: []string{"ok    m/a", "7.0 s", "slowest packages:", "go test: PASS: 1 tests passed, 0 failed, 0 skipped; 1 packages ok, 0 failed; 7s"},
		},
		"a test fails": {
			in: []string{
				start,
				`{"Action":"run","Package":"m/a","Test":"TestX"}`,
				`{"Action":"output","Package":"m/a","Test":"TestX","Output":"x_test.go:3: got 1\n"}`,
				`{"Action":"fail","Package":"m/a","Test":"TestX"}`,
				`{"Action":"fail","Package":"m/a"}`,
			},
			want: []string{"FAIL  m/a TestX", "x_test.go:3: got 1", "failed:", "m/a TestX", "go test: FAIL: 0 tests passed, 1 failed, 0 skipped; 0 packages ok, 1 failed"},
		},
		"a test hangs": {
			in: []string{
				start,
				`{"Action":"run","Package":"m/a","Test":"TestX"}`,
				`{"Action":"output","Package":"m/a","Test":"TestX","Output":"panic: test timed out\n"}`,
				`{"Action":"fail","Package":"m/a","Elapsed":480}`,
			},
			want: []string{"FAIL  m/a", "did not end: TestX", "panic: test timed out", "go test: FAIL"},
		},
		"does not build": {
			in: []string{
				`{"ImportPath":"m/a [m/a.test]","Action":"build-output","Output":"a_test.go:1: undefined: y\n"}`,
				`{"ImportPath":"m/a [m/a.test]","Action":"build-fail"}`,
				start,
				`{"Action":"fail","Package":"m/a","FailedBuild":"m/a [m/a.test]"}`,
			},
			want: []string{"FAIL  m/a", "undefined: y", "go test: FAIL: 0 tests passed, 0 failed, 0 skipped; 0 packages ok, 1 failed"},
		},
		"cut off": {
			in: []string{
				start,
				`{"Action":"run","Package":"m/a","Test":"TestX"}`,
				`{"Action":"pass","Package":"m/a","Test":"TestX"}`,
			},
			want: []string{"did not end:", "  m/a", "go test: FAIL: 1 tests passed"},
		},
		"nothing ran": {
			in: []string{
				start,
				`{"Action":"output","Package":"m/a","Output":"?   m/a [no test files]\n"}`,
				`{"Action":"skip","Package":"m/a"}`,
			},
			want: []string{"packages without tests:", "m/a", "go test: FAIL (no test ran)"},
		},
		"nothing at all": {want: []string{"go test: FAIL (no test ran)"}},
		"a skipped test is named": {
			in: []string{
				start,
				`{"Action":"skip","Package":"m/a","Test":"TestX"}`,
				`{"Action":"pass","Package":"m/a","Test":"TestY"}`,
				`{"Action":"pass","Package":"m/a"}`,
			},
			ok:   true,
			want: []string{"skipped:", "m/a TestX", "go test: PASS: 1 tests passed, 0 failed, 1 skipped"},
		},
		"what the go command says": {
			in:   []string{`go: cannot find main module`},
			want: []string{"go: cannot find main module", "go test: FAIL (no test ran)"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var s sum
			var out bytes.Buffer
			if err := s.read(strings.NewReader(strings.Join(c.in, "\n")), &out); err != nil {
				t.Fatal(err)
			}
			if ok := s.report(&out); ok != c.ok {
				t.Errorf("report says %v", ok)
			}
			inOrder(t, out.String(), c.want)
			if strings.Contains(out.String(), "quiet") {
				t.Error("the output of a test that passed is shown")
			}
		})
	}
}

func TestEndlessLine(t *testing.T) {
	var s sum
	var out bytes.Buffer
	if err := s.read(strings.NewReader(strings.Repeat("x", maxLine+1)), &out); err == nil {
		t.Error("a line without an end is read")
	}
}
