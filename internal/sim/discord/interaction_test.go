package discord_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// sent is an interaction under way.
type sent struct {
	t           *testing.T
	f           *fixture
	id, token   string
	data        obj
	done        chan discord.Result
	hook, reply string // paths
}

func (f *fixture) send(c *client, s discord.SlashCommand) *sent {
	f.t.Helper()
	in := &sent{t: f.t, f: f, done: make(chan discord.Result, 1)}
	go func() {
		res, err := f.w.Send(f.t.Context(), s)
		if err != nil {
			f.t.Errorf("send: %v", err)
		}
		in.done <- res
	}()
	in.take(c)
	return in
}

func (in *sent) take(c *client) {
	in.t.Helper()
	in.data = c.until("INTERACTION_CREATE").data(in.t)
	in.id, in.token = in.data["id"].(string), in.data["token"].(string)
	in.hook = "/webhooks/" + in.f.bot.ApplicationID + "/" + in.token
	in.reply = in.hook + "/messages/@original"
}

func (in *sent) answer(typ int, data any) answer {
	in.t.Helper()
	return in.f.callAs("", "POST", "/interactions/"+in.id+"/"+in.token+"/callback", obj{"type": typ, "data": data})
}

func (in *sent) result() discord.Result {
	in.t.Helper()
	select {
	case r := <-in.done:
		return r
	case <-time.After(wait):
		in.t.Fatal("no result")
		return discord.Result{}
	}
}

func play(query string) discord.SlashCommand {
	return discord.SlashCommand{Guild: "demo", User: "ana", Name: "play", Options: []discord.Arg{{Value: query}}}
}

func TestInteractionPayload(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	f.command()
	c := f.login()
	s := play("ocean")
	s.User = "bruno"
	s.Options = append(s.Options, discord.Arg{Name: "for", Value: "carla"}, discord.Arg{Name: "where", Value: "music"},
		discord.Arg{Name: "next", Value: "true"}, discord.Arg{Name: "volume", Value: "50"}, discord.Arg{Name: "mode", Value: "Fast"}, discord.Arg{Name: "role", Value: "atril"})
	in := f.send(c, s)
	d := in.data
	if d["type"] != 2.0 || d["locale"] != "es-ES" || d["guild_locale"] != "en-US" || d["context"] != 0.0 || d["version"] != 1.0 {
		t.Fatalf("%v", d)
	}
	member, data := d["member"].(obj), d["data"].(obj)
	if member["user"].(obj)["username"] != "bruno" || member["permissions"] == "0" || d["app_permissions"] == "0" || len(d["entitlements"].([]any)) != 0 {
		t.Fatalf("%v", member)
	}
	values := map[string]any{}
	for _, o := range data["options"].([]any) {
		values[o.(obj)["name"].(string)] = o.(obj)["value"]
	}
	carla := f.user("carla")
	if values["query"] != "ocean" || values["next"] != true || values["volume"] != 50.0 || values["for"] != carla || values["mode"] != "f" {
		t.Fatalf("%v", values)
	}
	res := data["resolved"].(obj)
	if res["users"].(obj)[carla] == nil || res["members"].(obj)[carla] == nil || len(res["channels"].(obj)) != 1 || len(res["roles"].(obj)) != 1 {
		t.Fatalf("%v", res)
	}
	in.answer(4, obj{"content": "ok"})
	in.result()
}

