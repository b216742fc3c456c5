package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

// Each fault names its key, where it was set and what is allowed.
func TestFaults(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing")
	node := func(s string) string { return "lavalink: {nodes: [" + s + "]}" }
	bot := func(s string) string { return "discord: {bots: [" + s + "]}" }
	cases := []struct {
		name, yaml string
		env        []string
		flags      map[string]any
		want       []string
	}{
		{name: "unknown key", yaml: "listn: x", want: []string{"listn", "file ", "did you mean listen?"}},
		{name: "unknown nested key", yaml: "log: {levle: info}", want: []string{"log.levle", "did you mean log.level?"}},
		{name: "unknown key far from all", yaml: "zzzzzzzzz: 1", want: []string{"zzzzzzzzz: there is no such key (from file"}},
		{name: "unknown variable", env: []string{"PLATFORM_LOG_LEVEL=info"}, want: []string{"environment variable PLATFORM_LOG_LEVEL", "did you mean PLATFORM_LOG__LEVEL?"}},
		{name: "unknown flag", flags: map[string]any{"data-dir": "x"}, want: []string{"flag --data-dir", "did you mean data_dir?"}},
		{name: "section for a value", yaml: "listen: {port: 1}", want: []string{"listen: is a value, not a section"}},
		{name: "value for a section", yaml: "log: info", want: []string{"log: is a section, not a value"}},
		{name: "number for text", yaml: "listen: 8080", want: []string{"listen: has to be text; put it in quotes", "allowed: host:port"}},
		{name: "text for number", env: []string{"PLATFORM_PARTITIONS=many"}, want: []string{`partitions: "many" is not a whole number`, "PLATFORM_PARTITIONS", "1 to 1024"}},
		{name: "list for number", yaml: "partitions: [1]", want: []string{"partitions:", "not a whole number"}},
		{name: "bad bool", yaml: "operations: {allow_remote: 1}", want: []string{"operations.allow_remote", "neither true nor false", "allowed: true or false"}},
		{name: "bad duration", yaml: "music: {idle: 5}", want: []string{"music.idle", "not a duration such as 30s", "10s to 24h"}},
		{name: "short duration", yaml: "timeouts: {lease_ttl: 1s}", want: []string{"timeouts.lease_ttl: 1s is out of range", "2s to 5m"}},
		{name: "bad role", yaml: "roles: [api, billing]", want: []string{`roles: "billing" is not allowed`, "gateway, audio, api or worker"}},
		{name: "role twice", yaml: "roles: [api, api]", want: []string{`"api" stands there twice`}},
		{name: "no roles", yaml: "roles: []", want: []string{"roles: is empty"}},
		{name: "role that is no text", yaml: "roles: [1]", want: []string{"roles: has to be a list of text"}},
		{name: "bad plan", yaml: "plan: {default: gold}", want: []string{`plan.default: "gold" is not allowed`, "free, pro or elite"}},
		{name: "bad listen", yaml: "listen: nowhere", want: []string{`listen: "nowhere" is not host:port`}},
		{name: "bad port", yaml: "listen: 127.0.0.1:99999", want: []string{"no port from 1 to 65535"}},
		{name: "remote operations", yaml: "operations: {listen: '0.0.0.0:9464'}", want: []string{"operations.listen", "reached by other machines", "operations.allow_remote"}},
		{name: "all addresses of operations", yaml: "operations: {listen: ':9464'}", want: []string{"reached by other machines"}},
		{name: "long socket", flags: map[string]any{"socket": "/" + strings.Repeat("s", 110)}, want: []string{"socket: has 111 bytes", "at most 103 bytes"}},
		{name: "insecure discord", yaml: "discord: {rest_url: 'http://discord.example/api'}", want: []string{"discord.rest_url", "is not secure", "https://"}},
		{name: "insecure gateway", yaml: "discord: {gateway_url: 'ws://gateway.example'}", want: []string{"discord.gateway_url", "is not secure"}},
		{name: "control character", flags: map[string]any{"listen": "a\x1b[2J"}, want: []string{"listen: contains a control character"}},
		{name: "bad prefix", yaml: "resolve: {search_prefix: 'yt search'}", want: []string{"resolve.search_prefix"}},
		{name: "bad network", yaml: "resolve: {allow_networks: [10.1.2.3]}", want: []string{`"10.1.2.3" is not a network`}},
		{name: "bad host", yaml: "resolve: {deny_hosts: ['https://x']}", want: []string{"resolve.deny_hosts", "not a host name"}},
		{name: "bot without a token", yaml: bot("{name: a}"), want: []string{"discord.bots[0].token: is missing", "token or token_file"}},
		{name: "bot without a name", yaml: bot("{token: a.b.c}"), want: []string{"discord.bots[0].name: is missing"}},
		{name: "two bots of a name", yaml: bot("{name: a, token: x}, {name: a, token: y}"), want: []string{"discord.bots[1].name", "twice"}},
		{name: "bot name", yaml: bot("{name: A B, token: x}"), want: []string{`discord.bots[0].name: "A B" is not allowed`}},
		{name: "unknown key of a bot", yaml: bot("{name: a, token: x, tokn: y}"), want: []string{"discord.bots[0].tokn", "did you mean discord.bots[0].token?"}},
		{name: "word before the token", yaml: bot("{name: a, token: Bot abc}"), want: []string{"without the word Bot"}},
		{name: "token twice", yaml: bot("{name: a, token: x, token_file: y}"), want: []string{"is given twice"}},
		{name: "token file missing", yaml: bot("{name: a, token_file: " + missing + "}"), want: []string{"discord.bots[0].token_file", "does not exist"}},
		{name: "two bots of an account", yaml: bot("{name: a, token: x.1.2}, {name: b, token: x.3.4}"), want: []string{"discord.bots[1].token", "another bot of the list"}},
		{name: "an invitation that is no page", yaml: bot("{name: a, token: x, invite_url: 'http://music.example/x'}"), want: []string{"discord.bots[0].invite_url: is not a page"}},
		{name: "an invitation with a user", yaml: bot("{name: a, token: x, invite_url: 'https://me:you@music.example/x'}"), want: []string{"discord.bots[0].invite_url: is not a page"}},
		{name: "a day too few", yaml: "retention: {journal: 0}", want: []string{"retention.journal"}},
		{name: "an archive somewhere", yaml: "retention: {archive: events}", want: []string{"retention.archive: is not an absolute path"}},
		{name: "an archive at an address", yaml: "archive: {url: 'ftp://x/y'}", want: []string{"archive.url: is neither a path nor an address", "s3://BUCKET"}},
		{name: "an archive at a short path", yaml: "archive: {url: events}", want: []string{"archive.url: is not an absolute path"}},
		{name: "an archive twice", yaml: "archive: {url: /a}\nretention: {archive: /b}", want: []string{"archive.url: is set, and retention.archive"}},
		{name: "an archive with keys in it", yaml: "archive: {url: 's3://AKID:hush-hush@bucket/x'}", want: []string{"archive.url: has keys in it, which belong into archive.access_key"}},
		{name: "an archive without keys", yaml: "archive: {url: 's3://bucket/x'}", want: []string{"archive.access_key: is missing", "archive.secret_key: is missing"}},
		{name: "an archive's key twice", yaml: "archive: {url: 's3://bucket', access_key: A, secret_key: b, secret_key_file: /c}", want: []string{"archive.secret_key: is given twice"}},
		{name: "a type that is none", yaml: "retention: {types: {music.queue.move: 24h}}", want: []string{"retention.types.music.queue.move: there is no such type", "did you mean music.queue.moved?", "file "}},
		{name: "types that are none", yaml: "retention: {types: {billing.*: 24h, music*: 24h, '*': 24h}}", want: []string{"retention.types.billing.*: ", "retention.types.music*: ", "retention.types.*: "}},
		{name: "a type for minutes", yaml: "retention: {types: {music.queue.moved: 5m}}", want: []string{"retention.types.music.queue.moved: 5m0s is out of range", "1h0m0s to the 90 days of retention.journal"}},
		{name: "a type for longer than the rest", yaml: "retention: {journal: 3, types: {music.queue.moved: 73h}}", want: []string{"73h0m0s is out of range", "the 3 days of retention.journal"}},
		{name: "a type without a time", yaml: "retention: {types: {music.queue.moved: 5}}", want: []string{"retention.types: has to be names with a duration each"}},
		{name: "a time that is none", yaml: "retention: {types: {music.queue.moved: soon}}", want: []string{"retention.types: \"music.queue.moved=soon\" is no name with a duration"}},
		{name: "types that are a list", yaml: "retention: {types: [music.queue.moved]}", want: []string{"retention.types: has to be names"}},
		{name: "what plays are made of", yaml: "retention: {types: {music.play.ended: 48h}}", want: []string{"retention.types.music.play.ended: 48h0m0s is too short: plays are made of it", "the 90 days of retention.journal, or archive.url", "file "}},
		{name: "what plays are made of, among others", yaml: "retention: {types: {music.*: 48h}}", want: []string{"retention.types.music.play.ended: 48h0m0s is too short"}},
		{name: "what plays are made of, archived", yaml: "archive: {url: /a}\nretention: {types: {music.play.ended: 23h}}", want: []string{"23h0m0s is too short", "24h0m0s or longer"}},
		{name: "days without end", yaml: "retention: {effects: 366, plays: 3651}", want: []string{"retention.effects", "retention.plays"}},
		{name: "two front bots", yaml: bot("{name: a, token: x, front: true}, {name: b, token: y, front: true}"), want: []string{"discord.bots[1].front: is set for discord.bots[0] too"}},
		{name: "bots as text", yaml: "discord: {bots: nobody}", want: []string{"discord.bots: has to be a list"}},
		{name: "bot as text", yaml: bot("nobody"), want: []string{"discord.bots[0]: has to be a section"}},
		{name: "bots by variable", env: []string{"PLATFORM_DISCORD__BOTS=x"}, want: []string{"discord.bots", "DISCORD_TOKEN"}},
		{name: "nodes by flag", flags: map[string]any{"lavalink.nodes": "x"}, want: []string{"lavalink.nodes", "flag --lavalink-nodes", "configuration file"}},
		{name: "node address", yaml: node("{name: a, address: lava, password: long enough}"), want: []string{"lavalink.nodes[0].address", "host:port"}},
		{name: "node region", yaml: node("{name: a, address: 'lava.example:2333', password: long enough, regions: [rotterdam, 'us east']}"), want: []string{"lavalink.nodes[0].regions[1]", `"us east" is not allowed`}},
		{name: "default password", yaml: node("{name: a, address: 'lava.example:2333', password: youshallnotpass}"), want: []string{"lavalink.nodes[0].password", "everybody knows"}},
		{name: "default password of the database", yaml: "database: {url: 'postgres://a:changeme@db.example/x'}", want: []string{"database.url", "everybody knows"}},
		{name: "database scheme", yaml: "database: {url: 'mysql://a@b/c'}", want: []string{"database.url", "sqlite:///PATH or postgres://"}},
		{name: "relative sqlite", yaml: "database: {url: 'sqlite://file.db'}", want: []string{"three slashes"}},
		{name: "node grammar: name", env: []string{"LAVALINK_NODES=host:2333,pw"}, want: []string{"LAVALINK_NODES", "node 1 does not begin with a name"}},
		{name: "node grammar: password", env: []string{"LAVALINK_NODES=a=h:1,p;b=h:2"}, want: []string{"node 2 (b) has no password"}},
		{name: "node grammar: address", env: []string{"LAVALINK_NODES=a=host,p"}, want: []string{"node 1 (a) has no address of the form host:port"}},
		{name: "node grammar: none", env: []string{"LAVALINK_NODES=;"}, want: []string{"names no node"}},
		{name: "bad YAML", yaml: "a: b\n  c: [", want: []string{"is not valid YAML at line"}},
		{name: "empty data_dir", flags: map[string]any{"data_dir": ""}, want: []string{"data_dir: is empty (from flag --data-dir)"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			src := config.Sources{Env: append(c.env, home...), Flags: c.flags}
			if c.yaml != "" {
				src.File = write(t, "c.yaml", c.yaml)
			}
			_, err := config.Load(src)
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("got %v", err)
			}
			message, _ := fault.Show(err)
			for _, w := range c.want {
				if !strings.Contains(message, w) {
					t.Errorf("%q lacks %q", message, w)
				}
			}
		})
	}
}

