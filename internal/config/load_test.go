package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

var home = []string{"HOME=/home/ana", "XDG_RUNTIME_DIR=/run/user/1000"}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, src config.Sources) config.Config {
	t.Helper()
	src.Env = append(src.Env, home...)
	c, err := config.Load(src)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDefaults(t *testing.T) {
	t.Setenv("HOME", "/elsewhere") // only the given environment counts
	c := load(t, config.Sources{})
	if !strings.HasPrefix(c.DataDir, "/home/ana/") || filepath.Base(c.DataDir) != "platform" {
		t.Errorf("data_dir %q", c.DataDir)
	}
	if c.Socket != "/run/user/1000/platform/admin.sock" {
		t.Errorf("socket %q", c.Socket)
	}
	if c.Listen != "127.0.0.1:8080" || c.Operations.Listen != "127.0.0.1:9464" || c.Operations.AllowRemote {
		t.Errorf("listeners %+v", c)
	}
	if strings.Join(c.Roles, ",") != "gateway,audio,api,worker" || c.Partitions != 16 || c.Plan.Default != "free" {
		t.Errorf("%v %d %q", c.Roles, c.Partitions, c.Plan.Default)
	}
	if c.Timeouts.LeaseTTL != 5*time.Second || c.Timeouts.Shutdown != 20*time.Second || c.Music.Idle != 5*time.Minute || c.Music.Empty != 2*time.Minute {
		t.Errorf("%+v %+v", c.Timeouts, c.Music)
	}
	if got := c.DatabaseURL().Reveal(); got != "sqlite://"+c.DataDir+"/platform.db" {
		t.Errorf("database %q", got)
	}
	if c.Resolve.SearchPrefix != "ytsearch:" || c.Discord.RestURL != "https://discord.com/api/v10" || c.Discord.GatewayURL != "" {
		t.Errorf("%+v %+v", c.Resolve, c.Discord)
	}
}

const full = `
data_dir: /srv/platform
listen: "[::1]:0"
roles: [api, worker]
partitions: 32
log: {level: debug, format: json}
database: {url: "postgres://ana:s3cr3t-pw@db.example/platform"}
discord:
  bots:
    - {name: front, token: one.en.tok}
    - {name: second, token_file: TOKEN_FILE}
lavalink:
  nodes:
    - {name: lava1, address: "lava.example:2333", password: "correct horse", secure: true}
resolve:
  search_prefix: scsearch
  allow_networks: [10.1.0.0/16]
  deny_hosts: ["example.com"]
plan:
timeouts: {lease_ttl: 30s}
music: {idle: 1h}
`

func TestFileIsRead(t *testing.T) {
	tokens := write(t, "token", "two.en.tok\n")
	path := write(t, "platform.yaml", strings.Replace(full, "TOKEN_FILE", tokens, 1))
	c := load(t, config.Sources{File: path})
	if c.Socket != "/srv/platform/admin.sock" {
		t.Errorf("the socket of another data directory is %q", c.Socket)
	}
	if c.Discord.Bots[0].Token.Reveal() != "one.en.tok" || c.Discord.Bots[1].Token.Reveal() != "two.en.tok" {
		t.Error("tokens are not read")
	}
	n := c.Lavalink.Nodes[0]
	if n.Name != "lava1" || !n.Password.Equal("correct horse") || n.Password.Equal("other") || !n.Secure {
		t.Errorf("%+v", n)
	}
	if c.Resolve.SearchPrefix != "scsearch:" || c.Timeouts.LeaseTTL != 30*time.Second || c.Music.Idle != time.Hour || c.Music.Empty != 2*time.Minute {
		t.Errorf("%+v", c)
	}
	if c.DatabaseURL().Reveal() != "postgres://ana:s3cr3t-pw@db.example/platform" {
		t.Error("the database is not read")
	}
	if got := load(t, config.Sources{Env: []string{"PLATFORM_CONFIG=" + path}}); got.Partitions != 32 {
		t.Error("PLATFORM_CONFIG is not read")
	}
}

func TestOrderOfSources(t *testing.T) {
	path := write(t, "c.yaml", "listen: 127.0.0.1:1\nlog: {level: debug}\npartitions: 2\n")
	c := load(t, config.Sources{
		File:  path,
		Env:   []string{"PLATFORM_LISTEN=127.0.0.1:2", "PLATFORM_LOG__LEVEL=warn", "PLATFORM_ROLES=api, audio", "PLATFORM_OPERATIONS__ALLOW_REMOTE=true", "PLATFORM_MUSIC__IDLE=20s", "PLATFORM_PARTITIONS="},
		Flags: map[string]any{"listen": "127.0.0.1:3", "roles": []string{"worker"}},
	})
	if c.Listen != "127.0.0.1:3" || c.Log.Level != "warn" || c.Partitions != 2 || len(c.Roles) != 1 || !c.Operations.AllowRemote || c.Music.Idle != 20*time.Second {
		t.Errorf("%+v", c)
	}
	sources := map[string]string{}
	for _, e := range c.Explain() {
		sources[e.Key] = e.Source
	}
	for key, want := range map[string]string{
		"listen": "flag --listen", "log.level": "environment variable PLATFORM_LOG__LEVEL", "partitions": "file " + path, "log.format": "default",
	} {
		if sources[key] != want {
			t.Errorf("%s comes from %q, want %q", key, sources[key], want)
		}
	}
}

func TestQuickStart(t *testing.T) {
	c := load(t, config.Sources{
		File: write(t, "c.yaml", "discord: {bots: [{name: a, token: x.y.z}, {name: b, token: x.y.w}]}"),
		Env:  []string{"DISCORD_TOKEN=t.o.k", "LAVALINK_NODES=one=127.0.0.1:2333,youshallnotpass; two=https://[2001:db8::1]:443,a,b=c;"},
	})
	if len(c.Discord.Bots) != 1 || c.Discord.Bots[0].Name != "main" || !c.Discord.Bots[0].Token.Equal("t.o.k") {
		t.Errorf("%+v", c.Discord.Bots)
	}
	if n := c.Lavalink.Nodes; len(n) != 2 || n[0].Secure || n[1].Name != "two" || n[1].Address != "[2001:db8::1]:443" || !n[1].Password.Equal("a,b=c") || !n[1].Secure {
		t.Errorf("%+v", n)
	}
}

func TestANodeSaysWhereItStands(t *testing.T) {
	c := load(t, config.Sources{
		File: write(t, "c.yaml", "lavalink: {nodes: [{name: a, address: 'lava.example:2333', password: long enough, regions: [Rotterdam, us-east]}]}"),
	})
	if got := c.Lavalink.Nodes[0].Regions; !slices.Equal(got, []string{"rotterdam", "us-east"}) {
		t.Errorf("got %q", got)
	}
}

func TestVariablesOfOthersAreLeftAlone(t *testing.T) {
	load(t, config.Sources{Env: []string{
		"PLATFORM_SERVICE_HOST=10.0.0.1", "PLATFORM_PORT=tcp://10.0.0.1:8080", "PLATFORM_PORT_8080_TCP=x", "PLATFORMS=many", "garbage",
	}})
}

func TestErrorCarriesEveryProblem(t *testing.T) {
	_, err := config.Load(config.Sources{Env: home, Flags: map[string]any{"partitions": "0", "log.level": "loud"}})
	var ps config.Problems
	if !errors.As(err, &ps) || len(ps) != 2 || !errors.Is(err, fault.Of(fault.Invalid)) {
		t.Fatalf("%v", err)
	}
	message, hint := fault.Show(err)
	if !strings.Contains(message, "partitions: 0 is out of range (from flag --partitions); allowed: 1 to 1024") ||
		!strings.Contains(message, `log.level: "loud" is not allowed (from flag --log-level); allowed: debug, info, warn or error`) || hint == "" {
		t.Errorf("%s\n%s", message, hint)
	}
}
