package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/bench/world"
)

const (
	// startWithin and stopWithin bound how long a daemon may take before we
	// give up measuring.
	startWithin = 20 * time.Second
	stopWithin  = 20 * time.Second
	// poll is how often we ask whether the API is ready: well below what we measure.
	poll = time.Millisecond
)

// A daemon is a running platformd in a sandbox, on an empty data directory.
type daemon struct {
	dir    string
	cmd    *exec.Cmd
	stderr bytes.Buffer
	exited chan error
	// ready is how long it took from the start of the process to the first
	// answer of the API that describes a running daemon.
	ready time.Duration
}

func startDaemon(e env) (*daemon, error) {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	d := &daemon{dir: dir, exited: make(chan error, 1)}
	d.cmd = exec.Command(filepath.Join(e.bin, "platformd"), "--sandbox", "--data-dir", filepath.Join(dir, "data"), "--socket", d.socket())
	// A session of its own: nothing of the user's is read or written.
	d.cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH")}
	d.cmd.Stderr = &d.stderr
	start := time.Now()
	if err := d.cmd.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	go func() { d.exited <- d.cmd.Wait() }()
	if err := d.await(); err != nil {
		return nil, errors.Join(err, d.stop())
	}
	d.ready = time.Since(start)
	return d, nil
}

func (d *daemon) socket() string { return filepath.Join(d.dir, "admin.sock") }

// await asks the API until it answers.
func (d *daemon) await() error {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", d.socket())
	}}}
	defer client.CloseIdleConnections()
	tick := time.NewTicker(poll)
	defer tick.Stop()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://platform/v1/status", http.NoBody)
		if err != nil {
			return err
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-d.exited:
			d.exited <- err
			return fmt.Errorf("platformd ended: %w\n%s", err, d.stderr.Bytes())
		case <-ctx.Done():
			return fmt.Errorf("platformd did not answer within %s", startWithin)
		case <-tick.C:
		}
	}
}

// stop ends the daemon as an operator would, and removes what it kept.
func (d *daemon) stop() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	var ended error
	select {
	case ended = <-d.exited:
	case <-time.After(stopWithin):
		ended = errors.Join(fmt.Errorf("platformd did not end within %s", stopWithin), d.cmd.Process.Kill(), <-d.exited)
	}
	return errors.Join(ended, os.RemoveAll(d.dir))
}

// apiReady measures how long a daemon takes from its start on an empty data
// directory until the API answers.
func apiReady(e env) (value, ratio float64, err error) {
	times := make([]float64, 0, e.rounds)
	for range e.rounds {
		d, err := startDaemon(e)
		if err != nil {
			return 0, 0, err
		}
		if err := d.stop(); err != nil {
			return 0, 0, err
		}
		times = append(times, milliseconds(d.ready))
	}
	return median(times), 0, nil
}

// statusTime measures `platformctl status` from its start to its end.
func statusTime(e env) (value, ratio float64, err error) {
	d, err := startDaemon(e)
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, d.stop()) }()
	const times = 7 // a round
	took := make([]float64, 0, times*e.rounds)
	for range times * e.rounds {
		cmd := exec.Command(filepath.Join(e.bin, "platformctl"), "status", "--socket", d.socket())
		cmd.Env = d.cmd.Env
		start := time.Now()
		out, err := cmd.CombinedOutput()
		if err != nil {
			return 0, 0, fmt.Errorf("platformctl status: %w\n%s", err, out)
		}
		took = append(took, milliseconds(time.Since(start)))
	}
	return median(took), 0, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// shardReady measures how long a daemon takes from its start on an empty data
// directory until its bot has said who it is to Discord and is connected.
func shardReady(e env) (value, ratio float64, err error) {
	times := make([]float64, 0, e.rounds)
	for range e.rounds {
		took, err := shardReadyOnce(e)
		if err != nil {
			return 0, 0, err
		}
		times = append(times, milliseconds(took))
	}
	return median(times), 0, nil
}

func shardReadyOnce(e env) (took time.Duration, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), startWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	w, err := world.Start(world.Options{Guilds: 2})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	d, err := proc.StartPlatform(e.bin, dir, proc.Where{Discord: w.Address, Token: world.Token(), Node: w.NodeAddress, Password: world.Password})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	err = d.Until(ctx, "the shard is connected", w.Connected)
	return time.Since(d.Started), err
}