// Mistakes of all kinds are told at once, each of them once.
func TestAllMistakesAtOnce(t *testing.T) {
	_, err := config.Load(config.Sources{Env: home, Flags: map[string]any{"roles": []string{"api", "cook"}}, File: write(t, "c.yaml", `
partitions: many
listen: nowhere
operations: {listen: '0.0.0.0:9464', allow_remote: perhaps}
logg: {level: info}
resolve: {allow_networks: [10.1.2.3]}
discord: {bots: [nobody, {name: a}, {token: x, nam: b}]}
lavalink: {nodes: [{name: n, address: lava, password: long enough}]}
`)})
	message, _ := fault.Show(err)
	want := []string{
		"partitions: ", "listen: ", "operations.allow_remote: ", "logg: ", "resolve.allow_networks: ", "roles: ",
		"discord.bots[0]: ", "discord.bots[1].token: ", "discord.bots[2].name: ", "discord.bots[2].nam: ", "lavalink.nodes[0].address: ",
	}
	for _, w := range want {
		if n := strings.Count("\n"+message, "\n"+w); n != 1 {
			t.Errorf("%q stands there %d times in:\n%s", w, n, message)
		}
	}
	if n := strings.Count(message, "\n") + 1; n != len(want) {
		t.Errorf("%d lines for %d mistakes:\n%s", n, len(want), message)
	}
}

