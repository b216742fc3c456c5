package e2e_test

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/testenv"
)

// whenProcessesDie is what a process may complain of while others are killed, or
// while the machine is so busy that a lease is not renewed in time.
func whenProcessesDie() []string {
	return []string{"lease was lost", "level=ERROR msg=\"stopping because"}
}

// raiseCluster starts every role as a process of its own, two of those that can
// take over from each other, and somebody who hears a track.
func raiseCluster(t *testing.T) (*e2e.Cluster, view.Player) {
	t.Helper()
	c := e2e.NewCluster(t, testenv.Postgres(t), testenv.NewRedis(t).URL(), 2)
	c.Allowed = whenProcessesDie()
	for name, roles := range map[string]string{
		"gateway": "gateway", "gateway-2": "gateway", "audio": "audio", "audio-2": "audio", "api": "api", "worker": "worker",
	} {
		c.Member(name, roles)
	}
	c.Whole(6)
	join(t, c.Rig, "ana", "demo", "music")
	c.Until("ana is told what plays", func(context.Context) bool {
		return strings.Contains(textOf(say(t, c.Rig, "ana", "/play ocean")), "Now playing: ")
	})
	c.Until("it sounds", sounds(t, c.Rig))
	return c, players(t.Context(), t, c.Rig)[0]
}

// ownerOf returns the process that owns the guild's partition, by the lease.
func ownerOf(t *testing.T, c *e2e.Cluster, guild string) (p *e2e.Process) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), c.Database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	s, err := c.API().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	part := partition.Of(music.GuildID(guild), s.Ownership.Total)
	c.Until("somebody owns the guild", func(ctx context.Context) bool {
		var holder string
		if err := conn.QueryRow(ctx, "SELECT holder FROM partitions WHERE id = $1", part).Scan(&holder); err != nil {
			t.Fatal(err)
		}
		p = c.Holder(ctx, holder)
		return p != nil
	})
	return p
}

