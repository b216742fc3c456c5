package discord_test

import (
	"path/filepath"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func (f *fixture) dm(user string) string {
	f.t.Helper()
	a := f.call("POST", "/users/@me/channels", obj{"recipient_id": f.user(user)})
	if a.status != 200 || a.body["type"] != 1.0 || a.body["recipients"].([]any)[0].(obj)["username"] != user {
		f.t.Fatalf("%d %v", a.status, a.body)
	}
	return a.body["id"].(string)
}

// loginDM identifies with the intent for direct messages.
func (f *fixture) loginDM() *client {
	f.t.Helper()
	c, data := f.dial(), identifyData(f.bot.Token)
	data["intents"] = intents | discord.IntentDirectMessages
	c.send(2, data)
	c.until("READY")
	return c
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	c := f.loginDM()
	id := f.dm("ana")
	if again := f.dm("ana"); again != id {
		t.Fatal("a second channel was opened")
	}
	if f.dm("bruno") == id {
		t.Fatal("two people share a direct channel")
	}
	base := "/channels/" + id + "/messages"
	post := f.call("POST", base, obj{"content": "a track for you", "components": inRow(btn(nil))})
	if post.status != 200 {
		t.Fatalf("%v", post.body)
	}
	if m := c.until("MESSAGE_CREATE").data(t); m["guild_id"] != nil || m["member"] != nil || m["content"] != "a track for you" {
		t.Fatalf("%v", m)
	}
	mid := post.body["id"].(string)
	if a := f.call("PATCH", base+"/"+mid, obj{"content": "another"}); a.body["content"] != "another" {
		t.Fatalf("%v", a.body)
	}
	c.until("MESSAGE_UPDATE")
	if a := f.call("GET", "/channels/"+id, nil); a.body["last_message_id"] != mid {
		t.Fatalf("%v", a.body)
	}
	in := f.click(c, discord.Click{User: "ana", Channel: "atril", CustomID: "a"})
	if d := in.data; d["guild_id"] != nil || d["member"] != nil || d["context"] != 1.0 || d["user"].(obj)["username"] != "ana" ||
		d["channel"].(obj)["type"] != 1.0 || d["authorizing_integration_owners"].(obj)["0"] != "0" {
		t.Fatalf("%v", d)
	}
	in.answer(7, obj{"content": "clicked"})
	if r := in.result(); r.Reply["content"] != "clicked" {
		t.Fatalf("%+v", r)
	}
	for user, want := range map[string]int{"ana": 1, "bruno": 0} {
		m, err := f.w.Look(discord.Look{User: user, Channel: "atril"})
		if err != nil || len(m) != want {
			t.Errorf("%s sees %d messages: %v", user, len(m), err)
		}
	}
	if _, err := f.w.Look(discord.Look{User: "bruno", Channel: id}); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("bruno looks into ana's channel: %v", err)
	}
	if a := f.call("DELETE", base+"/"+mid, nil); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	c.until("MESSAGE_DELETE")
}

func TestDirectMessagesAreRefused(t *testing.T) {
	t.Parallel()
	seed := discord.DemoPool()
	f := start(t, discord.Options{Seed: &seed, NoRouteLimits: true})
	other := *f
	other.bot = f.w.View().Bots[1]
	lonely := *f
	lonely.bot = f.w.View().Bots[3] // in no guild
	anas, diegos := f.dm("ana"), f.dm("diego")
	for name, tc := range map[string]struct {
		f            *fixture
		path         string
		body         any
		status, code int
	}{
		"nobody":            {f, "/users/@me/channels", obj{"recipient_id": "1"}, 400, 50033},
		"no recipient":      {f, "/users/@me/channels", obj{}, 400, 50035},
		"not an id":         {f, "/users/@me/channels", obj{"recipient_id": "ana"}, 400, 50035},
		"a bot":             {f, "/users/@me/channels", obj{"recipient_id": other.bot.ApplicationID}, 403, 50007},
		"who takes none":    {f, "/channels/" + diegos + "/messages", obj{"content": "x"}, 403, 50007},
		"who takes them":    {f, "/channels/" + anas + "/messages", obj{"content": "x"}, 200, 0},
		"another's channel": {&other, "/channels/" + anas + "/messages", obj{"content": "x"}, 403, 50001},
		"without a guild":   {&lonely, "/channels/" + lonely.dm("ana") + "/messages", obj{"content": "x"}, 403, 50278},
		"ephemeral":         {f, "/channels/" + anas + "/messages", obj{"content": "x", "flags": 64}, 400, 50035},
	} {
		if a := tc.f.call("POST", tc.path, tc.body); a.status != tc.status || a.code() != tc.code {
			t.Errorf("%s: %d %v", name, a.status, a.body)
		}
	}
	if err := f.w.RefuseDMs("diego", false); err != nil {
		t.Fatal(err)
	}
	if a := f.call("POST", "/channels/"+diegos+"/messages", obj{"content": "x"}); a.status != 200 {
		t.Fatalf("%v", a.body)
	}
	if err := f.w.RefuseDMs("zoe", true); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	if err := f.w.RefuseDMs("atril", true); fault.CodeOf(err) != fault.Invalid {
		t.Fatal(err)
	}
}