func TestTheFrontBotStandsFirst(t *testing.T) {
	for yaml, want := range map[string]string{
		"{name: a, token: x}, {name: b, token: y}, {name: c, token: z, front: true}": "c a b",
		"{name: a, token: x, front: true}, {name: b, token: y}":                      "a b",
		"{name: a, token: x}, {name: b, token: y, front: false}":                     "a b",
	} {
		c := load(t, config.Sources{File: write(t, "c.yaml", "discord: {bots: ["+yaml+"]}")})
		var names []string
		for _, b := range c.Discord.Bots {
			names = append(names, b.Name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %q, want %q", yaml, got, want)
		}
	}
}

func TestWhatNobodySetIsDefault(t *testing.T) {
	c := load(t, config.Sources{Env: []string{"PLATFORM_PLAN__DEFAULT=free"}})
	if c.Default("plan.default") || !c.Default("listen") || !c.Default("discord.bots") {
		t.Error("what was set is told wrongly")
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	large := write(t, "large.yaml", "# "+strings.Repeat("x", 1<<20))
	for path, want := range map[string]string{
		"/does/not/exist.yaml": "does not exist", t.TempDir(): "is a directory", large: "is too large",
	} {
		_, err := config.Load(config.Sources{File: path, Env: home})
		if message, _ := fault.Show(err); !strings.Contains(message, want) || !strings.Contains(message, path) {
			t.Errorf("%s: %s", path, message)
		}
	}
	if c := load(t, config.Sources{File: write(t, "empty.yaml", "")}); c.Partitions != 16 {
		t.Error("an empty file changes something")
	}
}
