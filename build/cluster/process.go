package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	// upWithin is how long a process may take to come up, endWithin to end.
	upWithin  = 2 * time.Minute
	endWithin = 30 * time.Second
	lookEvery = 20 * time.Millisecond
)

// cluster is what was started.
type cluster struct {
	ctx     context.Context //nolint:containedctx // the life of the program
	out     io.Writer
	home    string
	program string
	world   string
	env     []string

	mu      sync.Mutex
	members []*member
}

// member is one process.
type member struct {
	name, socket string
	cmd          *exec.Cmd
	// failed is why it could not be started.
	failed error
	done   chan struct{}

	mu  sync.Mutex
	out bytes.Buffer
}

// Write keeps what it prints.
func (m *member) Write(p []byte) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.out.Write(p)
}

func (m *member) said() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.out.String()
}

func (m *member) pid() int {
	if m.cmd.Process == nil {
		return 0
	}
	return m.cmd.Process.Pid
}

// member starts a process with roles.
func (c *cluster) member(name, roles string, more ...string) *member {
	dir := filepath.Join(c.home, name)
	socket := filepath.Join(dir, "admin.sock")
	m := c.start(name, append([]string{"--sandbox=" + c.world, "--roles", roles, "--data-dir", dir, "--socket", socket}, more...)...)
	m.socket = socket
	return m
}

// start starts a process. Its log goes to a file of its name.
func (c *cluster) start(name string, args ...string) *member {
	m := &member{name: name, done: make(chan struct{})}
	m.cmd = exec.Command(c.program, args...)
	m.cmd.Env, m.cmd.Dir, m.cmd.Stdout = c.env, c.home, m
	// Ctrl-C reaches this program only, which then ends all in their order.
	m.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	log, err := os.Create(filepath.Join(c.home, name+".log"))
	if err == nil {
		m.cmd.Stderr = log
		err = m.cmd.Start()
		_ = log.Close()
	}
	if m.failed = err; err != nil {
		close(m.done)
	} else {
		go func() {
			_ = m.cmd.Wait() // how it ended is read from ProcessState
			close(m.done)
		}()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.members = append(c.members, m)
	return m
}

func (c *cluster) all() []*member {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.members)
}

// await waits until a process has said something.
func (c *cluster) await(m *member, text string) error {
	limit, cancel := context.WithTimeout(c.ctx, upWithin)
	defer cancel()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for !strings.Contains(m.said(), text) {
		select {
		case <-m.done:
			log, _ := os.ReadFile(filepath.Join(c.home, m.name+".log"))
			return errors.Join(m.failed, fmt.Errorf("%s ended before it was up:\n%s", m.name, log))
		case <-limit.Done():
			return fmt.Errorf("%s is not up: %w", m.name, context.Cause(limit))
		case <-look.C:
		}
	}
	return nil
}

// watch says who ends, until it is told to end itself.
func (c *cluster) watch() error {
	for _, m := range c.all() {
		go func() {
			select {
			case <-m.done:
				if c.ctx.Err() == nil {
					_, _ = fmt.Fprintf(c.out, "%s (pid %d) ended: %s\n", m.name, m.pid(), m.cmd.ProcessState)
				}
			case <-c.ctx.Done():
			}
		}()
	}
	<-c.ctx.Done()
	return nil
}

// end ends every process, the youngest first, and kills who does not end. A
// process that was frozen has to be woken to hear of it.
func (c *cluster) end() {
	late := time.After(endWithin)
	for _, m := range slices.Backward(c.all()) {
		if m.failed != nil {
			continue
		}
		_ = m.cmd.Process.Signal(syscall.SIGTERM)
		_ = m.cmd.Process.Signal(syscall.SIGCONT)
		select {
		case <-m.done:
		case <-late:
			_ = m.cmd.Process.Kill()
			<-m.done
		}
	}
}
