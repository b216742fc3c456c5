// Package proc runs a program that is measured: it starts and ends it, and says
// how much processor time and memory it takes.
package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// stopWithin is how long a program may take to end.
	stopWithin = 30 * time.Second
	// kept bounds what is kept of what a program writes, in bytes.
	kept = 256 << 10
	// ticks is how many of the kernel's units of processor time make a second;
	// it is 100 on every Linux that Go runs on.
	ticks = 100
)

// Process is a program that runs.
type Process struct {
	// Started is when it was started.
	Started time.Time

	name     string
	cmd      *exec.Cmd
	out, log output
	exited   chan struct{}
	err      error
}

// Start starts a program with an environment of its own: home, PATH and env.
func Start(program, home string, env []string, args ...string) (*Process, error) {
	p := &Process{name: program, exited: make(chan struct{})}
	p.cmd = exec.Command(program, args...)
	p.cmd.Env = append([]string{"HOME=" + home, "PATH=" + os.Getenv("PATH")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	p.Started = time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.exited)
	}()
	return p, nil
}

// Output is what it wrote to its standard output so far.
func (p *Process) Output() string { return p.out.String() }

// Until waits until a condition holds, asking each millisecond or so. It fails
// where the program ends first, or ctx does.
func (p *Process) Until(ctx context.Context, what string, holds func() bool) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-p.exited:
			return fmt.Errorf("%s ended before %s: %w\n%s", p.name, what, p.err, p.log.String())
		case <-ctx.Done():
			return fmt.Errorf("%s took too long until %s: %w\n%s", p.name, what, ctx.Err(), p.log.String())
		case <-tick.C:
		}
	}
	return nil
}

// Stop asks it to end and waits until it has.
func (p *Process) Stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-p.exited:
	case <-time.After(stopWithin):
		err := fmt.Errorf("%s did not end within %s\n%s", p.name, stopWithin, p.log.String())
		return errors.Join(err, p.cmd.Process.Kill())
	}
	var exit *exec.ExitError
	if errors.As(p.err, &exit) && exit.ExitCode() > 0 {
		return fmt.Errorf("%s: %w\n%s", p.name, p.err, p.log.String())
	}
	return nil
}

// CPU is the processor time that it has used so far.
func (p *Process) CPU() (time.Duration, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0, err
	}
	return parseCPU(string(raw))
}

// parseCPU reads fields 14 and 15 of /proc/PID/stat, user and system time.
// Field 2, the name, stands in parentheses and may have anything in it.
func parseCPU(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat has too few fields")
	}
	var sum int64
	for _, f := range fields[11:13] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("/proc/PID/stat: %w", err)
		}
		sum += n
	}
	return time.Duration(sum) * time.Second / ticks, nil
}

// RSS is the memory of the machine that it holds now, in bytes, without the
// pages of files.
func (p *Process) RSS() (int64, error) {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0, err
	}
	return parseRSS(string(raw))
}

func parseRSS(status string) (int64, error) {
	for line := range strings.Lines(status) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("/proc/PID/status has no RssAnon")
}

// OwnCPU is the processor time that this process has used so far.
func OwnCPU() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}

// output keeps the end of what was written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.b.Len()+len(p) > kept {
		o.b.Next(min(o.b.Len(), len(p)))
	}
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}
