package cli_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/httpapi"
)

// lines collects what is written and lets a test wait for it.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
	more chan struct{}
}

func newLines() *lines { return &lines{more: make(chan struct{}, 1)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.more <- struct{}{}:
	default:
	}
	return l.text.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *lines) wait(t *testing.T, part string) {
	t.Helper()
	deadline := time.After(time.Minute)
	for !strings.Contains(l.String(), part) {
		select {
		case <-l.more:
		case <-deadline:
			t.Fatalf("no %q in %q", part, l)
		}
	}
}

// A tail outlives the daemon that it reads from: nothing is lost, nothing
// comes twice, and Ctrl-C ends it with 130.
func TestTailOutlivesTheDaemon(t *testing.T) {
	dir, err := os.MkdirTemp("", "rs")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "s.sock")
	serve := func(events int) (stop func()) {
		b := newBackend("")
		b.events = b.events[:events]
		ln, err := httpapi.ListenUnix(path)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- httpapi.New(httpapi.Options{Backend: b}).Serve(ctx, ln) }()
		return func() {
			cancel()
			if err := <-done; err != nil {
				t.Errorf("serve: %v", err)
			}
		}
	}
	stop := serve(5)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	out, talk, code := newLines(), newLines(), make(chan int, 1)
	go func() {
		code <- cli.Run(ctx, []string{"events", "tail", "--after", "0", "-o", "name"}, cli.IO{
			Env: []string{"PLATFORM_SOCKET=" + path}, Stdout: out, Stderr: talk,
		})
	}()
	out.wait(t, "e-5\n")
	stop()
	talk.wait(t, "connecting again")
	defer serve(12)()
	out.wait(t, "e-12\n")
	interrupt()
	select {
	case got := <-code:
		if got != 130 {
			t.Errorf("exit code %d", got)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
	var want []string
	for i := range 12 {
		want = append(want, fmt.Sprintf("e-%d", i+1))
	}
	if got := strings.Fields(out.String()); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestTailOfNothing(t *testing.T) {
	code, _, talk := run(t.Context(), t, []string{"PLATFORM_SOCKET=/nowhere"}, "events", "tail")
	if code != 7 || !strings.Contains(talk, "no daemon listens at /nowhere") {
		t.Errorf("%d %s", code, talk)
	}
}

// Without a place to begin, a tail begins behind what is there.
func TestTailBeginsWithWhatComes(t *testing.T) {
	dir, err := os.MkdirTemp("", "tb")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	env := []string{"PLATFORM_SOCKET=" + daemon(t, newBackend(""), dir, "s.sock")}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	code, out, _ := run(ctx, t, env, "events", "tail")
	if code != 130 || out != "" {
		t.Errorf("%d %q", code, out)
	}
}
