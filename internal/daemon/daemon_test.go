package daemon_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/daemon"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sandbox"
)

// world starts simulators and returns options of a daemon that lives in them.
func world(t *testing.T) daemon.Options {
	t.Helper()
	dir := t.TempDir()
	sb, err := sandbox.Start(sandbox.Options{
		DataDir: filepath.Join(dir, "sim"), Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Close(); err != nil {
			t.Error(err)
		}
	})
	w, err := sandbox.World(t.Context(), sb.Address())
	if err != nil {
		t.Fatal(err)
	}
	env := []string{"XDG_RUNTIME_DIR=" + dir, "XDG_STATE_HOME=" + dir}
	cfg, err := config.Load(config.Sources{Env: env, Flags: map[string]any{
		"data_dir": filepath.Join(dir, "data"), "listen": "127.0.0.1:0", "operations.listen": "127.0.0.1:0",
		"socket": filepath.Join(dir, "s"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	sandbox.Configure(&cfg, w)
	return daemon.Options{Config: cfg, Env: env, Version: "v1", Commit: "c", Logger: slog.New(slog.DiscardHandler)}
}

// run starts a daemon and waits until it is up.
func run(t *testing.T, o daemon.Options) (view.Status, func() error) {
	t.Helper()
	up := make(chan view.Status, 1)
	o.Up = func(s view.Status) { up <- s }
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	done := make(chan error, 1)
	go func() { done <- daemon.Run(ctx, o) }()
	select {
	case s := <-up:
		return s, func() error { cancel(); return <-done }
	case err := <-done:
		t.Fatalf("it ended: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("it does not come up")
	}
	return view.Status{}, nil
}

func TestDaemonFromStartToEnd(t *testing.T) {
	t.Parallel()
	o := world(t)
	s, stop := run(t, o)
	names := map[string]bool{}
	for _, a := range s.Addresses {
		names[a.Name] = true
	}
	if !names["socket"] || !names["api"] || !names["operations"] || s.Mode != "live" {
		t.Errorf("%+v", s)
	}
	c, err := client.New(client.Options{Socket: o.Config.Socket, Named: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for deadline := time.Now().Add(time.Minute); ; {
		s, err := c.Status(t.Context())
		if err == nil && s.Ready && len(s.Bots) == 4 && s.Nodes.Active == sandbox.DefaultNodes && s.Ownership.Held == s.Ownership.Total &&
			len(s.Processes) == 1 && s.Processes[0].Partitions == s.Ownership.Total && s.Processes[0].Shards == 4 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it is never ready: %+v %v", s, err)
		}
	}
	err = daemon.Run(t.Context(), o)
	if fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second one on the same directory: %v", err)
	}
	if err := stop(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	// What it had is free again.
	_, stop = run(t, o)
	if err := stop(); err != nil {
		t.Errorf("the second time it ended with %v", err)
	}
}

func TestWhatKeepsADaemonFromStarting(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		with func(*testing.T, *daemon.Options)
		want fault.Code
	}{
		{"the port is taken", func(_ *testing.T, o *daemon.Options) { o.Config.Listen = taken.Addr().String() }, fault.Conflict},
		{"the operations port is taken", func(_ *testing.T, o *daemon.Options) { o.Config.Operations.Listen = taken.Addr().String() }, fault.Conflict},
		{"the directory is a file", func(_ *testing.T, o *daemon.Options) { o.Config.DataDir = file }, fault.Unavailable},
		{"the database is no database", func(t *testing.T, o *daemon.Options) {
			t.Helper()
			if err := os.MkdirAll(o.Config.DataDir, 0o700); err != nil {
				t.Fatal(err)
			}
			name := filepath.Base(o.Config.DatabaseURL().Reveal())
			if err := os.WriteFile(filepath.Join(o.Config.DataDir, name), []byte("this is not a database, by far"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, fault.Unavailable},
		{"there is no bot", func(_ *testing.T, o *daemon.Options) { o.Config.Discord.Bots = nil }, fault.Invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			o := world(t)
			c.with(t, &o)
			o.Up = func(view.Status) { t.Error("it says that it is up") }
			if err := daemon.Run(t.Context(), o); fault.CodeOf(err) != c.want {
				msg, hint := fault.Show(err)
				t.Errorf("got %v: %s (%s)", err, msg, hint)
			}
		})
	}
}
