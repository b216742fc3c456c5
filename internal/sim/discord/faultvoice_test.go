package discord_test

import (
	"path/filepath"
	"testing"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestVoiceFaults(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	codes := make(chan int, 10)
	f.w.OnVoiceClosed(func(_, _ string, code int) { codes <- code })
	c := f.login()
	k := c.join("music")
	f.breaks("voice.server_move", nil)
	moved := c.until("VOICE_SERVER_UPDATE").data(t)
	if moved["endpoint"] == nil || moved["token"] == k.token || f.verify(k) == nil {
		t.Fatalf("%v", moved)
	}
	f.breaks("voice.endpoint_null", args{"bot": "atril"})
	if d := c.until("VOICE_SERVER_UPDATE").data(t); d["endpoint"] != nil {
		t.Fatalf("%v", d)
	}
	if a := f.active("voice.endpoint_null"); len(a) != 1 {
		t.Fatalf("%v", a)
	}
	f.mends("voice.endpoint_null", args{"guild": "empty"}) // another guild: nothing happens
	f.mends("voice.endpoint_null", args{"guild": f.guild.ID})
	if d := c.until("VOICE_SERVER_UPDATE").data(t); d["endpoint"] == nil {
		t.Fatalf("%v", d)
	}
	f.breaks("voice.move", args{"channel": f.channel("quiet")})
	if got := c.creds(); got.channel != f.channel("quiet") || f.verify(got) != nil || <-codes != 4014 {
		t.Fatalf("%+v", got)
	}
	f.breaks("voice.kick", nil)
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["channel_id"] != nil || <-codes != 4014 {
		t.Fatalf("%v", d)
	}
	c.join("music")
	f.breaks("voice.channel_deleted", args{"channel": "music"})
	c.until("CHANNEL_DELETE")
	if code := <-codes; code != 4022 {
		t.Fatalf("closed with %d", code)
	}
	f.mends("voice.channel_deleted", args{"channel": "music"})
	if d := c.until("CHANNEL_CREATE").data(t); d["id"] != f.channel("music") || d["position"] != 1.0 {
		t.Fatalf("%v", d)
	}
}

func TestDeniedPermissions(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	f.breaks("voice.deny_speak", args{"channel": "music"})
	f.breaks("voice.deny_connect", args{"channel": "music"})
	f.mends("voice.deny_connect", nil) // leaves the other one
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != true {
		t.Fatalf("who may not speak is suppressed: %v", d)
	}
	f.breaks("voice.deny_connect", nil)
	if a := f.active("voice.deny_connect"); len(a) != 2 || a[0]["channel"] != "music" || a[1]["channel"] != "quiet" {
		t.Fatalf("all voice channels: %v", a)
	}
	for range 2 {
		c.until("CHANNEL_UPDATE")
	}
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("quiet")})
	c.send(1, nil)
	for m := c.read(); m.Op != 11; m = c.read() {
		if m.T == "VOICE_STATE_UPDATE" {
			t.Fatal("it may not enter")
		}
	}
	f.mends("voice.deny_connect", args{"channel": "quiet"})
	if k := c.join("quiet"); f.verify(k) != nil {
		t.Fatal("it may enter again")
	}
	if a := f.active("voice.deny_connect"); len(a) != 1 || a[0]["channel"] != "music" {
		t.Fatalf("%v", a)
	}
}

// What is broken in the world stays so over a restart, and Reset mends it.
func TestVoiceFaultsSurviveARestart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "world.json")
	f := start(t, discord.Options{})
	f.breaks("voice.user_limit", args{"channel": "music", "limit": "2"})
	f.breaks("voice.guild_unavailable", args{"guild": "empty"})
	f.breaks("voice.stage", args{"name": "show"})
	f.breaks("voice.guild_removed", args{"guild": "demo"})
	if err := f.w.Save(path); err != nil {
		t.Fatal(err)
	}
	w := discord.New(discord.Options{})
	if err := w.Load(path); err != nil {
		t.Fatal(err)
	}
	n := serve(t, w)
	lasting := []string{"voice.user_limit", "voice.guild_unavailable", "voice.stage", "voice.guild_removed"}
	for _, name := range lasting {
		if a := n.active(name); len(a) != 1 {
			t.Errorf("%s: %v", name, a)
		}
	}
	w.Reset()
	for _, name := range lasting {
		if a := n.active(name); len(a) != 0 {
			t.Errorf("%s after a reset: %v", name, a)
		}
	}
}
