package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
)

func TestMain(m *testing.M) {
	code := m.Run()
	e2e.Clean()
	os.Exit(code)
}

// screen is written while a test reads it.
type screen struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func TestClusterComesUpAndEnds(t *testing.T) {
	bin := filepath.Dir(e2e.Binary(t, "platformd"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out screen
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"--bin", bin, "--audio", "1", "--gateways", "1", "--nodes", "1"}, &out)
	}()
	await := func(text string) {
		e2e.Until(t, upWithin, text+" is said", func(context.Context) bool {
			select {
			case err := <-done:
				t.Fatalf("it ended: %v\n%s", err, out.String())
			default:
			}
			return strings.Contains(out.String(), text)
		})
	}
	await("forgets it")
	home := regexp.MustCompile(`logs +(\S+)`).FindStringSubmatch(out.String())
	if home == nil {
		t.Fatalf("it does not say where the logs are:\n%s", out.String())
	}
	// Whoever is killed is named, and nobody starts it again.
	pids := regexp.MustCompile(`(?m)^  ([a-z]+-1|sim) +(\d+)$`).FindAllStringSubmatch(out.String(), -1)
	if len(pids) != 5 {
		t.Fatalf("%d processes are listed:\n%s", len(pids), out.String())
	}
	kill(t, pids[1][2], syscall.SIGKILL)
	await(pids[1][1] + " (pid " + pids[1][2] + ") ended: signal: killed")
	// Who is frozen is ended all the same.
	kill(t, pids[2][2], syscall.SIGSTOP)
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(2 * endWithin):
		t.Fatal("it does not end")
	}
	if _, err := os.Stat(home[1]); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", home[1], err)
	}
}

func kill(t *testing.T, pid string, what syscall.Signal) {
	t.Helper()
	n := 0
	for _, r := range pid {
		n = 10*n + int(r-'0')
	}
	if err := syscall.Kill(n, what); err != nil {
		t.Fatal(err)
	}
}

func TestWhatIsNoCluster(t *testing.T) {
	for name, args := range map[string][]string{
		"no audio":      {"--audio", "0"},
		"too many":      {"--gateways", "33"},
		"no such flag":  {"--what"},
		"no such place": {"--bin", filepath.Join(t.TempDir(), "nowhere")},
	} {
		t.Run(name, func(t *testing.T) {
			var out screen
			if err := run(t.Context(), args, &out); err == nil {
				t.Error("it is begun")
			}
		})
	}
}