func TestCommandsInADirectChannel(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	no := false
	a := f.call("PUT", "/applications/"+f.bot.ApplicationID+"/commands", []obj{
		{"name": "help", "description": "Help", "contexts": []int{0, 1}},
		{"name": "skip", "description": "Skip", "contexts": []int{0}},
		{"name": "old", "description": "Old"},
		{"name": "closed", "description": "Closed", "dm_permission": no},
	})
	if a.status != 200 {
		t.Fatalf("%v", a.body)
	}
	c := f.loginDM()
	cmds, err := f.w.DirectCommands("ana", "atril")
	if err != nil || len(cmds) != 2 || cmds[0].Name != "help" || cmds[1].Name != "old" {
		t.Fatalf("%+v %v", cmds, err)
	}
	in := f.send(c, discord.SlashCommand{User: "ana", Bot: "atril", Name: "help"})
	if in.data["context"] != 1.0 || in.data["user"] == nil {
		t.Fatalf("%v", in.data)
	}
	in.answer(4, obj{"content": "help yourself"})
	if r := in.result(); r.Reply["content"] != "help yourself" {
		t.Fatalf("%+v", r)
	}
	for _, name := range []string{"skip", "closed"} {
		if _, err := f.w.Send(t.Context(), discord.SlashCommand{User: "ana", Bot: "atril", Name: name}); fault.CodeOf(err) != fault.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhatAPersonSees(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	c := f.login()
	f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "for all"})
	in := f.send(c, play("x"))
	in.answer(4, obj{"content": "for ana", "flags": 64})
	in.result()
	for user, want := range map[string]int{"ana": 2, "bruno": 1, "": 2} {
		m, err := f.w.Look(discord.Look{Guild: "demo", User: user})
		if err != nil || len(m) != want {
			t.Errorf("%q sees %d: %v", user, len(m), err)
		}
	}
	m, err := f.w.Look(discord.Look{Guild: "demo", User: "ana", Limit: 1})
	if err != nil || len(m) != 1 || !m[0].Ephemeral || m[0].EphemeralTo != f.user("ana") {
		t.Fatalf("%+v %v", m, err)
	}
	if err := f.w.SetOverwrite("demo", "general", "carla", 0, discord.PermViewChannel); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		l    discord.Look
		code fault.Code
	}{
		"hidden":        {discord.Look{Guild: "demo", User: "carla"}, fault.Denied},
		"not a member":  {discord.Look{Guild: "empty", User: "carla"}, fault.NotFound},
		"unknown guild": {discord.Look{Guild: "x"}, fault.NotFound},
		"nobody":        {discord.Look{Guild: "demo", User: "zoe"}, fault.NotFound},
		"no channel":    {discord.Look{Guild: "demo", User: "ana", Channel: "x"}, fault.NotFound},
		"nowhere":       {discord.Look{User: "ana"}, fault.NotFound},
	} {
		if _, err := f.w.Look(tc.l); fault.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Direct channels, their messages and who refuses them are there again.
func TestDirectMessagesSurvive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "world.json")
	seed := discord.DemoPool()
	f := start(t, discord.Options{Seed: &seed, NoRouteLimits: true, IdentifyInterval: -1})
	f.command()
	c := f.login()
	if err := f.w.AutoSave(path); err != nil {
		t.Fatal(err)
	}
	id := f.dm("ana")
	f.call("POST", "/channels/"+id+"/messages", obj{"content": "keep me"})
	if err := f.w.RefuseDMs("carla", true); err != nil {
		t.Fatal(err)
	}
	if err := f.w.AddBot("demo", "atril-4"); err != nil {
		t.Fatal(err)
	}
	modal := f.open(c, modalOf(inRow(input(nil))[0]))
	if err := f.w.Close(); err != nil {
		t.Fatal(err)
	}
	w := discord.New(discord.Options{NoRouteLimits: true, IdentifyInterval: -1})
	if err := w.Load(path); err != nil {
		t.Fatal(err)
	}
	g := serve(t, w)
	c = g.login()
	if m, err := w.Look(discord.Look{User: "ana", Channel: id}); err != nil || len(m) != 1 || m[0].Message["content"] != "keep me" {
		t.Fatalf("%+v %v", m, err)
	}
	if g.dm("ana") != id {
		t.Fatal("another channel was opened")
	}
	if a := g.call("POST", "/channels/"+g.dm("carla")+"/messages", obj{"content": "x"}); a.code() != 50007 {
		t.Fatalf("%v", a.body)
	}
	if err := w.AddBot("demo", "atril-4"); fault.CodeOf(err) != fault.Conflict {
		t.Fatal(err)
	}
	in := g.submit(c, discord.ModalSubmit{ID: modal, User: "ana", Fields: map[string][]string{"name": {"x"}}})
	in.answer(4, obj{"content": "thanks"})
	in.result()
}
