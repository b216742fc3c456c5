package discord_test

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// next reads on to an event of a kind.
func next(t *testing.T, events <-chan discord.Event, kind string) discord.Event {
	t.Helper()
	late := time.After(30 * time.Second)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("closed before %s", kind)
			}
			if e.Kind == kind {
				return e
			}
		case <-late:
			t.Fatalf("no %s", kind)
		}
	}
}

func TestWorldIsFollowed(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	events, cancel := f.w.Subscribe()
	defer cancel()
	c := f.login()
	next(t, events, discord.EventWorld) // the bot is connected
	general := f.channel("general")
	base := "/channels/" + general + "/messages"
	id := f.call("POST", base, obj{"content": "one"}).body["id"].(string)
	if e := next(t, events, discord.EventMessage); e.Op != "create" || e.Channel != general || e.Guild != f.guild.ID || e.Message["content"] != "one" || e.EphemeralTo != "" {
		t.Fatalf("%+v", e)
	}
	f.call("PATCH", base+"/"+id, obj{"content": "two"})
	if e := next(t, events, discord.EventMessage); e.Op != "update" || e.Message["content"] != "two" {
		t.Fatalf("%+v", e)
	}
	f.call("DELETE", base+"/"+id, nil)
	if e := next(t, events, discord.EventMessage); e.Op != "delete" || e.Message["id"] != id {
		t.Fatalf("%+v", e)
	}
	in := f.send(c, play("x"))
	in.answer(4, obj{"content": "secret", "flags": 64})
	in.result()
	if e := next(t, events, discord.EventMessage); e.EphemeralTo != f.user("ana") || e.Message["content"] != "secret" {
		t.Fatalf("%+v", e)
	}
	f.call("POST", "/channels/"+f.dm("bruno")+"/messages", obj{"content": "psst"})
	if e := next(t, events, discord.EventMessage); e.Guild != "" || e.User != f.user("bruno") || e.Message["content"] != "psst" {
		t.Fatalf("%+v", e)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	if e := next(t, events, discord.EventVoice); len(e.States) != 1 || e.States[0].UserID != f.user("ana") || e.Guild != f.guild.ID {
		t.Fatalf("%+v", e)
	}
	for name, change := range map[string]func() error{
		"a channel": func() error { return f.w.SetUserLimit("demo", "music", 5) },
		"a person":  func() error { return f.w.RefuseDMs("carla", true) },
		"commands": func() error {
			f.call("PUT", "/applications/"+f.bot.ApplicationID+"/commands", []obj{})
			return nil
		},
		"a cut": func() error { _, err := f.w.CutGateway(""); return err },
	} {
		if err := change(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		next(t, events, discord.EventWorld)
	}
	cancel()
	cancel()
	for range events { // closed, once
	}
}

// A reader that does not read is dropped; nobody waits for it.
func TestSlowFollowerIsDropped(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	slow, _ := f.w.Subscribe()
	for range 300 {
		if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
			t.Fatal(err)
		}
		if err := f.w.LeaveVoice("demo", "ana"); err != nil {
			t.Fatal(err)
		}
	}
	n := 0
	for range slow {
		n++
	}
	if n == 0 || n > 512 {
		t.Fatalf("%d events waited", n)
	}
}

func TestClosedWorldIsNotFollowed(t *testing.T) {
	t.Parallel()
	w := discord.New(discord.Options{})
	events, cancel := w.Subscribe()
	defer cancel()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	late, cancelLate := w.Subscribe()
	defer cancelLate()
	for _, ch := range []<-chan discord.Event{events, late} {
		for range ch {
			t.Error("an event of a closed world")
		}
	}
}

func TestPoolAndInvite(t *testing.T) {
	t.Parallel()
	seed := discord.DemoPool()
	f := start(t, discord.Options{Seed: &seed})
	g := f.guild
	if !slices.Equal(g.Members, []string{"ana", "bruno", "carla", "diego", "atril", "atril-2", "atril-3"}) {
		t.Fatalf("%v", g.Members)
	}
	if e := f.w.View().Guilds[1]; !slices.Equal(e.Members, []string{"ana", "atril"}) {
		t.Fatalf("%v", e.Members)
	}
	if !slices.Equal(g.MemberRoles["bruno"], []string{"DJ"}) || len(g.MemberRoles["ana"]) != 0 || g.OwnerID != f.user("ana") {
		t.Fatalf("%v", g.MemberRoles)
	}
	types := map[int]int{}
	for _, c := range g.Channels {
		types[c.Type]++
	}
	if types[discord.ChannelText] != 3 || types[discord.ChannelVoice] != 3 || types[discord.ChannelStage] != 1 {
		t.Fatalf("%v", types)
	}
	there := f.login()
	missing := *f
	missing.bot = f.w.View().Bots[3]
	c := missing.dial()
	c.send(2, identifyData(missing.bot.Token))
	if r := c.until("READY").data(t); len(r["guilds"].([]any)) != 0 {
		t.Fatalf("%v", r["guilds"])
	}
	if a := missing.call("GET", "/guilds/"+g.ID, nil); a.code() != 10004 {
		t.Fatalf("%v", a.body)
	}
	if err := f.w.AddBot("demo", "atril-4"); err != nil {
		t.Fatal(err)
	}
	if d := c.until("GUILD_CREATE").data(t); d["id"] != g.ID || len(d["channels"].([]any)) != 7 {
		t.Fatalf("%v", d)
	}
	if d := there.until("GUILD_ROLE_CREATE").data(t); d["role"].(obj)["tags"].(obj)["bot_id"] != missing.bot.ApplicationID {
		t.Fatalf("%v", d)
	}
	if a := missing.call("GET", "/guilds/"+g.ID, nil); a.status != 200 {
		t.Fatalf("%v", a.body)
	}
	if v := c.join("music"); missing.verify(v) != nil {
		t.Fatal("an invited bot may join voice")
	}
	for name, tc := range map[string]struct {
		guild, bot string
		code       fault.Code
	}{
		"again":      {"demo", "atril-4", fault.Conflict},
		"no bot":     {"demo", "ana", fault.NotFound},
		"no guild":   {"x", "atril-4", fault.NotFound},
		"first time": {"empty", "atril-2", ""},
	} {
		if err := f.w.AddBot(tc.guild, tc.bot); err != nil != (tc.code != "") || err != nil && fault.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}
