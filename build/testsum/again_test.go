package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module writes a module m with these files below a directory of its own.
func module(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files = maps.Clone(files)
	files["go.mod"] = "module m\n\ngo 1.26\n"
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// nth is a file of a test package: nth(name) tells how often it was called for
// that name, over all runs of the package.
const nth = `package x

import "os"

func nth(name string) int {
	f, err := os.OpenFile("runs-"+name+".txt", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		panic(err)
	}
	f.Write([]byte{1})
	i, err := f.Stat()
	if err != nil {
		panic(err)
	}
	return int(i.Size())
}
`

func tests(body string) string {
	return "package x\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nvar _ = os.Exit\n\n" + body
}

// sums runs testsum with the real go command over a module of such packages, and
// returns its exit code, what it printed and the list of unstable tests.
func sums(t *testing.T, rerun string, race bool, packages map[string]string) (code int, out, unstable string) {
	t.Helper()
	t.Setenv("GOFLAGS", "")
	t.Setenv("GOWORK", "off")
	files := map[string]string{}
	for name, body := range packages {
		files[name+"/x_test.go"], files[name+"/nth_test.go"] = tests(body), nth
	}
	dir := module(t, files)
	list := filepath.Join(dir, "unstable")
	args := []string{"-rerun", rerun, "-unstable", list, "go", "-C", dir, "test", "-json"}
	if race {
		args = append(args, "-race")
	}
	var text, errs bytes.Buffer
	code = run(append(args, "--", "./..."), &text, &errs)
	if errs.Len() > 0 {
		t.Log(errs.String())
	}
	b, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	return code, text.String(), string(b)
}

const (
	good   = "func TestGood(t *testing.T) {}\n"
	second = "func TestSecond(t *testing.T) { if n := nth(t.Name()); n < 2 { t.Error(\"run\", n) } }\n"
	never  = "func TestNever(t *testing.T) { nth(t.Name()); t.Error(\"never\") }\n"
)

func TestSecondLook(t *testing.T) {
	const racy = `func TestRacy(t *testing.T) {
	if nth(t.Name()) > 1 { return }
	n, done := 0, make(chan struct{})
	go func() { n++; close(done) }()
	n++
	<-done
}
`
	for name, c := range map[string]struct {
		rerun    string
		packages map[string]string
		code     int
		want     []string // what must be in the output, in this order
		not      string
		unstable string
	}{
		"nothing failed": {
			packages: map[string]string{"a": good},
			want:     []string{"ok    m/a", "go test: PASS: 1 tests passed, 0 failed, 0 skipped; 1 packages ok, 0 failed; "},
			not:      "second look",
		},
		"passes the second time": {
			packages: map[string]string{"a": good + second, "b": good},
			want: []string{
				"FAIL  m/a TestSecond", "run 1", "second look (1 of 2): -count=1 -run ^(TestSecond)$ m/a", "ok    m/a",
				"unstable (passed when run again):\n  m/a TestSecond\n", "go test: PASS: 3 tests passed, 0 failed, 0 skipped; 2 packages ok, 0 failed; 1 unstable; ",
			},
			not:      "second look (2",
			unstable: "m/a TestSecond\n",
		},
		"passes the third time": {
			packages: map[string]string{"a": strings.ReplaceAll(second, "< 2", "< 3")},
			want:     []string{"run 1", "second look (1 of 2)", "run 2", "second look (2 of 2)", "unstable (", "go test: PASS: 1 tests passed, 0 failed"},
			unstable: "m/a TestSecond\n",
		},
		"fails each time": {
			packages: map[string]string{"a": good + never, "b": second},
			code:     1,
			want: []string{
				"second look (2 of 2): -count=1 -run ^(TestNever)$ m/a", "unstable (passed when run again):\n  m/b TestSecond\n", "failed:\n",
				"go test: FAIL: 2 tests passed, 1 failed, 0 skipped; 1 packages ok, 1 failed; 1 unstable; ",
			},
			unstable: "m/b TestSecond\n",
		},
		"a package passes its second look whole or not at all": {
			packages: map[string]string{"a": second + never},
			code:     1,
			want:     []string{"-run ^(TestSecond|TestNever)$ m/a", "go test: FAIL: 0 tests passed, 2 failed"},
		},
		"subtests go with their test": {
			packages: map[string]string{"a": "func TestX(t *testing.T) { n := nth(\"x\"); t.Run(\"is\", func(t *testing.T) { if n < 2 { t.Error() } }); t.Run(\"too\", TestGood) }\n" + good},
			want:     []string{"-run ^(TestX)$ m/a", "  m/a TestX\n", "go test: PASS: 4 tests passed, 0 failed"},
			unstable: "m/a TestX\n",
		},
		"switched off": {
			rerun:    "0",
			packages: map[string]string{"a": second},
			code:     1,
			want:     []string{"go test: FAIL: 0 tests passed, 1 failed"},
			not:      "second look",
		},
		"one that is skipped the second time has not passed": {
			packages: map[string]string{"a": "func TestX(t *testing.T) { if nth(\"x\") > 1 { t.Skip() }; t.Error() }\n" + good},
			code:     1,
			want:     []string{"go test: FAIL: 1 tests passed, 1 failed, 0 skipped"},
		},
		"a panic leaves tests out, so all run again": {
			packages: map[string]string{"a": "func TestA(t *testing.T) { if nth(\"a\") < 2 { panic(\"first\") } }\n" + good},
			want:     []string{"panic: first", "second look (1 of 1): -count=1 m/a", "unstable (passed when run again):\n  m/a\n", "go test: PASS: 2 tests passed, 0 failed, 0 skipped; 1 packages ok, 0 failed; 1 unstable; "},
			unstable: "m/a\n",
		},
		"a package that fails after its tests": {
			packages: map[string]string{"a": "func TestMain(m *testing.M) { c := m.Run(); if nth(\"m\") < 2 { c = 1 }; os.Exit(c) }\n" + good},
			want:     []string{"second look (1 of 1): -count=1 m/a", "go test: PASS: 1 tests passed, 0 failed, 0 skipped; 1 packages ok, 0 failed; 1 unstable; "},
			unstable: "m/a\n",
		},
		"a package gets one look": {
			packages: map[string]string{"a": "func TestMain(m *testing.M) { c := m.Run(); if nth(\"m\") < 3 { c = 1 }; os.Exit(c) }\n" + good},
			code:     1,
			want:     []string{"second look (1 of 1)", "go test: FAIL: 1 tests passed, 0 failed, 0 skipped; 0 packages ok, 1 failed; "},
		},
		"a race is never forgiven": {
			packages: map[string]string{"a": racy, "b": second},
			code:     1,
			want:     []string{"WARNING: DATA RACE", "no second look: m/a has a data race", "go test: FAIL: 0 tests passed, 2 failed"},
			not:      "second look (",
		},
		"a race in the second look ends it": {
			packages: map[string]string{"a": strings.Replace(racy, "if nth(t.Name()) > 1 { return }", "if n := nth(t.Name()); n == 1 { t.FailNow() } else if n == 3 { return }", 1)},
			code:     1,
			want:     []string{"second look (1 of 2)", "WARNING: DATA RACE", "go test: FAIL: 0 tests passed, 1 failed"},
			not:      "second look (2",
		},
		"what does not build is never forgiven": {
			packages: map[string]string{"a": "func TestX(t *testing.T) { undefined() }\n", "b": second},
			code:     1,
			want:     []string{"undefined: undefined", "no second look: m/a does not build", "go test: FAIL"},
			not:      "second look (",
		},
		"too many tests": {
			packages: map[string]string{"a": copies(second, 3), "b": copies(second, 4)},
			code:     1,
			want:     []string{"no second look: too much failed: 7 tests and 0 whole packages", "go test: FAIL: 0 tests passed, 7 failed"},
		},
		"as many as may be": {
			packages: map[string]string{"a": copies(second, 3), "b": copies(second, 3)},
			want:     []string{"go test: PASS: 6 tests passed, 0 failed, 0 skipped; 2 packages ok, 0 failed; 6 unstable; "},
			unstable: "m/a TestSecond0\nm/a TestSecond1\nm/a TestSecond2\nm/b TestSecond0\nm/b TestSecond1\nm/b TestSecond2\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.rerun == "" {
				c.rerun = "2"
			}
			code, out, unstable := sums(t, c.rerun, strings.Contains(name, "race"), c.packages)
			if code != c.code {
				t.Errorf("exits with %d", code)
			}
			inOrder(t, out, c.want)
			if c.not != "" && strings.Contains(out, c.not) {
				t.Errorf("%q is in\n%s", c.not, out)
			}
			if lines := slices.Sorted(strings.Lines(unstable)); strings.Join(lines, "") != c.unstable {
				t.Errorf("unstable are %q", unstable)
			}
		})
	}
}

func copies(test string, n int) string {
	var all strings.Builder
	for i := range n {
		all.WriteString(strings.Replace(test, "TestSecond", "TestSecond"+string(rune('0'+i)), 1))
	}
	return all.String()
}

func inOrder(t *testing.T, out string, want []string) {
	t.Helper()
	rest := out
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("no %q, in this order, in\n%s", w, out)
		}
		rest = after
	}
}
