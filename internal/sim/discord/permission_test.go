package discord_test

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// seen returns what the bot and ana may do in general, as an interaction says it.
func (f *fixture) seen(c *client) (app, member uint64) {
	f.t.Helper()
	in := f.send(c, play("x"))
	in.answer(4, obj{"content": "x"})
	in.result()
	app, err := strconv.ParseUint(in.data["app_permissions"].(string), 10, 64)
	if err != nil {
		f.t.Fatal(err)
	}
	member, err = strconv.ParseUint(in.data["member"].(obj)["permissions"].(string), 10, 64)
	if err != nil {
		f.t.Fatal(err)
	}
	return app, member
}

func TestPermissionsOfAChannel(t *testing.T) {
	t.Parallel()
	seed := discord.Demo()
	seed.Users = append([]discord.UserSeed{{Name: "zoe", Locale: "en-US"}}, seed.Users...) // she owns the guilds
	for name, tc := range map[string]struct {
		target      string // empty is @everyone
		allow, deny uint64
		app, member bool // may they embed links in general
	}{
		"nothing":                  {"ana", 0, 0, true, true},
		"the member is denied":     {"ana", 0, discord.PermEmbedLinks, true, false},
		"everyone is denied":       {"", 0, discord.PermEmbedLinks, false, false},
		"the bot only is denied":   {"atril", 0, discord.PermEmbedLinks, false, true},
		"allowed twice changes no": {"ana", discord.PermEmbedLinks, 0, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{Seed: &seed})
			f.command()
			c := f.login()
			target := tc.target
			if target == "" {
				target = f.guild.ID
			}
			if err := f.w.SetOverwrite("demo", "general", target, tc.allow, tc.deny); err != nil {
				t.Fatal(err)
			}
			app, member := f.seen(c)
			if app&discord.PermEmbedLinks != 0 != tc.app || member&discord.PermEmbedLinks != 0 != tc.member {
				t.Fatalf("app %b, member %b", app, member)
			}
			if app&discord.PermMoveMembers != 0 || member&discord.PermAdministrator != 0 {
				t.Fatal("nobody was given more than the roles say")
			}
		})
	}
}

func TestHiddenChannel(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	f.command()
	c := f.login()
	hide := func(target string) {
		t.Helper()
		if err := f.w.SetOverwrite("demo", "general", target, 0, discord.PermViewChannel); err != nil {
			t.Fatal(err)
		}
	}
	hide("bruno")
	s := play("x")
	s.User = "bruno"
	if _, err := f.w.Send(t.Context(), s); fault.CodeOf(err) != fault.Denied {
		t.Fatalf("bruno does not see the channel: %v", err)
	}
	if _, owner := f.seen(c); owner&discord.PermAdministrator == 0 {
		t.Fatal("ana owns the guild and may do everything")
	}
	hide("atril")
	path := "/channels/" + f.channel("general")
	for _, p := range []string{path, path + "/messages"} {
		if a := f.call("GET", p, nil); a.status != 403 || a.code() != 50001 {
			t.Fatalf("%s: %v", p, a.body)
		}
	}
	// An interaction can be answered all the same, and its answer be fetched.
	in := f.send(c, play("y"))
	if a := in.answer(4, obj{"content": "z"}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	in.result()
	if a := f.callAs("", "GET", in.reply, nil); a.body["content"] != "z" {
		t.Fatalf("%v", a.body)
	}
}

func TestDefaultMemberPermissions(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	a := f.call("POST", "/applications/"+f.bot.ApplicationID+"/commands", obj{"name": "admin", "description": "d", "default_member_permissions": "32"})
	if a.status != 201 || a.body["default_member_permissions"] != "32" {
		t.Fatalf("%v", a.body)
	}
	_, err := f.w.Send(t.Context(), discord.SlashCommand{Guild: "demo", User: "carla", Name: "admin"})
	if fault.CodeOf(err) != fault.Denied {
		t.Fatal(err)
	}
}

func TestStoredWorldsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	w := discord.New(discord.Options{})
	before := w.View().Bots[0].Token
	for name, text := range map[string]string{"empty": "", "cut": `{"version":1,"users":[`, "newer": `{"version":99}`, "another": `[]`} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := w.Load(path); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w.View().Bots[0].Token != before {
		t.Fatal("a file that is refused changes nothing")
	}
	path := filepath.Join(t.TempDir(), "world")
	if err := w.AutoSave(path); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("the file holds tokens and is its owner's only: %v %v", st, err)
	}
}

// A simulator that is killed loses what came after its last save. A bot that
// knows more than it is told to begin anew: what was lost cannot be made up.
func TestResumeAheadOfTheFileIsRefused(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	c := f.login()
	path := filepath.Join(t.TempDir(), "world")
	if err := f.w.Save(path); err != nil {
		t.Fatal(err)
	}
	if err := f.w.JoinVoice("demo", "ana", "music"); err != nil {
		t.Fatal(err)
	}
	c.until("VOICE_STATE_UPDATE")
	w := discord.New(discord.Options{})
	if err := w.Load(path); err != nil {
		t.Fatal(err)
	}
	n := serve(t, w)
	if got := (&client{f: n, session: c.session}).resume(c.seq).closed(); got != 4007 {
		t.Fatalf("close code %d", got)
	}
}
