package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// printed is what `go test -bench` printed once.
const printed = `goos: linux
goarch: amd64
pkg: example/event
BenchmarkEncode/ours-2         	 9950000	       100.0 ns/op	       512 B/event	       0 B/op	       0 allocs/op
BenchmarkEncode/encoding/json-2	  500000	      1800 ns/op	     1024 B/op	       9 allocs/op
BenchmarkGroupCommit/sqlite/journal/waiters 	      20	  50000000 ns/op	     18300 grouped/s	         9.77 ratio
PASS
ok  	example/event	2.1s
`

func fakeEnv(out string, err error) env {
	return env{runGo: func(...string) ([]byte, error) { return []byte(out), err }, rounds: 1, time: time.Second, events: 8_000, players: 200}
}

func TestParse(t *testing.T) {
	got := parse([]byte(printed))
	if len(got) != 3 {
		t.Fatalf("%d results: %v", len(got), got)
	}
	if v := got["BenchmarkEncode/encoding/json"]["ns/op"]; v != 1800 {
		t.Errorf("the peer takes %v ns", v)
	}
	if v := got["BenchmarkGroupCommit/sqlite/journal/waiters"]["ratio"]; v != 9.77 {
		t.Errorf("the ratio is %v", v)
	}
}

func TestPattern(t *testing.T) {
	if got, want := pattern("BenchmarkEncode/encoding/json"), "^BenchmarkEncode$/^encoding$/^json$"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestKinds(t *testing.T) {
	e := fakeEnv(printed, nil)
	for name, c := range map[string]struct {
		run          func(env) (float64, float64, error)
		value, ratio float64
		fails        string
	}{
		"per second":  {perSecond(bench{name: "BenchmarkEncode/ours"}), 1e7, 0, ""},
		"a peer":      {against(bench{name: "BenchmarkEncode/ours"}, "BenchmarkEncode/encoding/json"), 1e7, 18, ""},
		"own figures": {metrics(bench{name: "BenchmarkGroupCommit/sqlite/journal/waiters"}, "grouped/s", "ratio"), 18300, 9.77, ""},
		"no such":     {perSecond(bench{pkg: "./p", name: "BenchmarkGone"}), 0, 0, "./p has no benchmark BenchmarkGone"},
		"no peer":     {against(bench{pkg: "./p", name: "BenchmarkEncode/ours"}, "BenchmarkGone"), 0, 0, "no benchmark BenchmarkGone"},
		"no figure":   {metrics(bench{name: "BenchmarkEncode/ours"}, "grouped/s", "ratio"), 0, 0, "reports no grouped/s"},
	} {
		t.Run(name, func(t *testing.T) {
			value, ratio, err := c.run(e)
			if c.fails != "" {
				if err == nil || !strings.Contains(err.Error(), c.fails) {
					t.Fatalf("error %v, want %q in it", err, c.fails)
				}
				return
			}
			if err != nil || value != c.value || ratio != c.ratio {
				t.Errorf("got %v, %v, %v; want %v, %v", value, ratio, err, c.value, c.ratio)
			}
		})
	}
	if _, _, err := perSecond(bench{name: "BenchmarkX"})(fakeEnv("undefined: y", errors.New("exit status 1"))); err == nil || !strings.Contains(err.Error(), "undefined: y") {
		t.Errorf("a benchmark that does not build: %v", err)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 4}, 4}, {[]float64{4, 1}, 2.5}} {
		if got := median(c.values); got != c.want {
			t.Errorf("the median of %v is %v", c.values, got)
		}
	}
}

func TestGoals(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		goal         goal
		value, ratio float64
		text         string
		met          *bool
	}{
		"none":              {goal{}, 5, 5, "-", nil},
		"a ratio reached":   {goal{ratio: 10}, 1, 10, ">= 10x", &yes},
		"a ratio missed":    {goal{ratio: 10}, 1e9, 9.99, ">= 10x", &no},
		"a share kept":      {goal{ratio: 1, below: true}, 9, 1, "<= 1x", &yes},
		"a share exceeded":  {goal{ratio: 1, below: true}, 9, 1.01, "<= 1x", &no},
		"no share":          {goal{ratio: 1, below: true}, 9, 0, "<= 1x", &no},
		"a rate reached":    {goal{value: 1e6}, 1e6, 0, ">= 1.00M", &yes},
		"a rate missed":     {goal{value: 1e6}, 999_999, 0, ">= 1.00M", &no},
		"a time reached":    {goal{value: 300, below: true}, 300, 0, "<= 300", &yes},
		"a time missed":     {goal{value: 50, below: true}, 51, 0, "<= 50", &no},
		"no time is no win": {goal{value: 50, below: true}, 0, 0, "<= 50", &no},
		"nothing is lost":   {goal{none: true}, 0, 0, "0", &yes},
		"one is lost":       {goal{none: true}, 1, 0, "0", &no},
		"no gap at all":     {goal{value: 1000, none: true}, 0, 0, "<= 1000", &yes},
		"a gap too long":    {goal{value: 1000, none: true}, 1001, 0, "<= 1000", &no},
	} {
		t.Run(name, func(t *testing.T) {
			if got := c.goal.String(); got != c.text {
				t.Errorf("shown as %q, want %q", got, c.text)
			}
			got := c.goal.met(c.value, c.ratio)
			if (got == nil) != (c.met == nil) || got != nil && *got != *c.met {
				t.Errorf("met is %v", got)
			}
		})
	}
}

