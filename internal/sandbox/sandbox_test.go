package sandbox_test

import (
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sandbox"
	"github.com/atrilhq/platform/internal/sim/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func options(dir string) sandbox.Options {
	return sandbox.Options{DataDir: dir, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler)}
}

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	s, err := sandbox.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func world(t *testing.T, s *sandbox.Sandbox) control.World {
	t.Helper()
	w, err := sandbox.World(t.Context(), s.Address())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorldAndPortsAreThereAgain(t *testing.T) {
	// Between the two starts another program may be given one of the ports.
	for range 5 {
		if again(t) {
			return
		}
	}
	t.Error("its ports are others each time")
}

// again starts a world twice in one directory, and says whether it has the ports
// that it had.
func again(t *testing.T) bool {
	t.Helper()
	dir := t.TempDir()
	s := start(t, options(dir))
	first := world(t, s)
	c := control.NewClient(s.Address(), nil)
	if err := c.Voice(t.Context(), control.VoiceRequest{Action: "join", Channel: "music", User: "ana", Guild: "demo"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, options(dir))
	second := world(t, again)
	if second.Bots[0].Token != first.Bots[0].Token {
		t.Error("the bot is another one")
	}
	if v := second.Guilds[0].Voice; len(v) != 1 {
		t.Errorf("who was in voice is forgotten: %+v", v)
	}
	return again.Address() == s.Address() && second.Nodes[0].Address == first.Nodes[0].Address
}

func TestPortThatWasTakenMeanwhile(t *testing.T) {
	dir := t.TempDir()
	// The port that is remembered belongs to a listener that is never let go of:
	// one that is only free again could be taken, and left, by any other program.
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	taken := ln.Addr().String()
	raw, err := json.Marshal(map[string]any{"main": taken, "nodes": map[string]string{"sim-1": taken}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ports.json"), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	again := start(t, options(dir))
	w := world(t, again)
	if again.Address() == taken || w.Nodes[0].Address == taken {
		t.Fatal("two listen on one port")
	}
	o := options(t.TempDir())
	o.Listen = taken
	if _, err := sandbox.Start(o); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a port that was asked for and is taken: %v", err)
	}
}

func TestPortsThatCannotBeUsedAreNot(t *testing.T) {
	for name, main := range map[string]string{"not loopback": "0.0.0.0:0", "nonsense": "here"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			raw, err := json.Marshal(map[string]any{"main": main, "nodes": map[string]string{"sim-1": main}})
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "ports.json"), raw, 0o600); err != nil {
				t.Fatal(err)
			}
			s := start(t, options(dir))
			for _, a := range []string{s.Address(), world(t, s).Nodes[0].Address} {
				if host, _, _ := net.SplitHostPort(a); host != "127.0.0.1" {
					t.Errorf("it listens on %s", a)
				}
			}
		})
	}
}

func TestLoopbackOnly(t *testing.T) {
	for _, listen := range []string{"0.0.0.0:0", ":0", "192.0.2.1:80", "example.org:80", "127.0.0.1", "[::]:0"} {
		o := options(t.TempDir())
		o.Listen = listen
		_, err := sandbox.Start(o)
		if _, hint := fault.Show(err); fault.CodeOf(err) != fault.Invalid || hint == "" {
			t.Errorf("%s: %v", listen, err)
		}
		if _, err := os.Stat(filepath.Join(o.DataDir, "world.json")); err == nil {
			t.Errorf("%s: a world that never was is written down", listen)
		}
	}
}

func TestSecondOneOnTheSameDirectory(t *testing.T) {
	dir := t.TempDir()
	s := start(t, options(dir))
	before, err := os.ReadFile(filepath.Join(dir, "ports.json"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(options(dir)); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("got %v", err)
	}
	after, err := os.ReadFile(filepath.Join(dir, "ports.json"))
	if err != nil || string(after) != string(before) {
		t.Errorf("it wrote over the ports of the first: %s %v", after, err)
	}
	world(t, s)
}

func TestDirectoryThatCannotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(options(file)); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a file: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "world.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sandbox.Start(options(dir)); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a broken world: %v", err)
	}
	if raw, err := os.ReadFile(filepath.Join(dir, "world.json")); err != nil || string(raw) != "{" {
		t.Errorf("what could not be read was written over: %s %v", raw, err)
	}
}

func TestConfigureTakesThePlaceOfWhatWasConfigured(t *testing.T) {
	w := world(t, start(t, options(t.TempDir())))
	c := config.Config{}
	c.Discord.RestURL, c.Discord.GatewayURL = "https://discord.com/api/v10", "wss://gateway.discord.gg"
	c.Discord.Bots = []config.Bot{{Name: "real"}, {Name: "other"}}
	c.Lavalink.Nodes = []config.Node{{Name: "real"}, {Name: "other"}}
	sandbox.Configure(&c, w)
	if c.Discord.RestURL != w.RESTURL || c.Discord.GatewayURL != "" || len(c.Discord.Bots) != len(w.Bots) || len(w.Bots) != 4 || len(c.Lavalink.Nodes) != sandbox.DefaultNodes {
		t.Errorf("%+v", c)
	}
	if !c.Discord.Bots[0].Token.Equal(w.Bots[0].Token) || c.Lavalink.Nodes[0].Address != w.Nodes[0].Address {
		t.Error("the bot or the node is not that of the world")
	}
}

func TestNobodyAnswers(t *testing.T) {
	// A port that was free a moment ago may have somebody by now; port 1 has not.
	if _, err := sandbox.World(t.Context(), "127.0.0.1:1"); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestThePlanOfASandbox(t *testing.T) {
	w := world(t, start(t, options(t.TempDir())))
	for env, want := range map[string]string{"": "pro", "PLATFORM_PLAN__DEFAULT=elite": "elite", "PLATFORM_PLAN__DEFAULT=free": "free"} {
		c, err := config.Load(config.Sources{Env: []string{"HOME=/home/ana", env}})
		if err != nil {
			t.Fatal(err)
		}
		sandbox.Configure(&c, w)
		if c.Plan.Default != want || len(c.Discord.Bots) != 4 || c.Discord.Bots[0].Name != "atril" {
			t.Errorf("%q: plan %s, bots %v", env, c.Plan.Default, c.Discord.Bots)
		}
	}
}
