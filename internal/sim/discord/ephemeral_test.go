package discord_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// Who sees a message is decided when it is sent; later edits do not change it.
func TestEphemeralStaysWhatItIs(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	f.command()
	c := f.login()
	for name, tc := range map[string]struct{ first, edit, want float64 }{
		"for all":                  {0, 64, 0},
		"for one":                  {64, 0, 64},
		"for one, embeds hidden":   {64, 4, 68},
		"for all, embeds hidden":   {0, 4, 4},
		"for one, quiet in a room": {64, 64, 64},
	} {
		in := f.send(c, play("x"))
		if a := in.answer(4, obj{"content": "x", "flags": tc.first}); a.status != 204 {
			t.Fatalf("%s: %v", name, a.body)
		}
		in.result()
		if a := f.callAs("", "PATCH", in.reply, obj{"flags": tc.edit}); a.body["flags"] != tc.want {
			t.Errorf("%s: flags %v, want %v: %v", name, a.body["flags"], tc.want, a.body)
		}
	}
}

// An ephemeral message has buttons too, for the one who sees it; its follow-ups
// and its end go by the token of the interaction, which lasts for 15 minutes.
func TestEphemeralLife(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: 24 * time.Hour, NoRouteLimits: true})
	f.command()
	c := f.login()
	in := f.send(c, play("x"))
	if a := in.answer(5, obj{"flags": 64}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if a := f.callAs("", "PATCH", in.reply, obj{"content": "pick", "components": inRow(btn(nil))}); a.body["flags"] != 64.0 {
		t.Fatalf("a deferred answer stays ephemeral: %v", a.body)
	}
	in.result()
	if _, err := f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "bruno", CustomID: "a"}); err == nil {
		t.Fatal("bruno pressed a button that he does not see")
	}
	click := f.click(c, discord.Click{Guild: "demo", User: "ana", CustomID: "a"})
	if click.data["message"].(obj)["flags"] != 64.0 {
		t.Fatalf("%v", click.data["message"])
	}
	if a := click.answer(7, obj{"content": "picked", "components": []obj{}}); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if r := click.result(); r.Reply["content"] != "picked" {
		t.Fatalf("%+v", r)
	}
	more := f.callAs("", "POST", click.hook, obj{"content": "and more", "flags": 64})
	path := click.hook + "/messages/" + more.body["id"].(string)
	if a := f.callAs("", "GET", path, nil); a.body["content"] != "and more" {
		t.Fatalf("%v", a.body)
	}
	if a := f.callAs("", "DELETE", path, nil); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if a := f.callAs("", "GET", click.reply, nil); a.body["content"] != "picked" {
		t.Fatalf("@original of an update is the message itself: %v", a.body)
	}
	if a := f.callAs("", "DELETE", in.reply, nil); a.status != 204 {
		t.Fatalf("%v", a.body)
	}
	if m, err := f.w.Look(discord.Look{Guild: "demo", User: "ana"}); err != nil || len(m) != 0 {
		t.Fatalf("%+v %v", m, err)
	}
	clock.Advance(15 * time.Minute)
	for _, method := range []string{"GET", "DELETE"} {
		if a := f.callAs("", method, click.reply, nil); a.code() != 50027 {
			t.Errorf("%s after 15 min: %v", method, a.body)
		}
	}
	if a := f.callAs("", "POST", click.hook, obj{"content": "x"}); a.code() != 50027 {
		t.Fatalf("%v", a.body)
	}
}