func TestInteractionLife(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: 24 * time.Hour, NoRouteLimits: true})
	f.command()
	c := f.login()
	t.Run("once, and then edits", func(t *testing.T) {
		in := f.send(c, play("a"))
		if a := f.callAs("", "PATCH", in.reply, obj{"content": "x"}); a.code() != 10015 {
			t.Fatalf("@original before the callback: %v", a.body)
		}
		if a := in.answer(6, nil); a.status != 400 {
			t.Fatalf("type 6 does not answer a command: %v", a.body)
		}
		if a := in.answer(4, obj{"content": strings.Repeat("x", 2001)}); paths(a.body["errors"], "")[0] != "data.content=BASE_TYPE_MAX_LENGTH" {
			t.Fatalf("%v", a.body)
		}
		clock.Advance(time.Second)
		if a := in.answer(4, obj{"content": "hello", "flags": 64}); a.status != 204 {
			t.Fatalf("%v", a.body)
		}
		if a := in.answer(4, obj{"content": "again"}); a.status != 400 || a.code() != 40060 {
			t.Fatalf("second callback: %v", a.body)
		}
		if r := in.result(); r.AnsweredMS != 1000 || r.Reply["content"] != "hello" || r.Reply["flags"] != 64 {
			t.Fatalf("%+v", r)
		}
		if l := f.call("GET", "/channels/"+f.channel("general")+"/messages", nil).list; len(l) != 0 {
			t.Fatal("an ephemeral message is not in the channel")
		}
		more := f.callAs("", "POST", in.hook, obj{"content": "more"})
		if more.status != 200 || f.callAs("", "PATCH", in.hook+"/messages/"+more.body["id"].(string), obj{"content": "most"}).body["content"] != "most" {
			t.Fatalf("%v", more.body)
		}
		clock.Advance(15 * time.Minute)
		if a := f.callAs("", "PATCH", in.reply, obj{"content": "x"}); a.status != 401 || a.code() != 50027 {
			t.Fatalf("after 15 min: %v", a.body)
		}
	})
	t.Run("too late", func(t *testing.T) {
		in := f.send(c, play("b"))
		clock.Advance(3*time.Second + time.Millisecond)
		if a := in.answer(4, obj{"content": "late"}); a.status != 404 || a.code() != 10062 {
			t.Fatalf("%v", a.body)
		}
		if r := in.result(); r.State != discord.StateFailed || r.Reply != nil || r.AnsweredMS != -1 {
			t.Fatalf("%+v", r)
		}
	})
	t.Run("deferred", func(t *testing.T) {
		in := f.send(c, play("c"))
		a := f.callAs("", "POST", "/interactions/"+in.id+"/"+in.token+"/callback?with_response=true", obj{"type": 5})
		if a.status != 200 || a.body["interaction"].(obj)["response_message_loading"] != true {
			t.Fatalf("%v", a.body)
		}
		clock.Advance(5 * time.Second)
		if a := f.callAs("", "POST", in.hook, obj{"content": "takes its place"}); a.body["id"] == nil || a.body["flags"] != 0.0 {
			t.Fatalf("%v", a.body)
		}
		if r := in.result(); !r.Deferred || r.AnsweredMS != 5000 || r.AckedMS != 0 || r.Reply["content"] != "takes its place" {
			t.Fatalf("%+v", r)
		}
		if a := f.callAs("", "DELETE", in.reply, nil); a.status != 204 || f.callAs("", "GET", in.reply, nil).code() != 10008 {
			t.Fatal("the answer can be deleted")
		}
	})
	t.Run("delivered twice", func(t *testing.T) {
		in := f.send(c, play("d"))
		if err := f.w.Redeliver(in.id); err != nil {
			t.Fatal(err)
		}
		if again := c.until("INTERACTION_CREATE").data(t); again["id"] != in.id || again["token"] != in.token {
			t.Fatalf("%v", again)
		}
		in.answer(4, obj{"content": "once"})
		in.result()
		log := f.w.Log()
		if last := log[len(log)-1]; last.Deliveries != 2 || last.State != discord.StateAnswered || last.User != "ana" || last.Reply != "once" {
			t.Fatalf("%+v", last)
		}
	})
	t.Run("the patience of the caller ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		r, err := f.w.Send(ctx, play("e"))
		if err != nil || r.State != discord.StateWaiting {
			t.Fatalf("%+v %v", r, err)
		}
	})
}

func TestAutocomplete(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	f.command()
	c := f.login()
	in := &sent{t: t, f: f, done: make(chan discord.Result, 1)}
	go func() {
		r, err := f.w.Autocomplete(t.Context(), play("oc"), "query")
		if err != nil {
			t.Error(err)
		}
		in.done <- r
	}()
	in.take(c)
	if o := in.data["data"].(obj)["options"].([]any)[0].(obj); o["focused"] != true || o["value"] != "oc" || in.data["type"] != 4.0 {
		t.Fatalf("%v", in.data)
	}
	if a := in.answer(4, obj{"content": "x"}); a.status != 400 {
		t.Fatal("only choices answer an autocompletion")
	}
	var many []obj
	for range 26 {
		many = append(many, obj{"name": "n", "value": "v"})
	}
	if a := in.answer(8, obj{"choices": many}); a.status != 400 {
		t.Fatal("26 choices are too many")
	}
	if a := in.answer(8, obj{"choices": many[:25]}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if r := in.result(); len(r.Choices) != 25 {
		t.Fatalf("%+v", r)
	}
	if _, err := f.w.Autocomplete(t.Context(), play("x"), "mode"); fault.CodeOf(err) != fault.Invalid {
		t.Fatal(err)
	}
}

func TestClientRefuses(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	f.command()
	arg := func(name, value string) discord.SlashCommand {
		s := play("x")
		s.Options = append(s.Options, discord.Arg{Name: name, Value: value})
		return s
	}
	for name, tc := range map[string]struct {
		s    discord.SlashCommand
		code fault.Code
		hint string
	}{
		"unknown command":  {discord.SlashCommand{Guild: "demo", User: "ana", Name: "pause"}, fault.NotFound, "known: play"},
		"no command":       {discord.SlashCommand{Guild: "demo", User: "ana"}, fault.Invalid, ""},
		"unknown guild":    {discord.SlashCommand{Guild: "x", User: "ana", Name: "play"}, fault.NotFound, "demo, empty"},
		"unknown user":     {discord.SlashCommand{Guild: "demo", User: "x", Name: "play"}, fault.NotFound, "ana, bruno"},
		"not a member":     {discord.SlashCommand{Guild: "empty", User: "bruno", Name: "play"}, fault.NotFound, ""},
		"unknown channel":  {discord.SlashCommand{Guild: "demo", User: "ana", Name: "play", Channel: "x"}, fault.NotFound, "general, music"},
		"missing option":   {discord.SlashCommand{Guild: "demo", User: "ana", Name: "play"}, fault.Invalid, "usage: /play query:… [next:…]"},
		"a bot as user":    {discord.SlashCommand{Guild: "demo", User: "atril", Name: "play"}, fault.Denied, ""},
		"unknown option":   {arg("loud", "1"), fault.Invalid, "usage: /play"},
		"option twice":     {arg("query", "1"), fault.Invalid, ""},
		"not a boolean":    {arg("next", "maybe"), fault.Invalid, ""},
		"not a number":     {arg("volume", "1.5"), fault.Invalid, ""},
		"out of range":     {arg("volume", "201"), fault.Invalid, ""},
		"not a choice":     {arg("mode", "Odd"), fault.NotFound, "Fast, Slow"},
		"not a member opt": {arg("for", "x"), fault.NotFound, ""},
		"a text channel":   {arg("where", "general"), fault.Invalid, ""},
		"too much text":    {arg("", "more"), fault.Invalid, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := f.w.Send(t.Context(), tc.s)
			if _, hint := fault.Show(err); fault.CodeOf(err) != tc.code || !strings.Contains(hint, tc.hint) {
				t.Fatalf("%v (%s), hint %q", err, fault.CodeOf(err), hint)
			}
		})
	}
}

