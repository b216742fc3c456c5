package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

const canary = "canary-7f3a9c"

// Whatever prints a configuration, the canary does not show.
func TestSecretsNeverShow(t *testing.T) {
	c := load(t, config.Sources{
		File: write(t, "c.yaml", "database: {url: 'postgres://ana:"+canary+"@db.example/x'}\nredis: {url: ['rediss://ana:"+canary+"@a.example', 'rediss://:"+canary+"@b.example:7000']}\nlavalink: {nodes: [{name: a, address: 'h:1', password: "+canary+"}]}"),
		Env:  []string{"DISCORD_TOKEN=" + canary},
	})
	hidden := struct{ c config.Config }{c}
	out := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		out["config "+verb] = fmt.Sprintf(verb, c)
		out["pointer "+verb] = fmt.Sprintf(verb, &c)
		out["unexported "+verb] = fmt.Sprintf(verb, hidden)
		out["secret "+verb] = fmt.Sprintf(verb, c.Discord.Bots[0].Token)
	}
	j, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	y, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	out["json"], out["yaml"] = string(j), string(y)
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "config", c, "value", c.Discord.Bots[0].Token, "bots", c.Discord.Bots)
	}
	out["slog"] = log.String()
	for _, e := range c.Explain() {
		out["explain "+e.Key] = fmt.Sprint(e)
	}
	for name, text := range out {
		if strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
			t.Errorf("%s shows the canary: %s", name, text)
		}
	}
	if !strings.Contains(out["explain lavalink.nodes[0].password"], "[redacted]") || !strings.Contains(out["explain database.url"], "ana:xxxxx@db.example") {
		t.Errorf("%s\n%s", out["explain lavalink.nodes[0].password"], out["explain database.url"])
	}
	if got := c.Secrets(); len(got) != 5 {
		t.Errorf("%d secrets are known, want 5", len(got))
	}
}

// A refusal does not repeat what may be a secret.
func TestRefusalsDoNotShowSecrets(t *testing.T) {
	for name, src := range map[string]config.Sources{
		"yaml":        {File: write(t, "a.yaml", canary)},
		"broken yaml": {File: write(t, "b.yaml", "token: "+canary+"\n  : [")},
		"nodes":       {Env: []string{"LAVALINK_NODES=" + canary + "," + canary}},
		"node":        {Env: []string{"LAVALINK_NODES=a=" + canary + "," + canary}},
		"token":       {Env: []string{"DISCORD_TOKEN=Bot " + canary}},
		"database":    {Env: []string{"PLATFORM_DATABASE__URL=mysql://a:" + canary + "@h/x"}},
		"bad url":     {Env: []string{"PLATFORM_DATABASE__URL=://" + canary}},
		"rest url":    {Env: []string{"PLATFORM_DISCORD__REST_URL=https://a:" + canary + "@h/x"}},
		"type":        {File: write(t, "c.yaml", "lavalink: {nodes: [{name: a, address: 'h:1', password: ["+canary+"]}]}")},
	} {
		t.Run(name, func(t *testing.T) {
			src.Env = append(src.Env, home...)
			_, err := config.Load(src)
			message, hint := fault.Show(err)
			if err == nil || strings.Contains(message+hint+err.Error(), canary) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestSchemaIsCommitted(t *testing.T) {
	got, err := config.Schema()
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../schema/config.json"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code says; run UPDATE=1 go test ./internal/config", path)
	}
	// Every key that can be set is in the schema, by its last name.
	for _, e := range load(t, config.Sources{}).Explain() {
		if e.Doc == "" {
			t.Errorf("%s has no words", e.Key)
		}
		last := e.Key[strings.LastIndex(e.Key, ".")+1:]
		if !strings.Contains(string(got), `"`+last+`": {`) {
			t.Errorf("the schema lacks %s", e.Key)
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("listen: 127.0.0.1:0", "a=h:1,p")
	f.Add("discord: {bots: [{name: a, token: b}]}", ";")
	f.Add("? [a]\n: b", "=,")
	f.Add("log: &a {level: *a}", "a=https://[::1]:1,p;a=h:1,p")
	f.Fuzz(func(t *testing.T, text, nodes string) {
		path := t.TempDir() + "/c.yaml"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Skip()
		}
		c, err := config.Load(config.Sources{File: path, Env: []string{"HOME=/h", "LAVALINK_NODES=" + nodes}})
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, n := range c.Lavalink.Nodes {
			if n.Name == "" || n.Address == "" || n.Password.Empty() {
				t.Fatalf("an incomplete node was let through: %+v", n)
			}
		}
	})
}
