package config_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

func scalars(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, e := range load(t, config.Sources{}).Explain() {
		if e.Env != "" {
			keys = append(keys, e.Key)
		}
	}
	if len(keys) < 20 {
		t.Fatalf("only %d keys", len(keys))
	}
	return keys
}

// One wrong letter in a key is refused, and some key is named that was meant.
func TestATypoIsUnderstood(t *testing.T) {
	keys := scalars(t)
	rapid.Check(t, func(rt *rapid.T) {
		key := rapid.SampledFrom(keys).Draw(rt, "key")
		i := rapid.IntRange(0, len(key)-1).Draw(rt, "at")
		typo := key[:i] + "x" + key[i+1:]
		_, err := config.Load(config.Sources{Env: home, Flags: map[string]any{typo: "1"}})
		message, _ := fault.Show(err)
		if slices.Contains(keys, typo) {
			return
		}
		if !strings.Contains(message, typo+": there is no such key") || !strings.Contains(message, "did you mean ") {
			rt.Fatalf("%s: %s", typo, message)
		}
	})
}

// Every key can be set by its variable and by its flag, and the flag counts.
func TestEveryKeyHasItsSources(t *testing.T) {
	values := map[string]string{
		"data_dir": "/a", "socket": "/s.sock", "listen": "127.0.0.1:1", "roles": "api", "partitions": "3", "log.level": "debug", "log.format": "json",
		"operations.listen": "127.0.0.1:2", "operations.allow_remote": "true", "database.url": "postgres://h/d", "redis.url": "redis://h:6379/2", "discord.rest_url": "http://127.0.0.1:5/api",
		"discord.gateway_url": "ws://[::1]:5/", "resolve.search_prefix": "scsearch", "resolve.allow_networks": "10.0.0.0/8,fd00::/8",
		"resolve.allow_hosts": "a.example,b.example", "resolve.deny_hosts": "c.example", "plan.default": "pro", "discord.compression": "zlib",
		"archive.url": "/var/lib/platform/archive", "archive.access_key": "AKIDEXAMPLE", "archive.secret_key": "not a real one",
		"archive.secret_key_file": "/run/secrets/archive",
		"audio.weight":            "7",
	}
	for _, key := range scalars(t) {
		value, ok := values[key]
		if strings.HasPrefix(key, "timeouts.") || strings.HasPrefix(key, "music.") {
			value, ok = "2500ms", true
			if strings.HasPrefix(key, "music.") {
				value = "11s"
			}
		}
		if strings.HasPrefix(key, "retention.") {
			value, ok = "7", true
		}
		if key == "retention.archive" {
			value = "/var/lib/platform/archive"
		}
		if key == "retention.types" {
			value = "music.queue.moved=24h0m0s"
		}
		if !ok {
			t.Errorf("%s has no example here", key)
			continue
		}
		for source, src := range map[string]config.Sources{
			"environment variable " + config.EnvName(key): {Env: []string{config.EnvName(key) + "=" + value}},
			"flag --" + strings.NewReplacer(".", "-", "_", "-").Replace(key): {
				Env: []string{config.EnvName(key) + "=" + value}, Flags: map[string]any{key: value},
			},
		} {
			found := false
			for _, e := range load(t, src).Explain() {
				if e.Key == key {
					found = e.Source == source && e.Value != "" && e.Env == config.EnvName(key)
				}
			}
			if !found {
				t.Errorf("%s is not set by %s", key, source)
			}
		}
	}
}

// Any text in LAVALINK_NODES is nodes that are whole, or a refusal without it.
func TestNodesAreWholeOrRefused(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		password := rapid.StringMatching(`[!-:<-~]{10,30}`).Draw(rt, "password")
		n := rapid.IntRange(1, 5).Draw(rt, "nodes")
		var parts []string
		for i := range n {
			parts = append(parts, fmt.Sprintf("n%d=10.0.0.%d:%d,%s", i, i, 2000+i, password))
		}
		c, err := config.Load(config.Sources{Env: append([]string{"LAVALINK_NODES=" + strings.Join(parts, ";")}, home...)})
		if err != nil {
			rt.Fatal(err)
		}
		for i, node := range c.Lavalink.Nodes {
			if node.Name != fmt.Sprintf("n%d", i) || !node.Password.Equal(password) {
				rt.Fatalf("%d: %+v", i, node)
			}
		}
		cut := rapid.IntRange(0, 5).Draw(rt, "cut")
		_, err = config.Load(config.Sources{Env: append([]string{"LAVALINK_NODES=" + parts[0][:cut] + ";" + password}, home...)})
		if message, _ := fault.Show(err); err == nil || strings.Contains(message, password) {
			rt.Fatalf("%v", err)
		}
	})
}
