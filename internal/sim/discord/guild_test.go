package discord_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestGuildOutage(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{IdentifyInterval: -1})
	c := f.login()
	k := c.join("music")
	f.breaks("voice.guild_unavailable", nil)
	if d := c.until("GUILD_DELETE").data(t); d["id"] != f.guild.ID || d["unavailable"] != true {
		t.Fatalf("%v", d)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); fault.CodeOf(err) != fault.Unavailable {
		t.Fatal(err)
	}
	c.send(4, obj{"guild_id": f.guild.ID, "channel_id": f.channel("quiet")})
	c.send(8, obj{"guild_id": f.guild.ID, "query": "a", "limit": 1})
	c.send(1, nil)
	if m := c.read(); m.Op != 11 {
		t.Fatalf("an outage is silent, got %s", m.T)
	}
	late := f.dial()
	late.send(2, identifyData(f.bot.Token))
	if g := late.until("READY").data(t)["guilds"].([]any); len(g) != 2 {
		t.Fatalf("READY lists it: %v", g)
	}
	if d := late.until("GUILD_CREATE").data(t); d["id"] == f.guild.ID {
		t.Fatal("it is not there")
	}
	f.mends("voice.guild_unavailable", nil)
	for _, cl := range []*client{c, late} {
		d := cl.until("GUILD_CREATE").data(t)
		if d["id"] != f.guild.ID || d["unavailable"] != false || len(d["voice_states"].([]any)) != 1 {
			t.Fatalf("%v", d)
		}
	}
	if err := f.verify(k); err != nil {
		t.Fatalf("voice goes on over an outage: %v", err)
	}
	if v := f.w.Violations(); len(v) != 0 {
		t.Fatalf("%+v", v)
	}
}

func TestBotRemovedAndAdded(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Bots = append(seed.Bots, discord.BotSeed{Name: "second", PrivilegedIntents: discord.IntentGuildMembers})
	f := start(t, discord.Options{Seed: &seed})
	other := *f
	other.bot = f.w.View().Bots[1]
	codes := make(chan int, 1)
	f.w.OnVoiceClosed(func(_, _ string, code int) { codes <- code })
	c, o := f.login(), other.loginWith(intents|discord.IntentGuildMembers)
	c.join("music")
	f.breaks("voice.guild_removed", nil) // the only bot in voice
	d := c.until("GUILD_DELETE").data(t)
	if _, outage := d["unavailable"]; outage || d["id"] != f.guild.ID || <-codes != 4014 {
		t.Fatalf("%v", d)
	}
	if d := o.until("VOICE_STATE_UPDATE").data(t); d["channel_id"] == nil {
		t.Fatal("it had joined before")
	}
	if d := o.until("VOICE_STATE_UPDATE").data(t); d["channel_id"] != nil {
		t.Fatalf("the others see it leave: %v", d)
	}
	if d := o.until("GUILD_MEMBER_REMOVE").data(t); d["user"].(obj)["id"] != f.bot.ApplicationID {
		t.Fatalf("%v", d)
	}
	o.until("GUILD_ROLE_DELETE")
	if a := f.call("GET", "/guilds/"+f.guild.ID, nil); a.code() != 10004 {
		t.Fatalf("%v", a.body)
	}
	if a := f.active("voice.guild_removed"); len(a) != 1 || a[0]["bot"] != "atril" || a[0]["guild"] != "demo" {
		t.Fatalf("%v", a)
	}
	f.breaks("voice.bot_added", args{"guild": f.guild.ID, "bot": f.bot.ApplicationID})
	g := c.until("GUILD_CREATE").data(t)
	if g["id"] != f.guild.ID || len(g["channels"].([]any)) != 3 || g["unavailable"] != false {
		t.Fatalf("%v", g)
	}
	o.until("GUILD_ROLE_CREATE")
	if d := o.until("GUILD_MEMBER_ADD").data(t); d["guild_id"] != f.guild.ID || d["user"].(obj)["username"] != "atril" {
		t.Fatalf("%v", d)
	}
	if k := c.join("music"); f.verify(k) != nil {
		t.Fatal("it can join again")
	}
}

func TestChannelsAndRoles(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	id, err := f.w.CreateChannel("demo", "late", discord.ChannelVoice)
	if err != nil {
		t.Fatal(err)
	}
	if d := c.until("CHANNEL_CREATE").data(t); d["id"] != id || d["type"] != 2.0 {
		t.Fatalf("%v", d)
	}
	if err := f.w.RenameChannel("demo", id, "later"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("CHANNEL_UPDATE").data(t); d["name"] != "later" {
		t.Fatalf("%v", d)
	}
	if err := f.w.DeleteChannel("demo", "later"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("CHANNEL_DELETE").data(t); d["id"] != id {
		t.Fatalf("%v", d)
	}
	role, err := f.w.CreateRole("demo", "DJ", discord.PermSpeak)
	if err != nil {
		t.Fatal(err)
	}
	if d := c.until("GUILD_ROLE_CREATE").data(t); d["role"].(obj)["name"] != "DJ" {
		t.Fatalf("%v", d)
	}
	if err := f.w.GiveRole("demo", "atril", "DJ", true); err != nil {
		t.Fatal(err)
	}
	if d := c.until("GUILD_MEMBER_UPDATE").data(t); len(d["roles"].([]any)) != 2 {
		t.Fatalf("a bot hears of itself without the intent: %v", d)
	}
	if err := f.w.GiveRole("demo", "ana", "DJ", true); err != nil {
		t.Fatal(err)
	}
	if err := f.w.SetRole("demo", "DJ", discord.PermMuteMembers, discord.PermSpeak); err != nil {
		t.Fatal(err)
	}
	m := c.read() // nothing of ana: members need their intent
	if d := m.data(t); m.T != "GUILD_ROLE_UPDATE" || d["role"].(obj)["permissions"] != "4194304" {
		t.Fatalf("%s %v", m.T, d)
	}
	if err := f.w.DeleteRole("demo", "DJ"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("GUILD_ROLE_DELETE").data(t); d["role_id"] != role {
		t.Fatalf("%v", d)
	}
	if a := f.call("GET", "/guilds/"+f.guild.ID+"/members/"+f.user("ana"), nil); len(a.body["roles"].([]any)) != 0 {
		t.Fatalf("%v", a.body)
	}
	_, taken := f.w.CreateChannel("demo", "music", discord.ChannelText)
	_, forum := f.w.CreateChannel("demo", "forum", 15)
	for name, tc := range map[string]struct {
		err  error
		code fault.Code
	}{
		"a name that is taken": {taken, fault.Conflict},
		"a forum":              {forum, fault.Invalid},
		"a name of blanks":     {f.w.RenameChannel("demo", "music", " "), fault.Invalid},
		"a bot's own role":     {f.w.DeleteRole("demo", "atril"), fault.Invalid},
		"no such role":         {f.w.GiveRole("demo", "ana", "DJ", true), fault.NotFound},
	} {
		if fault.CodeOf(tc.err) != tc.code {
			t.Errorf("%s: %v", name, tc.err)
		}
	}
}
