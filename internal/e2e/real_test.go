package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/control"
)

func pageOf(n int) client.Page { return client.Page{Limit: n} }

// live is a daemon that is no sandbox: it is told by a file where Discord and
// the node are, which happen to be simulators.
type live struct {
	*e2e.Rig
	world control.World
	dir   string
	api   *client.Client
}

func newLive(t *testing.T) *live {
	t.Helper()
	l := &live{Rig: e2e.NewRig(t, true)}
	world, err := l.Control().World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	l.world, l.dir = world, filepath.Join(l.Home, "live")
	l.api, err = client.New(client.Options{Socket: filepath.Join(l.dir, "admin.sock"), Named: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.api.Close)
	return l
}

// spec is how it is started, with a token and a password.
func (l *live) spec(token, password string) e2e.Spec {
	l.TB.Helper()
	file := filepath.Join(l.Home, "p.yaml")
	text := fmt.Sprintf("data_dir: %s\nlisten: 127.0.0.1:0\noperations: {listen: 127.0.0.1:0}\ndiscord:\n  rest_url: %s\n  bots: [{name: main, token: %q}]\n"+
		"lavalink:\n  nodes: [{name: sim-1, address: %q, password: %q}]\n",
		l.dir, l.world.RESTURL, token, l.world.Nodes[0].Address, password)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		l.TB.Fatal(err)
	}
	return e2e.Spec{Program: "platformd", Args: []string{"--config", file}, Home: l.Home}
}

func TestInvalidToken(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	good := l.world.Bots[0].Token
	bad := good[:len(good)-6] + "AAAAAA"
	s := l.spec(bad, l.world.Nodes[0].Password)
	s.Allowed = []string{"stopping because a part failed"}
	p := e2e.Start(t, s)
	if code := p.Exit(); code != 4 {
		t.Errorf("exit code %d, want 4", code)
	}
	var said []string
	for line := range strings.Lines(p.Log()) {
		if strings.HasPrefix(line, "platformd: ") {
			said = append(said, line)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], "token") {
		t.Errorf("it wrote %q", said)
	}
	if all := p.Log() + p.Output(); strings.Contains(all, bad) || strings.Contains(all, strings.Split(bad, ".")[2]) {
		t.Error("the token is in what it wrote")
	}
}

func TestWrongNodePassword(t *testing.T) {
	t.Parallel()
	l := newLive(t)
	p := e2e.Start(t, l.spec(l.world.Bots[0].Token, "wrong-password"))
	ready := func(ctx context.Context) bool {
		s, err := l.api.Status(ctx)
		have, cerr := l.Control().Commands(ctx, "demo")
		return err == nil && cerr == nil && len(have) >= 10 && len(s.Bots) == 1 && s.Bots[0].State == "ready"
	}
	l.Until("Discord is connected", ready)
	l.Until("the node refuses us", func(ctx context.Context) bool {
		n, err := l.api.Node(ctx, "sim-1")
		return err == nil && n.State == "refused" && strings.Contains(n.Reason, "password")
	})
	join(t, l.Rig, "ana", "demo", "music")
	expect(t, l.Rig, "ana", "/play ocean", "No audio server is available right now. I kept")
	if strings.Contains(p.Log(), "wrong-password") {
		t.Error("the password is in the log")
	}
	code, took := p.Stop()
	if code != 0 || took > 15*time.Second {
		t.Errorf("it left with %d after %s", code, took)
	}
	e2e.Start(t, l.spec(l.world.Bots[0].Token, l.world.Nodes[0].Password))
	l.Until("what was kept plays once the password is right", func(ctx context.Context) bool {
		page, err := l.api.Players(ctx, client.Players{})
		return err == nil && len(page.Items) > 0 && page.Items[0].State == "playing"
	})
}

// TestStopUnderWay stops a daemon while commands are under way: it ends soon,
// and its successor gives the answers that are owed.
func TestStopUnderWay(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, true)
	r.Up()
	join(t, r, "ana", "demo", "music")
	expect(t, r, "ana", "/play ocean", "Now playing: ")
	type answer struct {
		text string
		err  error
	}
	slow := make(chan answer, 1)
	go func() {
		res, err := r.Control().Send(context.WithoutCancel(t.Context()), control.SendRequest{
			Line: "/play https://media.sandbox.example/track/slow-parcel", Guild: "demo", User: "ana", WaitMS: 60_000,
		})
		slow <- answer{textOf(res), err}
	}()
	r.Until("the command is taken", func(context.Context) bool { return count(r, "music.play.requested", "") == 2 })
	r.Until("it is deferred", func(ctx context.Context) bool {
		log, err := r.Control().Log(ctx)
		return err == nil && len(log) > 0 && log[len(log)-1].State == "deferred"
	})
	code, took := r.Daemon.Stop()
	if code != 0 || took > 15*time.Second {
		t.Errorf("it left with %d after %s", code, took)
	}
	h := newHeard()
	h.listen(t, r)
	r.Up()
	a := <-slow
	if a.err != nil || !strings.Contains(a.text, "Slow Parcel") {
		t.Errorf("the answer that was owed: %q %v", a.text, a.err)
	}
	h.listen(t, r)
	for _, w := range h.judge(r.Journal(), true) {
		t.Error(w) // a deploy is not heard
	}
}