// ctl runs platformctl on the cluster's API and returns what it prints.
func ctl(t *testing.T, c *e2e.Cluster, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), e2e.Binary(t, "platformctl"), append(args, "--socket", c.Socket())...) //nolint:gosec // a program that we built
	cmd.Env = []string{"HOME=" + c.Home}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("platformctl %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// unbroken fails the test where a play was not heard without a gap since a moment.
func unbroken(t *testing.T, c *e2e.Cluster, since time.Time, play string) {
	t.Helper()
	heard := (&scene{t: t, r: c.Rig}).heardSince(t.Context(), since)
	gaps, until := holes(heard, play, tolerance)
	if len(gaps) > 0 || until.IsZero() {
		t.Errorf("play %s has gaps: %+v; heard %+v", play, gaps, heard)
	}
}

// TestCluster is an installation whose roles are processes of their own: it does
// what one process does, and nobody hears when one of them goes.
func TestCluster(t *testing.T) {
	c, p := raiseCluster(t)
	t.Run("it shows all of itself", func(t *testing.T) { showsItself(t, c) })
	began := time.Now()
	t.Run("audio is killed", func(t *testing.T) {
		dead := ownerOf(t, c, p.Guild)
		dead.Kill()
		c.Until("another one owns the guild", func(context.Context) bool { return ownerOf(t, c, p.Guild) != dead })
		commandsWork(t, c)
		unbroken(t, c, began, p.Play.ID)
		c.Member("audio-3", "audio")
		c.Whole(6 - 1 + 1)
	})
	t.Run("audio is told to end", func(t *testing.T) {
		gone := ownerOf(t, c, p.Guild)
		if code, _ := gone.Stop(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		c.Until("another one owns the guild", func(context.Context) bool { return ownerOf(t, c, p.Guild) != gone })
		commandsWork(t, c)
		unbroken(t, c, began, p.Play.ID)
		c.Whole(5)
	})
	t.Run("a gateway is killed", func(t *testing.T) {
		before := ready(t, c)
		dead := gatewayOf(t, c)
		dead.Kill()
		c.Until("the other one has the connection", func(ctx context.Context) bool {
			s, err := c.API().Status(ctx)
			return err == nil && slices.ContainsFunc(s.Processes, func(x view.Process) bool {
				return x.State == "up" && x.Shards > 0 && x.PID != dead.PID()
			}) && ready(t, c) == before
		})
		commandsWork(t, c)
		unbroken(t, c, began, p.Play.ID)
	})
}

// ready counts the bots that are connected.
func ready(t *testing.T, c *e2e.Cluster) (n int) {
	t.Helper()
	s, err := c.API().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range s.Bots {
		if b.State == "ready" {
			n++
		}
	}
	return n
}

// gatewayOf returns the process with the most shards.
func gatewayOf(t *testing.T, c *e2e.Cluster) *e2e.Process {
	t.Helper()
	s, err := c.API().Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	alive := slices.DeleteFunc(s.Processes, func(x view.Process) bool { return x.State != "up" })
	most := slices.MaxFunc(alive, func(a, b view.Process) int { return a.Shards - b.Shards })
	return c.Holder(t.Context(), most.Name)
}

// commandsWork says that members are answered, with what plays.
func commandsWork(t *testing.T, c *e2e.Cluster) {
	t.Helper()
	c.Until("ana is told what plays", func(context.Context) bool {
		return strings.Contains(textOf(say(t, c.Rig, "ana", "/nowplaying")), "Ocean")
	})
}

func showsItself(t *testing.T, c *e2e.Cluster) {
	t.Helper()
	s, err := c.API().Status(t.Context())
	if err != nil || len(s.Processes) != 6 || s.Nodes.Active != 2 || s.Ownership.Held != s.Ownership.Total || s.Players.Active != 1 {
		t.Errorf("%+v %v", s, err)
	}
	if greeting := c.Daemon.Output(); !strings.Contains(greeting, "sandbox send") {
		t.Errorf("the api leads nowhere:\n%s", greeting)
	}
	shown := ctl(t, c, "status")
	for _, x := range s.Processes {
		if !strings.Contains(shown, x.Name) {
			t.Errorf("process %s is not shown:\n%s", x.Name, shown)
		}
	}
	if list := ctl(t, c, "players", "list"); !strings.Contains(list, "playing") || !strings.Contains(list, "demo") {
		t.Errorf("the player is not shown:\n%s", list)
	}
	if page, err := c.API().Players(t.Context(), client.Players{}); err != nil || page.Items[0].Listeners != 1 {
		t.Errorf("who listens is not known: %+v %v", page, err)
	}
	if list := ctl(t, c, "nodes", "list"); strings.Count(list, "up") < 2 {
		t.Errorf("the nodes are not shown:\n%s", list)
	}
	if n := ctl(t, c, "nodes", "cordon", "sim-1", "--reason", "disk"); !strings.Contains(n, "sim-1") {
		t.Errorf("cordoned:\n%s", n)
	}
	if n, err := c.API().Node(t.Context(), "sim-1"); err != nil || !n.Cordoned || n.CordonReason != "disk" {
		t.Errorf("%+v %v", n, err)
	}
	ctl(t, c, "nodes", "uncordon", "sim-1")
	if n, err := c.API().Node(t.Context(), "sim-1"); err != nil || n.Cordoned {
		t.Errorf("%+v %v", n, err)
	}
	ctl(t, c, "plays", "rebuild")
	expect(t, c.Rig, "ana", "/volume percent:55", "55")
	ctl(t, c, "players", "pause", p0(t, c).Guild, p0(t, c).Bot)
	ctl(t, c, "players", "resume", p0(t, c).Guild, p0(t, c).Bot)
}

func p0(t *testing.T, c *e2e.Cluster) view.Player {
	t.Helper()
	return players(t.Context(), t, c.Rig)[0]
}
