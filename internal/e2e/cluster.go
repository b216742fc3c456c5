package e2e

import (
	"cmp"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Cluster is an installation whose roles are processes of their own, on a
// PostgreSQL and a Redis, in a simulated world that is one too.
type Cluster struct {
	*Rig

	// Database and Redis are the addresses of the servers.
	Database, Redis string
	// Members are the processes by the names that Start gave them, those that
	// ended included.
	Members map[string]*Process

	// Program is what Member starts: empty for the platformd of this tree, or the
	// path of another version's.
	Program string

	env []string
}

// NewCluster starts the simulators and nothing else. Env is added to the
// environment of every process.
func NewCluster(tb testing.TB, database, redis string, nodes int, env ...string) *Cluster {
	tb.Helper()
	return &Cluster{Rig: NewRigWith(tb, true, nodes), Database: database, Redis: redis, Members: map[string]*Process{}, env: env}
}

// Member starts a process with roles, separated by commas, and does not wait for
// it. The process whose roles include api is that of API.
func (c *Cluster) Member(name, roles string) *Process {
	c.TB.Helper()
	dir := filepath.Join(c.Home, name)
	if strings.Contains(roles, "api") {
		dir = c.DataDir()
	}
	p := Start(c.TB, Spec{
		Program: cmp.Or(c.Program, "platformd"),
		Args: []string{
			"--sandbox=" + c.SimAddress(), "--data-dir", dir, "--socket", filepath.Join(dir, "admin.sock"),
			"--roles", roles, "--log-level", "debug",
		},
		Env:  append([]string{"PLATFORM_DATABASE__URL=" + c.Database, "PLATFORM_REDIS__URL=" + c.Redis}, c.env...),
		Home: c.Home, Allowed: c.Allowed,
	})
	c.Members[name] = p
	if strings.Contains(roles, "api") {
		c.Daemon = p
	}
	return p
}

// Whole waits until the process of the API sees so many processes that are up
// and ready, with every partition owned and every bot connected, and the members
// of the simulated Discord see the commands.
func (c *Cluster) Whole(processes int) view.Status {
	c.TB.Helper()
	var last view.Status
	c.Until("the cluster is whole", func(ctx context.Context) bool {
		for name, p := range c.Members {
			select {
			case <-p.Done():
				if !c.ended(p) {
					c.TB.Fatalf("%s ended: %s\n%s", name, p.Output(), tail(p.Log(), 4_000))
				}
			default:
			}
		}
		s, err := c.api.Status(ctx)
		if err != nil || !s.Ready || s.Ownership.Held != s.Ownership.Total || s.Nodes.Active == 0 {
			return false
		}
		up := 0
		for _, p := range s.Processes {
			if p.State == "up" && p.Ready {
				up++
			}
		}
		for _, b := range s.Bots {
			if b.State != "ready" {
				return false
			}
		}
		last = s
		have, err := c.Control().Commands(ctx, "demo")
		return up == processes && len(s.Bots) > 0 && err == nil && len(have) >= 10
	})
	return last
}

// ended is true for a process that the test ended.
func (c *Cluster) ended(p *Process) bool { return p.told.Load() }

// Holder returns the process that announces itself with a name, nil for none.
func (c *Cluster) Holder(ctx context.Context, name string) *Process {
	c.TB.Helper()
	s, err := c.api.Status(ctx)
	if err != nil {
		c.TB.Fatal(err)
	}
	for _, x := range s.Processes {
		for _, p := range c.Members {
			if x.Name == name && x.PID == p.PID() {
				return p
			}
		}
	}
	return nil
}