// fixed is a list of measurements that measure nothing.
func fixed() []measurement {
	of := func(value, ratio float64, err error) func(env) (float64, float64, error) {
		return func(env) (float64, float64, error) { return value, ratio, err }
	}
	return []measurement{
		{"fast", "ops/s", "", goal{value: 100}, of(123_456, 0, nil)},
		{"faster", "ops/s", "a peer", goal{ratio: 2}, of(1000, 3, nil)},
		{"slow", "ms", "", goal{value: 50, below: true}, of(80, 0, nil)},
		{"broken", "ms", "", goal{}, of(0, 0, errors.New("no such program"))},
	}
}

func TestRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(path, []byte(`[{"name":"gone","value":1},{"name":"slow","value":7,"commit":"old"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if err := run(&stdout, &stderr, fixed(), env{}, "fast", path, "abc"); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 3 || got[0]["name"] != "fast" || got[1]["name"] != "faster" || got[2]["name"] != "slow" || got[2]["commit"] != "old" {
		t.Fatalf("what was not measured stays, what is gone goes: %s", data)
	}
	if len(got[0]) != 8 || got[0]["peer"] != nil || got[0]["ratio"] != nil || got[0]["met"] != true || got[0]["value"] != 123_500.0 {
		t.Errorf("fast is %v", got[0])
	}
	if got[1]["peer"] != "a peer" || got[1]["ratio"] != 3.0 || got[1]["goal"] != ">= 2x" || got[1]["commit"] != "abc" {
		t.Errorf("faster is %v", got[1])
	}
	if !strings.Contains(stdout.String(), "3x     faster") {
		t.Errorf("ratios do not stand first:\n%s", stdout.String())
	}
}

func TestSelected(t *testing.T) {
	for only, want := range map[string]bool{"": true, "patch": true, "play-to-patch": true, "none,patch": true, "none": false, "none,other": false} {
		if got := selected("play-to-patch-p50", only); got != want {
			t.Errorf("%q selects it: %v", only, got)
		}
	}
}

func TestMeasureSync(t *testing.T) {
	dir := t.TempDir()
	took, err := measureSync(dir, 5)
	if err != nil || len(took) != 5 || slices.Min(took) <= 0 {
		t.Errorf("%v, %v", took, err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
	if _, err := measureSync(filepath.Join(dir, "none"), 1); err == nil {
		t.Error("a directory that is not there has syncs")
	}
}

func TestBest(t *testing.T) {
	s := &system{full: map[int][]float64{8: {100, 300, 200}, 24: {900, 10, 20}}, own: time.Second, sims: 3 * time.Second, commands: 500}
	if s.best() != 200 || s.cpu() != 2 || s.simsShare() != 75 {
		t.Errorf("best %v, %v ms a command, simulators %v %%", s.best(), s.cpu(), s.simsShare())
	}
}

// TestStore reads back what the daemon of the measurement finds.
func TestStore(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := store(t.Context(), dir, 40, 3); err != nil {
		t.Fatal(err)
	}
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "sqlite://" + filepath.Join(dir, "platform.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var found int
	for n := range sqlstore.DefaultPartitions {
		ids, err := db.Active(t.Context(), n)
		if err != nil {
			t.Fatal(err)
		}
		guilds, err := db.Load(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range guilds {
			found++
			if len(g.Players) != 1 || len(g.Players[0].Queue) != 3 || g.Players[0].Play == nil {
				t.Fatalf("guild %s was stored as %+v", g.ID, g)
			}
		}
	}
	if found != 40 {
		t.Errorf("%d guilds have work to do", found)
	}
}

func TestRunRefuses(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "results.json")
	if err := os.WriteFile(broken, []byte("not json"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ only, results, want string }{
		"a goal that is missed":         {"slow", "", "slow misses its goal <= 50"},
		"what cannot be measured":       {"broken", "", "broken was not measured: no such program"},
		"a name that nothing has":       {"nothing", "", "there are fast, faster, slow, broken"},
		"results that are not ours":     {"fast", broken, "is not a list of results"},
		"a directory that is not there": {"fast", filepath.Join(t.TempDir(), "x", "y.json"), "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			err := run(&stdout, &stderr, fixed(), env{}, c.only, c.results, "abc")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q in it", err, c.want)
			}
		})
	}
}

// TestEveryMeasurementIsThere keeps the table and the benchmarks together: a
// benchmark that was renamed is not found here, not only when someone measures.
func TestEveryMeasurementIsThere(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range measurements() {
		if seen[m.name] {
			t.Errorf("%s is there twice", m.name)
		}
		seen[m.name] = true
		if m.goal.ratio > 0 && m.peer == "" {
			t.Errorf("%s wants a ratio and names no peer", m.name)
		}
		if m.unit == "" || m.run == nil {
			t.Errorf("%s is not whole", m.name)
		}
		e := fakeEnv("", nil)
		e.bin = filepath.Join(t.TempDir(), "none") // nothing is started here
		e.runGo = func(args ...string) ([]byte, error) {
			pkg := args[len(args)-1]
			name, _, _ := strings.Cut(args[4], "/")
			if name = strings.Trim(name, "^$"); !hasBenchmark(t, filepath.Join("..", pkg), name) {
				t.Errorf("%s has no %s", pkg, name)
			}
			return []byte(printed), nil
		}
		_, _, _ = m.run(e)
	}
}

func hasBenchmark(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "func "+name+"(b *testing.B)") || strings.Contains(string(text), "func "+name+"(t *testing.T)") {
			return true
		}
	}
	return false
}
