package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// fakeGo is the variable that makes this test binary a go command: it names a
// directory whose files 1, 2, ... are what its calls print, "exit CODE" as their
// last line. What it was called with goes to the files args.1, args.2, ...
const fakeGo = "TESTSUM_TEST_GO"

func TestMain(m *testing.M) {
	if dir := os.Getenv(fakeGo); dir != "" {
		os.Exit(asGo(dir))
	}
	os.Exit(m.Run())
}

func asGo(dir string) int {
	n := 1
	for ; ; n++ {
		if _, err := os.Stat(filepath.Join(dir, "args."+strconv.Itoa(n))); err != nil {
			break
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "args."+strconv.Itoa(n)), []byte(strings.Join(os.Args[1:], " ")), 0o600); err != nil {
		return 97
	}
	said, err := os.ReadFile(filepath.Join(dir, strconv.Itoa(n)))
	if err != nil {
		return 98
	}
	text, exit, _ := strings.Cut(string(said), "exit ")
	if _, err := os.Stdout.WriteString(text); err != nil {
		return 99
	}
	code, err := strconv.Atoi(strings.TrimSpace(exit))
	if err != nil {
		return 96
	}
	return code
}

// fakes runs testsum with a go command that says this, call after call, and
// returns its exit code, what it printed, and what the go command was called with.
func fakes(t *testing.T, args []string, calls ...string) (code int, out string, called []string) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(fakeGo, dir)
	for i, c := range calls {
		if err := os.WriteFile(filepath.Join(dir, strconv.Itoa(i+1)), []byte(c), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var text, errs bytes.Buffer
	code = run(append(args, self, "test", "-json", "--", "./...", "m/z"), &text, &errs)
	if errs.Len() > 0 {
		t.Error(errs.String())
	}
	for n := 1; ; n++ {
		b, err := os.ReadFile(filepath.Join(dir, "args."+strconv.Itoa(n)))
		if err != nil {
			return code, text.String(), called
		}
		called = append(called, string(b))
	}
}

const (
	aPasses = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestX"}
{"Action":"pass","Package":"m/a","Test":"TestX"}
{"Action":"output","Package":"m/a","Output":"PASS\n"}
{"Action":"pass","Package":"m/a"}
`
	aHangs = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestX"}
{"Action":"output","Package":"m/a","Test":"TestX","Output":"panic: test timed out after 8m0s\n"}
{"Action":"output","Package":"m/a","Output":"FAIL\tm/a\t480.1s\n"}
{"Action":"fail","Package":"m/a"}
`
	aFails = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestX"}
{"Action":"fail","Package":"m/a","Test":"TestX"}
{"Action":"output","Package":"m/a","Output":"FAIL\n"}
{"Action":"fail","Package":"m/a"}
`
)

func TestCalls(t *testing.T) {
	for name, c := range map[string]struct {
		args  []string
		calls []string
		code  int
		want  []string
		times int // how often the go command is called
	}{
		"a test that hangs once": {
			calls: []string{aHangs + "exit 1", aPasses + "exit 0"},
			want:  []string{"did not end: TestX", "second look (1 of 1): -count=1 m/a", "unstable (passed when run again):\n  m/a\n", "go test: PASS: 1 tests passed, 0 failed"},
			times: 2,
		},
		"four packages that end early": {
			calls: []string{aHangs + strings.ReplaceAll(aHangs, "m/a", "m/b") + strings.ReplaceAll(aHangs, "m/a", "m/c") + strings.ReplaceAll(aHangs, "m/a", "m/d") + "exit 1"},
			code:  1,
			want:  []string{"no second look: too much failed: 0 tests and 4 whole packages", "go test: FAIL"},
			times: 1,
		},
		"a go command that is killed": {
			calls: []string{aFails + "exit 137"},
			code:  1,
			want:  []string{"no second look: go test did not come to its end (exit code 137)", "go test: FAIL: 0 tests passed, 1 failed"},
			times: 1,
		},
		"a go command that fails for no reason": {
			calls: []string{aPasses + "exit 1"},
			code:  1,
			want:  []string{"no second look: go test did not come to its end (exit code 1)", "go test: FAIL (exit code 1): 1 tests passed, 0 failed"},
			times: 1,
		},
		"a package that is cut off beside a test that failed": {
			calls: []string{aFails + `{"Action":"start","Package":"m/b"}` + "\nexit 1"},
			code:  1,
			want:  []string{"no second look: ", "did not end:\n  m/b", "go test: FAIL"},
			times: 1,
		},
		"a test that is gone the second time": {
			calls: []string{aFails + "exit 1", strings.ReplaceAll(aPasses, "TestX", "TestY") + "exit 0", `{"Action":"pass","Package":"m/a"}` + "\nexit 0"},
			code:  1,
			want:  []string{"go test: FAIL: 0 tests passed, 1 failed"},
			times: 3,
		},
		"a second look whose go command fails": {
			args:  []string{"-rerun", "1"},
			calls: []string{aFails + "exit 1", aPasses + "exit 2"},
			code:  1,
			want:  []string{"second look (1 of 1)", "go test: FAIL: 0 tests passed, 1 failed"},
			times: 2,
		},
		"a race of a test that passed, in a package that failed": {
			calls: []string{strings.Replace(aPasses, `{"Action":"pass","Package":"m/a","Test"`,
				`{"Action":"output","Package":"m/a","Test":"TestX","Output":"fatal error: concurrent map writes\n"}`+"\n"+`{"Action":"pass","Package":"m/a","Test"`, 1) + `{"Action":"fail","Package":"m/a"}` + "\nexit 1"},
			code:  1,
			want:  []string{"no second look: m/a has a data race", "go test: FAIL"},
			times: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, called := fakes(t, c.args, c.calls...)
			if code != c.code || len(called) != c.times {
				t.Errorf("exits with %d after %q", code, called)
			}
			inOrder(t, out, c.want)
			if called[0] != "test -json ./... m/z" {
				t.Errorf("the first call is %q", called[0])
			}
		})
	}
}

func TestUsage(t *testing.T) {
	for name, args := range map[string][]string{
		"nothing":         {},
		"no packages":     {"go", "test", "-json"},
		"none named":      {"go", "test", "--"},
		"no command":      {"--", "./..."},
		"unknown flag":    {"-x", "go", "test", "--", "./..."},
		"too many looks":  {"-rerun", "6", "go", "test", "--", "./..."},
		"a negative look": {"-rerun", "-1", "go", "test", "--", "./..."},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			if code := run(args, &out, &errs); code != 2 || !strings.Contains(errs.String(), "usage: testsum") || out.Len() > 0 {
				t.Errorf("exits with %d, says %q and %q", code, out.String(), errs.String())
			}
		})
	}
	var out, errs bytes.Buffer
	if code := run([]string{filepath.Join(t.TempDir(), "none"), "--", "./..."}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "cannot be started") {
		t.Errorf("a command that is not there: %d, %q", code, errs.String())
	}
	if code := run([]string{"-unstable", t.TempDir(), "go", "version", "--", "-m"}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "cannot be written") {
		t.Errorf("a list that cannot be written: %d, %q", code, errs.String())
	}
}
