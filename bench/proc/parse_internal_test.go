package proc

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

func TestParseCPU(t *testing.T) {
	for name, c := range map[string]struct {
		stat string
		want time.Duration
		ok   bool
	}{
		"plain":            {"42 (bot) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 9 0 1", 3 * time.Second, true},
		"a name with both": {"42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 7 3 0 0 20 0 9 0 1", 100 * time.Millisecond, true},
		"cut off":          {"42 (bot) S 1", 0, false},
		"no numbers":       {"42 (bot) S 1 42 42 0 -1 4194560 100 0 0 0 x y 0 0 20", 0, false},
		"empty":            {"", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseCPU(c.stat)
			if got != c.want || (err == nil) != c.ok {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestParseRSS(t *testing.T) {
	got, err := parseRSS("Name:\tbot\nVmRSS:\t  900 kB\nRssAnon:\t    500 kB\nRssFile:\t  400 kB\n")
	if err != nil || got != 500<<10 {
		t.Errorf("got %d, %v", got, err)
	}
	for _, bad := range []string{"", "RssAnon:\tmany kB\n"} {
		if _, err := parseRSS(bad); err == nil {
			t.Errorf("%q has an RSS", bad)
		}
	}
}

func TestMetric(t *testing.T) {
	text := "# HELP go_goroutines x\ngo_goroutines 12\ngo_goroutines_total 99\ngo_heap 2.5e+06\n"
	for name, want := range map[string]float64{"go_goroutines": 12, "go_heap": 2.5e6} {
		if got, err := metric(text, name); err != nil || got != want {
			t.Errorf("%s is %v, %v", name, got, err)
		}
	}
	if _, err := metric(text, "go"); err == nil {
		t.Error("the beginning of a name is a name")
	}
}

func TestOutputKeepsTheEnd(t *testing.T) {
	var o output
	for range 3 {
		if n, err := o.Write([]byte(strings.Repeat("a", kept/2))); n != kept/2 || err != nil {
			t.Fatal(n, err)
		}
	}
	_, _ = o.Write([]byte("the end"))
	if s := o.String(); len(s) > kept || !strings.HasSuffix(s, "the end") {
		t.Errorf("%d bytes are kept", len(s))
	}
}

func TestProcess(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	p, err := Start(sh, t.TempDir(), []string{"WORD=hello"}, "-c", `echo "$WORD $HOME"; while :; do sleep 1; done`)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Until(t.Context(), "it speaks", func() bool { return strings.Contains(p.Output(), "hello /") }); err != nil {
		t.Error(err)
	}
	if _, err := p.CPU(); err != nil {
		t.Error(err)
	}
	if n, err := p.RSS(); err != nil || n <= 0 {
		t.Errorf("it holds %d bytes, %v", n, err)
	}
	if err := p.Stop(); err != nil {
		t.Errorf("it was told to stop: %v", err)
	}
}

func TestProcessThatEnds(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no shell")
	}
	p, err := Start(sh, t.TempDir(), nil, "-c", "echo broken >&2; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Until(t.Context(), "never", func() bool { return false }); err == nil || !strings.Contains(err.Error(), "broken") {
		t.Errorf("got %v", err)
	}
	if err := p.Stop(); err == nil {
		t.Error("its exit code is forgotten")
	}
}

func TestOwnCPU(t *testing.T) {
	before, err := OwnCPU()
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if now, err := OwnCPU(); err == nil && now > before {
			return
		}
	}
	t.Error("time passes and no processor time does")
}
