package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// exitWithin is how long a process may take to end once it was told to.
const exitWithin = 30 * time.Second

// Process is one run of one of the programs.
type Process struct {
	tb       testing.TB
	name     string
	cmd      *exec.Cmd
	out, log buffer
	done     chan struct{}
	allowed  []string
	// told is true once it was told to end.
	told atomic.Bool
}

// Spec says what is run. Program is platformd or platformctl, which are built
// first, or the path of a program that is there, such as an older version. Env is added to a small environment of its own, Home
// is where it keeps what it was not told to keep elsewhere.
type Spec struct {
	Program string
	Args    []string
	Env     []string
	Home    string
	// UID runs it as another user where it is not 0.
	UID uint32
	// Allowed are parts of error records that the test means to cause.
	Allowed []string
}

// Start starts a process. When the test ends it is killed if it still runs, and
// the test fails if its log has a panic, a data race or an unexpected error.
func Start(tb testing.TB, s Spec) *Process {
	tb.Helper()
	p := &Process{tb: tb, name: s.Program, done: make(chan struct{}), allowed: s.Allowed}
	program := s.Program
	if !filepath.IsAbs(program) {
		program = Binary(tb, program)
	}
	p.cmd = exec.Command(program, s.Args...) //nolint:gosec // a program that we built
	p.cmd.Env = append([]string{"HOME=" + s.Home, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.Getenv("TMPDIR"), "LANG=C", "GORACE=atexit_sleep_ms=0", "KNOWNFAULT=" + knownFault()}, s.Env...)
	p.cmd.Dir = s.Home
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	if s.UID != 0 {
		p.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.UID, Gid: s.UID}}
	}
	if err := p.cmd.Start(); err != nil {
		tb.Fatalf("%s cannot be started: %v", s.Program, err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is read from ProcessState
		close(p.done)
	}()
	tb.Cleanup(func() {
		p.Kill()
		for _, bad := range p.Complaints() {
			tb.Errorf("%s (pid %d) wrote: %s", p.name, p.PID(), bad)
		}
		if tb.Failed() {
			tb.Logf("%s (pid %d) ended with %s; the end of its log:\n%s", p.name, p.PID(), p.cmd.ProcessState, tail(p.Log(), 6_000))
		}
	})
	return p
}

// PID is the process id.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Output is what it has written to its standard output so far.
func (p *Process) Output() string { return p.out.String() }

// Log is what it has written to its standard error so far.
func (p *Process) Log() string { return p.log.String() }

// Done is closed when it has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Kill ends it as kill -9 does and waits until it is gone.
func (p *Process) Kill() {
	p.told.Store(true)
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.done
}

// Stop asks it to end, as Ctrl-C does, and returns its exit code and how long
// it took. A process that does not end fails the test.
func (p *Process) Stop() (code int, took time.Duration) {
	p.tb.Helper()
	began := time.Now()
	p.told.Store(true)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.tb.Fatalf("%s cannot be signalled: %v", p.name, err)
	}
	return p.Exit(), time.Since(began)
}

// Exit waits until it has ended by itself and returns its exit code.
func (p *Process) Exit() int {
	p.tb.Helper()
	select {
	case <-p.done:
	case <-time.After(exitWithin):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT) // its goroutines say what it waits for
		select {
		case <-p.done:
		case <-time.After(5 * time.Second):
		}
		p.tb.Fatalf("%s did not end within %s:\n%s", p.name, exitWithin, tail(p.Log(), 20_000))
	}
	return p.cmd.ProcessState.ExitCode()
}

// Complaints are the lines of its log that must not be: panics, data races and
// records of level ERROR that were not allowed.
func (p *Process) Complaints() []string {
	var out []string
	log := p.Log()
	for line := range strings.Lines(log) {
		if strings.Contains(line, "DATA RACE") {
			_, after, _ := strings.Cut(log, "DATA RACE")
			report, _, _ := strings.Cut(after, "==================")
			return append(out, "DATA RACE"+report)
		}
		bad := strings.HasPrefix(line, "panic:") || strings.Contains(line, "fatal error:") ||
			strings.Contains(line, "level=ERROR") || strings.Contains(line, "goroutine panicked") || strings.Contains(line, "panic=")
		if bad && !slices.ContainsFunc(p.allowed, func(a string) bool { return strings.Contains(line, a) }) {
			out = append(out, strings.TrimSpace(line))
		}
	}
	return out
}

func tail(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// buffer is written by a process while a test reads it.
type buffer struct {
	mu sync.Mutex
	b  []byte
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.b = append(b.b, p...)
	return len(p), nil
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return string(b.b)
}
