package discord_test

import (
	"context"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestThreads(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{IdentifyInterval: -1})
	c := f.login()
	id, err := f.w.CreateThread("demo", "general", "ana", "about ocean")
	if err != nil {
		t.Fatal(err)
	}
	parent := f.channel("general")
	made := c.until("THREAD_CREATE").data(t)
	if made["id"] != id || made["type"] != 11.0 || made["parent_id"] != parent || made["owner_id"] != f.user("ana") {
		t.Fatalf("%v", made)
	}
	if _, has := made["permission_overwrites"]; has {
		t.Error("a thread has no overwrites")
	}
	late := f.dial()
	late.send(2, identifyData(f.bot.Token))
	late.until("READY")
	for {
		if g := late.until("GUILD_CREATE").data(t); g["id"] == f.guild.ID {
			if all, _ := g["threads"].([]any); len(all) != 1 || all[0].(obj)["id"] != id {
				t.Fatalf("threads are %v", all)
			}
			for _, ch := range g["channels"].([]any) {
				if ch.(obj)["id"] == id {
					t.Error("a thread is no channel of the guild")
				}
			}
			break
		}
	}
	t.Run("an interaction in it", func(t *testing.T) {
		if a := f.call("POST", "/applications/"+f.bot.ApplicationID+"/commands", obj{"name": "ping", "description": "Says pong"}); a.status != 201 {
			t.Fatalf("%+v", a)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel() // the answer is not waited for
		if _, err := f.w.Send(ctx, discord.SlashCommand{Guild: "demo", Channel: "about ocean", User: "ana", Name: "ping"}); err != nil {
			t.Fatal(err)
		}
		in := c.until("INTERACTION_CREATE").data(t)
		ch, _ := in["channel"].(obj)
		if in["channel_id"] != id || ch["id"] != id || ch["type"] != 11.0 || ch["parent_id"] != parent {
			t.Fatalf("%v", ch)
		}
	})
	t.Run("a message in it", func(t *testing.T) {
		if a := f.call("POST", "/channels/"+id+"/messages", obj{"content": "hello"}); a.status != 200 || a.body["channel_id"] != id {
			t.Fatalf("%+v", a)
		}
		// What may be done in its channel may be done in it, but for sending.
		if err := f.w.SetOverwrite("demo", "general", f.guild.ID, 0, discord.PermSendInThreads); err != nil {
			t.Fatal(err)
		}
		if a := f.call("POST", "/channels/"+id+"/messages", obj{"content": "hello"}); a.status != 403 {
			t.Errorf("in the thread: %+v", a)
		}
		if a := f.call("POST", "/channels/"+parent+"/messages", obj{"content": "hello"}); a.status != 200 {
			t.Errorf("in the channel: %+v", a)
		}
	})
	t.Run("goes with its channel", func(t *testing.T) {
		if err := f.w.DeleteChannel("demo", "general"); err != nil {
			t.Fatal(err)
		}
		if d := c.until("THREAD_DELETE").data(t); d["id"] != id || d["parent_id"] != parent {
			t.Errorf("%v", d)
		}
		if a := f.call("GET", "/channels/"+id, nil); a.status != 404 {
			t.Errorf("it is still there: %+v", a)
		}
	})
	if v := f.w.Violations(); len(v) != 2 { // the two that were refused above
		t.Errorf("%+v", v)
	}
}

func TestThreadsThatCannotBe(t *testing.T) {
	t.Parallel()
	w := discord.New(discord.Options{})
	for name, c := range map[string]struct {
		channel, user, name string
		code                fault.Code
	}{
		"of a voice channel":   {"music", "ana", "x", fault.Invalid},
		"without a name":       {"general", "ana", " ", fault.Invalid},
		"of nothing":           {"nowhere", "ana", "x", fault.NotFound},
		"by nobody":            {"general", "nobody", "x", fault.NotFound},
		"named as another one": {"general", "ana", "music", fault.Conflict},
	} {
		if _, err := w.CreateThread("demo", c.channel, c.user, c.name); fault.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
