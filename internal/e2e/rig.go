package e2e

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/control"
)

// Patience is how long a condition may take to become true.
const Patience = time.Minute

// askEvery is how often one asks for it.
const askEvery = 5 * time.Millisecond

// address is where simulators of their own say that they listen, to the line's end.
var address = regexp.MustCompile(`127\.0\.0\.1:\d+\s`)

// Rig is a daemon with its simulators, which are inside of it or apart.
type Rig struct {
	TB testing.TB
	// Home has everything that the processes keep.
	Home string
	// Daemon is the run that is up, Sim the simulators' process where they are apart.
	Daemon, Sim *Process
	// Allowed are parts of error records that the test means to cause.
	Allowed []string
	// Runs are all runs of the daemon so far.
	Runs []*Process

	api   *client.Client
	args  []string
	nodes string

	mu   sync.Mutex
	addr string
}

// NewRig makes a place for a daemon, and starts the simulators if they are to be
// apart. The daemon itself is not started. Args are added to its command line.
func NewRig(tb testing.TB, apart bool, args ...string) *Rig {
	tb.Helper()
	return NewRigWith(tb, apart, 1, args...)
}

// NewRigWith is NewRig with a number of simulated audio nodes.
func NewRigWith(tb testing.TB, apart bool, nodes int, args ...string) *Rig {
	tb.Helper()
	home, err := os.MkdirTemp("", "e2e") // shorter than tb.TempDir, for the socket's sake
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if !tb.Failed() {
			_ = os.RemoveAll(home)
			return
		}
		tb.Logf("everything is kept in %s", home)
	})
	r := &Rig{TB: tb, Home: home, args: args, nodes: strconv.Itoa(nodes)}
	if apart {
		// They choose the port: one that was free a moment ago may be taken.
		r.Sim = Start(tb, Spec{Program: "platformd", Args: []string{"sim", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(home, "sim"), "--nodes", r.nodes}, Home: home})
		r.Until("the simulators answer", func(ctx context.Context) bool {
			if r.addr = strings.TrimSpace(address.FindString(r.Sim.Output())); r.addr == "" {
				return false
			}
			_, err := r.Control().World(ctx)
			return err == nil
		})
	}
	r.api, err = client.New(client.Options{Socket: r.Socket(), Named: true, UserAgent: "e2e"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(r.api.Close)
	return r
}

// DataDir is the daemon's, SimDir the simulators' directory.
func (r *Rig) DataDir() string { return filepath.Join(r.Home, "data") }

// SimDir is where the simulators keep their world.
func (r *Rig) SimDir() string {
	if r.Sim == nil {
		return filepath.Join(r.DataDir(), "sandbox")
	}
	return filepath.Join(r.Home, "sim")
}

// Socket is where the admin socket is.
func (r *Rig) Socket() string { return filepath.Join(r.DataDir(), "admin.sock") }

// API is the admin API of the daemon.
func (r *Rig) API() *client.Client { return r.api }

// Control acts in the simulated world. Inside, the daemon must have been up once.
func (r *Rig) Control() *control.Client {
	r.mu.Lock()
	defer r.mu.Unlock()
	return control.NewClient(r.addr, nil)
}

// SimAddress is where the simulators listen, once that is known.
func (r *Rig) SimAddress() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.addr
}

// Launch starts the daemon and does not wait for it.
func (r *Rig) Launch() *Process {
	r.TB.Helper()
	sandbox := "--sandbox"
	if r.Sim != nil {
		sandbox += "=" + r.addr
	}
	args := append([]string{sandbox, "--sandbox-nodes", r.nodes, "--data-dir", r.DataDir(), "--log-level", "debug"}, r.args...)
	r.Daemon = Start(r.TB, Spec{Program: "platformd", Args: args, Home: r.Home, Allowed: r.Allowed})
	r.Runs = append(r.Runs, r.Daemon)
	return r.Daemon
}

// Up starts the daemon and waits until it says that it is ready and the members
// of the simulated Discord see its commands.
func (r *Rig) Up() view.Status {
	r.TB.Helper()
	r.Launch()
	return r.Ready()
}

// Ready waits until the daemon that was launched is ready.
func (r *Rig) Ready() view.Status {
	r.TB.Helper()
	var last view.Status
	r.Until("the daemon is ready", func(ctx context.Context) bool {
		select {
		case <-r.Daemon.Done():
			r.TB.Fatalf("the daemon ended: %s\n%s", r.Daemon.Output(), tail(r.Daemon.Log(), 4_000))
		default:
		}
		s, err := r.api.Status(ctx)
		if err != nil || s.PID != r.Daemon.PID() || !s.Ready {
			return false
		}
		last = s
		where, err := r.api.Sandbox(ctx)
		if err != nil {
			return false
		}
		r.mu.Lock()
		r.addr = strings.TrimPrefix(where.ControlURL, "http://")
		r.mu.Unlock()
		have, err := r.Control().Commands(ctx, "demo")
		return err == nil && len(have) >= 10
	})
	return last
}

// Until asks for a condition until it is true. It fails the test after Patience.
func (r *Rig) Until(what string, f func(context.Context) bool) {
	r.TB.Helper()
	Until(r.TB, Patience, what, f)
}

// Until asks for a condition until it is true and fails the test at the deadline.
func Until(tb testing.TB, within time.Duration, what string, f func(context.Context) bool) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for !f(ctx) {
		select {
		case <-ctx.Done():
			tb.Fatalf("it did not become true within %s that %s", within, what)
		case <-tick.C:
		}
	}
}
