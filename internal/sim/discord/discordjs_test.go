package discord_test

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// TestDiscordJS lets an unmodified discord.js complete a session. It needs
// node and a directory with the package installed, named by SIM_DISCORDJS.
func TestDiscordJS(t *testing.T) {
	dir := os.Getenv("SIM_DISCORDJS")
	if dir == "" {
		t.Skip("SIM_DISCORDJS does not name a directory with discord.js installed")
	}
	f := start(t, discord.Options{})
	script, err := filepath.Abs("testdata/stranger.js")
	if err != nil {
		t.Fatal(err)
	}
	v := f.w.View()
	cmd := exec.CommandContext(t.Context(), "node", script)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.Env = append(os.Environ(), "SIM_REST="+v.RESTURL, "SIM_TOKEN="+f.bot.Token, "NODE_PATH="+filepath.Join(dir, "node_modules"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan obj, 100)
	read := make(chan struct{})
	go func() {
		defer close(read)
		for s := bufio.NewScanner(out); s.Scan(); {
			var o obj
			if json.Unmarshal(s.Bytes(), &o) == nil {
				lines <- o
			}
		}
	}()
	defer func() { <-read; _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	next := func(what string) obj {
		t.Helper()
		for deadline := time.After(20 * time.Second); ; {
			select {
			case o := <-lines:
				if o["what"] == "rejected" || o["what"] == "error" {
					t.Fatalf("discord.js: %v; refused: %+v", o, f.w.Violations())
				}
				if o["what"] == what {
					return o
				}
			case <-deadline:
				t.Fatalf("discord.js does not say %s", what)
			}
		}
	}
	if o := next("ready"); o["user"] != "atril" || o["guilds"] != 2.0 || len(o["channels"].([]any)) != 3 {
		t.Fatalf("%v", o)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	if o := next("voice"); o["user"] != "ana" || o["channel"] != "music" {
		t.Fatalf("%v", o)
	}
	res, err := f.w.Send(t.Context(), play("ocean"))
	if err != nil || !res.Deferred || res.Reply["content"] != "playing ocean" {
		t.Fatalf("%+v %v", res, err)
	}
	if o := next("voice"); o["user"] != "atril" || o["channel"] != "music" {
		t.Fatalf("%v", o)
	}
	clicked, err := f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "ana", Label: "Skip"})
	if err != nil || clicked.Reply["content"] != "skipped" {
		t.Fatalf("%+v %v", clicked, err)
	}
	if _, err := f.w.CutGateway("atril"); err != nil {
		t.Fatal(err)
	}
	if err := f.w.LeaveVoice("demo", "ana"); err != nil {
		t.Fatal(err)
	}
	next("resumed")
	msgs, err := f.w.Messages("demo", "general", 10)
	if err != nil || len(msgs) != 3 || msgs[2].Message["content"] != "an edited message" || !msgs[1].Ephemeral || msgs[1].Message["content"] != "you are in music" {
		t.Fatalf("%+v %v", msgs, err)
	}
	if bad := f.w.Violations(); len(bad) != 0 {
		t.Fatalf("discord.js sent what was refused: %+v", bad)
	}
}
