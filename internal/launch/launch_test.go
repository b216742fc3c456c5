package launch_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/launch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; go test -update writes it anew. Got:\n%s", name, got)
	}
}

// output is written by one goroutine and read by another.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func run(ctx context.Context, dir string, args ...string) (code int, stdout, stderr *output) {
	stdout, stderr = &output{}, &output{}
	code = launch.Run(ctx, args, io(dir, stdout, stderr))
	return code, stdout, stderr
}

func io(dir string, stdout, stderr *output) launch.IO {
	return launch.IO{
		Env:    []string{"XDG_STATE_HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "HOME=" + dir},
		Stdout: stdout, Stderr: stderr, Build: cli.Build{Version: "v1.2.3", Commit: "abc"},
	}
}

func TestHelp(t *testing.T) {
	for name, args := range map[string][]string{"help.txt": {"--help"}, "sim-help.txt": {"sim", "--help"}} {
		code, out, errs := run(t.Context(), t.TempDir(), args...)
		if code != 0 || errs.String() != "" {
			t.Errorf("%v: %d %s", args, code, errs)
		}
		golden(t, name, out.String())
	}
}

func TestVersion(t *testing.T) {
	if code, out, _ := run(t.Context(), t.TempDir(), "version"); code != 0 || out.String() != "platformd v1.2.3 abc\n" {
		t.Errorf("%d %s", code, out)
	}
}

func TestWhatIsRefused(t *testing.T) {
	const nobody = "127.0.0.1:1" // a free port could be taken by the time it is tried
	bad := filepath.Join(t.TempDir(), "bad.yaml")
	if err := os.WriteFile(bad, []byte("listen: 12\nnonsense: true\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says []string
	}{
		{"a flag that is none", []string{"--nonsense"}, 2, []string{"--nonsense", "next: platformd --help"}},
		{"an argument", []string{"start"}, 2, []string{"start", "next:"}},
		{"a role that is none", []string{"--roles", "audio,cook"}, 2, []string{"cook", "--roles"}},
		{"a level that is none", []string{"--sandbox", "--log-level", "loud"}, 2, []string{"loud", "next:"}},
		{"a file that is not there", []string{"--config", "/nowhere/file.yaml"}, 0, []string{"/nowhere/file.yaml"}},
		{"a file with nonsense", []string{"--config", bad}, 2, []string{"nonsense"}},
		{"no sandbox at the address", []string{"--sandbox=" + nobody}, 7, []string{nobody, "next: start one with: platformd sim --listen " + nobody}},
		{"an empty address of a sandbox", []string{"--sandbox="}, 2, []string{"--sandbox", "next:"}},
		{"no bot", []string{"--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0"}, 2, []string{"DISCORD_TOKEN"}},
		{"simulators for everybody", []string{"sim", "--listen", "0.0.0.0:0"}, 2, []string{"loopback", "next:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			code, out, errs := run(ctx, t.TempDir(), c.args...)
			if code == 0 || c.code != 0 && code != c.code || out.String() != "" {
				t.Errorf("exit code %d, want %d; said %q", code, c.code, out)
			}
			for _, s := range c.says {
				if !strings.Contains(errs.String(), s) {
					t.Errorf("it does not say %q:\n%s", s, errs)
				}
			}
		})
	}
}

// plain replaces what differs from run to run.
func plain(s, dir string) string {
	s = strings.ReplaceAll(s, dir, "DIR")
	s = regexp.MustCompile(`pid \d+`).ReplaceAllString(s, "pid N")
	return regexp.MustCompile(`127\.0\.0\.1:\d+`).ReplaceAllString(s, "127.0.0.1:PORT")
}

// begin runs a command line until the returned function ends it, and waits
// until it has said something.
func begin(t *testing.T, dir, until string, args ...string) (stdout, stderr *output, end func() int) {
	t.Helper()
	stdout, stderr = &output{}, &output{}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	done := make(chan int, 1)
	go func() { done <- launch.Run(ctx, args, io(dir, stdout, stderr)) }()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); !strings.Contains(stdout.String(), until); {
		select {
		case code := <-done:
			t.Fatalf("it ended with %d: %s", code, stderr)
		case <-tick.C:
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not come up: %s %s", stdout, stderr)
		}
	}
	return stdout, stderr, func() int { cancel(); return <-done }
}

func TestSandboxInside(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--sandbox", "--log-level", "warn"}
	out, _, end := begin(t, dir, "Ctrl-C", args...)
	golden(t, "sandbox.txt", plain(out.String(), dir))
	if code, _, errs := run(t.Context(), dir, args...); code == 0 || !strings.Contains(errs.String(), "in use") {
		t.Errorf("a second one: %d %s", code, errs)
	}
	if code := end(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "platform", "sandbox"))
	if err != nil || len(entries) == 0 {
		t.Errorf("its directory: %v %v", entries, err)
	}
}

func TestSandboxApart(t *testing.T) {
	dir := t.TempDir()
	sim, _, endSim := begin(t, dir, "Go on with", "sim", "--data-dir", filepath.Join(dir, "world"))
	golden(t, "sim.txt", plain(sim.String(), dir))
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(sim.String())
	// The flags go to the configuration, wherever they stand in it.
	out, _, end := begin(t, dir, "Ctrl-C", "--sandbox="+address, "--data-dir", filepath.Join(dir, "elsewhere"),
		"--socket", filepath.Join(dir, "my.sock"), "--roles", "api,worker", "--operations-listen", "", "--log-format", "json")
	for _, want := range []string{filepath.Join(dir, "elsewhere"), filepath.Join(dir, "my.sock"), address} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %s:\n%s", want, out)
		}
	}
	// Nobody plays in this process, and nobody is told to let it play.
	if strings.Contains(out.String(), "sandbox send") || !strings.Contains(out.String(), "needs the roles gateway and audio") {
		t.Errorf("it leads nowhere:\n%s", out)
	}
	if strings.Contains(out.String(), "operations") {
		t.Errorf("a listener that was turned off:\n%s", out)
	}
	if code := end(); code != 0 {
		t.Errorf("the daemon ended with %d", code)
	}
	if code := endSim(); code != 0 {
		t.Errorf("the simulators ended with %d", code)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	dir := t.TempDir()
	_, errs, end := begin(t, dir, "Ctrl-C", "--sandbox", "--log-level", "debug")
	raw, err := os.ReadFile(filepath.Join(dir, "platform", "sandbox", "sandbox", "world.json"))
	if err != nil {
		t.Fatal(err)
	}
	token := regexp.MustCompile(`"token": ?"([^"]+)"`).FindSubmatch(raw)
	if token == nil {
		t.Fatal("the world has no bot")
	}
	if code := end(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	for _, s := range []string{string(token[1]), "sandbox-only"} {
		if strings.Contains(errs.String(), s) {
			t.Errorf("a secret was logged:\n%s", errs)
		}
	}
}