func TestClickAndReset(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	c := f.login()
	post := f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "panel", "components": []obj{
		{"type": 1, "components": []obj{
			{"type": 2, "style": 1, "label": "Skip", "custom_id": "skip"},
			{"type": 2, "style": 1, "label": "Off", "custom_id": "off", "disabled": true},
			{"type": 2, "style": 5, "label": "Site", "url": "https://example.com"},
		}}, {"type": 1, "components": []obj{menu()}},
	}})
	if post.status != 200 {
		t.Fatalf("%v", post.body)
	}
	row := post.body["components"].([]any)[1].(obj)
	if m := row["components"].([]any)[0].(obj); row["id"] == nil || m["min_values"] != 1.0 || m["max_values"] != 1.0 || m["disabled"] != false {
		t.Fatalf("Discord fills the defaults of a menu in: %v", row)
	}
	for name, tc := range map[string]struct {
		k    discord.Click
		code fault.Code
	}{
		"unknown":       {discord.Click{CustomID: "x"}, fault.NotFound},
		"nothing named": {discord.Click{}, fault.NotFound},
		"disabled":      {discord.Click{Label: "off"}, fault.Denied},
		"link":          {discord.Click{Label: "Site"}, fault.Denied},
		"no choice":     {discord.Click{CustomID: "menu"}, fault.Invalid},
		"wrong choice":  {discord.Click{CustomID: "menu", Values: []string{"z"}}, fault.NotFound},
	} {
		tc.k.Guild, tc.k.User = "demo", "ana"
		if _, err := f.w.Click(t.Context(), tc.k); fault.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := &sent{t: t, f: f, done: make(chan discord.Result, 1)}
	go func() {
		r, err := f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "ana", Label: "Choose", Values: []string{"b"}})
		if err != nil {
			t.Error(err)
		}
		in.done <- r
	}()
	in.take(c)
	if d := in.data["data"].(obj); d["custom_id"] != "menu" || d["component_type"] != 3.0 || d["values"].([]any)[0] != "b" || in.data["message"].(obj)["id"] != post.body["id"] {
		t.Fatalf("%v", in.data)
	}
	if a := in.answer(6, nil); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	in.result()
	if a := f.callAs("", "PATCH", in.reply, obj{"content": "b it is"}); a.body["id"] != post.body["id"] {
		t.Fatalf("@original of a deferred update is the panel: %v", a.body)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	if err := f.w.DeleteChannel("demo", "quiet"); err != nil {
		t.Fatal(err)
	}
	f.w.Reset()
	for _, name := range []string{"CHANNEL_DELETE", "VOICE_STATE_UPDATE", "MESSAGE_DELETE", "CHANNEL_CREATE"} {
		c.until(name)
	}
	if v := f.w.View(); len(v.Guilds[0].Voice) != 0 || len(v.Guilds[0].Channels) != 3 || v.Bots[0].Connected != 1 || len(f.w.Log()) != 0 {
		t.Fatalf("%+v", v)
	}
}
