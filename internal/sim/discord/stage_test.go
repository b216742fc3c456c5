package discord_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// stage opens a stage without anybody.
func (f *fixture) stage() string {
	f.t.Helper()
	f.breaks("voice.stage", nil)
	for _, c := range f.w.View().Guilds[0].Channels {
		if c.Type == discord.ChannelStage {
			return c.ID
		}
	}
	f.t.Fatal("no stage")
	return ""
}

func TestStageSilencesWhoEnters(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	id := f.stage()
	if d := c.until("CHANNEL_CREATE").data(t); d["type"] != 13.0 || d["id"] != id {
		t.Fatalf("%v", d)
	}
	if d := c.until("STAGE_INSTANCE_CREATE").data(t); d["channel_id"] != id || d["privacy_level"] != 2.0 {
		t.Fatalf("%v", d)
	}
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": id})
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != true || d["request_to_speak_timestamp"] != nil {
		t.Fatalf("%v", d)
	}
	c.until("VOICE_SERVER_UPDATE")
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("music")})
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != false {
		t.Fatalf("off the stage: %v", d)
	}
	late := (&fixture{t: t, w: f.w, srv: f.srv, bot: f.bot, guild: f.guild}).call("GET", "/stage-instances/"+id, nil)
	if late.status != 200 || late.body["channel_id"] != id {
		t.Fatalf("%v", late.body)
	}
}

func TestAskingToSpeak(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: time.Hour, NoRouteLimits: true})
	c := f.login()
	id := f.stage()
	path := "/guilds/" + f.guild.ID + "/voice-states/@me"
	at := func(d time.Duration) string { return clock.Now().Add(d).UTC().Format(time.RFC3339) }
	c.join("music")
	if a := f.call("PATCH", path, obj{"suppress": false}); a.code() != 50024 {
		t.Fatalf("in a voice channel: %v", a.body)
	}
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": id})
	c.until("VOICE_SERVER_UPDATE")
	for name, tc := range map[string]struct {
		body obj
		code int
	}{
		"speaking without MUTE_MEMBERS": {obj{"suppress": false}, 50013},
		"a time that is over":           {obj{"request_to_speak_timestamp": at(-time.Hour)}, 50035},
		"another channel":               {obj{"channel_id": f.channel("music"), "suppress": true}, 50035},
		"no time":                       {obj{"request_to_speak_timestamp": "soon"}, 50035},
	} {
		if a := f.call("PATCH", path, tc.body); a.code() != tc.code {
			t.Errorf("%s: %d %v", name, a.status, a.body)
		}
	}
	if a := f.call("PATCH", path, obj{"channel_id": id, "request_to_speak_timestamp": at(0)}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != true || d["request_to_speak_timestamp"] == nil {
		t.Fatalf("%v", d)
	}
	if a := f.active("voice.suppress"); len(a) != 1 || a[0]["bot"] != "atril" {
		t.Fatalf("%v", a)
	}
	f.mends("voice.suppress", nil) // a moderator invites it
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != false {
		t.Fatalf("%v", d)
	}
	f.breaks("voice.suppress", nil)
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != true || d["request_to_speak_timestamp"] != nil {
		t.Fatalf("%v", d)
	}
	if err := f.w.SetOverwrite("demo", id, "atril", discord.PermMuteMembers, 0); err != nil {
		t.Fatal(err)
	}
	if a := f.call("PATCH", path, obj{"suppress": false}); a.status != 204 {
		t.Fatalf("a moderator speaks by itself: %v", a.body)
	}
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != false {
		t.Fatalf("%v", d)
	}
	if err := f.w.JoinVoice("demo", "ana", id); err != nil {
		t.Fatal(err)
	}
	if a := f.call("PATCH", "/guilds/"+f.guild.ID+"/voice-states/"+f.user("ana"), obj{"suppress": false}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	c.until("VOICE_STATE_UPDATE")
	if d := c.until("VOICE_STATE_UPDATE").data(t); d["suppress"] != false || d["request_to_speak_timestamp"] == nil {
		t.Fatalf("a person is invited with a time: %v", d)
	}
}

// Everybody of a channel is moved onto a stage, and back when it ends.
func TestStageMovesPeople(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	c.join("music")
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	f.breaks("voice.stage", args{"channel": "music", "name": "show"})
	where := func() (ana, bot string, silent int) {
		for _, vs := range f.w.View().Guilds[0].Voice {
			if vs.Suppress {
				silent++
			}
		}
		v := f.w.View()
		return v.Users[0].Voice["demo"], v.Bots[0].Voice["demo"], silent
	}
	if ana, bot, silent := where(); ana != "show" || bot != "show" || silent != 2 {
		t.Fatal(ana, bot, silent)
	}
	if a := f.active("voice.stage"); len(a) != 1 || a[0]["channel"] != "music" || a[0]["name"] != "show" {
		t.Fatalf("%v", a)
	}
	f.mends("voice.stage", nil)
	if ana, bot, silent := where(); ana != "music" || bot != "music" || silent != 0 {
		t.Fatal(ana, bot, silent)
	}
	for _, name := range []string{"STAGE_INSTANCE_CREATE", "STAGE_INSTANCE_DELETE", "CHANNEL_DELETE"} {
		c.until(name)
	}
}

func TestStageInstances(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	id, err := f.w.CreateChannel("demo", "show", discord.ChannelStage)
	if err != nil {
		t.Fatal(err)
	}
	open := func(channel string) answer {
		return f.call("POST", "/stage-instances", obj{"channel_id": channel, "topic": "Ocean"})
	}
	if a := open(id); a.code() != 50013 {
		t.Fatalf("%v", a.body)
	}
	if err := f.w.SetOverwrite("demo", id, "atril", discord.PermMuteMembers|discord.PermMoveMembers|discord.PermManageChannels, 0); err != nil {
		t.Fatal(err)
	}
	if a := open(f.channel("music")); a.code() != 50024 {
		t.Fatalf("%v", a.body)
	}
	if a := open(id); a.status != 200 || a.body["topic"] != "Ocean" {
		t.Fatalf("%v", a.body)
	}
	if a := open(id); a.code() != 150006 {
		t.Fatalf("%v", a.body)
	}
	c := f.dial()
	c.send(2, identifyData(f.bot.Token))
	if d := c.until("GUILD_CREATE").data(t); len(d["stage_instances"].([]any)) != 1 {
		t.Fatalf("%v", d["stage_instances"])
	}
	if a := f.call("PATCH", "/stage-instances/"+id, obj{"topic": "River"}); a.body["topic"] != "River" {
		t.Fatalf("%v", a.body)
	}
	if d := c.until("STAGE_INSTANCE_UPDATE").data(t); d["topic"] != "River" {
		t.Fatalf("%v", d)
	}
	if a := f.call("DELETE", "/stage-instances/"+id, nil); a.status != 204 {
		t.Fatal(a.status)
	}
	c.until("STAGE_INSTANCE_DELETE")
	if a := f.call("GET", "/stage-instances/"+id, nil); a.code() != 10067 {
		t.Fatalf("%v", a.body)
	}
}
