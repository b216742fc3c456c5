package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"time"
)

// patience is how long a go command that was told to stop may take to do so.
const patience = 10 * time.Second

// A command is a `go test -json` with its flags, without the packages.
type command struct {
	argv      []string
	out, errs io.Writer
}

// run tests pkgs with flags added and takes all that is said. What the command
// exits with stands in the sum: it is no error here.
func (c command) run(ctx context.Context, flags []string, pkgs ...string) (*sum, error) {
	args := slices.Concat(c.argv[1:], flags, pkgs)
	cmd := exec.CommandContext(ctx, c.argv[0], args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = patience
	cmd.Stderr = c.errs
	said, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("the tests cannot be started: %w", err)
	}
	var s sum
	unread := s.read(said, c.out)
	if unread != nil {
		_ = cmd.Process.Kill() // it would wait for a reader
	}
	err = cmd.Wait()
	s.code = cmd.ProcessState.ExitCode()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		err = nil
	}
	return &s, errors.Join(unread, err, context.Cause(ctx))
}
