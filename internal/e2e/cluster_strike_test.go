package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/testenv"
)

// strikes is how often a process of the cluster is struck beyond once each; the
// proof asks for many.
func strikes(t *testing.T) int {
	t.Helper()
	s := os.Getenv("E2E_STRIKES")
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 {
		t.Fatalf("E2E_STRIKES=%s is no number of strikes", s)
	}
	return n
}

// strike ends or kills the owner of a guild or the gateway at some moment, puts
// another process in its place, and looks that nobody heard it.
func strike(t *testing.T, c *e2e.Cluster, rng *rand.Rand, n int) {
	t.Helper()
	began, p := time.Now(), p0(t, c)
	if p.Play == nil {
		expect(t, c.Rig, "ana", "/play ocean", "Now playing: ")
		c.Until("it sounds", sounds(t, c.Rig))
		began, p = time.Now(), p0(t, c)
	}
	role, victim := "audio", ownerOf(t, c, p.Guild)
	if rng.IntN(3) == 0 {
		role, victim = "gateway", gatewayOf(t, c)
	}
	wait := time.NewTimer(time.Duration(rng.IntN(1_500)) * time.Millisecond)
	<-wait.C
	if rng.IntN(3) == 0 {
		if code, _ := victim.Stop(); code != 0 {
			t.Errorf("strike %d: it ended with %d", n, code)
		}
	} else {
		victim.Kill()
	}
	c.Member(fmt.Sprintf("%s-%d", role, n+100), role)
	c.Whole(6)
	c.Until("ana is answered", func(context.Context) bool {
		told := textOf(say(t, c.Rig, "ana", "/nowplaying"))
		return strings.Contains(told, "Ocean") || strings.Contains(told, "othing")
	})
	unbroken(t, c, began, p.Play.ID)
}

// TestClusterOverAndOver strikes a cluster at random moments; where nobody asks
// for it once is enough, which is what TestCluster does in its order.
func TestClusterOverAndOver(t *testing.T) {
	n := strikes(t)
	if n == 0 {
		t.Skip("E2E_STRIKES says how often; the proof does")
	}
	rng := rand.New(rand.NewPCG(seedOf(t), 17)) //nolint:gosec // by a printed seed
	c, _ := raiseCluster(t)
	for i := range n {
		strike(t, c, rng, i)
	}
}

// TestPostgresAlone is one process with every role whose rows are in PostgreSQL.
func TestPostgresAlone(t *testing.T) {
	t.Parallel()
	c := e2e.NewCluster(t, testenv.Postgres(t), "", 1)
	c.Allowed = whenProcessesDie()
	c.Member("all", "gateway,audio,api,worker")
	s := c.Whole(1)
	if s.Database.Engine != "postgres" || len(s.Processes) != 1 || s.Processes[0].Partitions != s.Ownership.Total {
		t.Errorf("%+v", s)
	}
	join(t, c.Rig, "ana", "demo", "music")
	c.Until("ana is told what plays", func(context.Context) bool {
		return strings.Contains(textOf(say(t, c.Rig, "ana", "/play ocean")), "Now playing: ")
	})
	c.Until("it sounds", sounds(t, c.Rig))
	if code, _ := c.Daemon.Stop(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

// Roles that could not hear each other, or not share rows, do not begin.
func TestRolesThatCannotWorkApart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		roles string
		env   []string
		code  int
		says  []string
	}{
		"no bus": {"gateway", nil, 2, []string{"has gateway without audio", "redis.url"}},
		"SQLite": {"audio", []string{"PLATFORM_REDIS__URL=redis://127.0.0.1:1"}, 2, []string{"database.url", "is SQLite"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			refused(t, e2e.Spec{Home: dir, Env: c.env, Args: []string{"--roles", c.roles, "--data-dir", dir + "/d", "--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0"}}, c.code, c.says...)
		})
	}
}
