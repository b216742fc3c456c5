package discord_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// A fault that names no bot is about the one that a person would mean.
func TestWhichBotAFaultMeans(t *testing.T) {
	t.Parallel()
	seed := discord.DemoPool()
	f := start(t, discord.Options{Seed: &seed})
	w := f.w
	set := func(name string, a args) {
		t.Helper()
		if err := w.SetFault(name, a); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	broken := func(name string) (bots []string) {
		for _, f := range w.Faults() {
			for _, a := range f.Active {
				if f.Name == name {
					bots = append(bots, a["bot"])
				}
			}
		}
		return bots
	}
	voice := func() (names []string) {
		for _, b := range w.View().Bots {
			if len(b.Voice) > 0 {
				names = append(names, b.Name)
			}
		}
		return names
	}
	is := func(what string, got []string, want ...string) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Fatalf("%s: %v, want %v", what, got, want)
			}
		}
	}
	if err := w.SetFault("voice.kick", nil); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("nobody is in voice: %v", err)
	}
	// Permissions are taken from all bots of the guild, and given back to one by its name.
	set("voice.deny_speak", args{"channel": "music"})
	is("denied", broken("voice.deny_speak"), "atril", "atril-2", "atril-3")
	if err := w.ClearFault("voice.deny_speak", args{"bot": "atril-2"}); err != nil {
		t.Fatal(err)
	}
	is("given back", broken("voice.deny_speak"), "atril", "atril-3")
	set("voice.deny_connect", args{"channel": "stage", "bot": "atril-3"})
	is("one of them", broken("voice.deny_connect"), "atril-3")
	// Voice: the first one there.
	for i, channel := range map[int]string{1: "quiet", 2: "lounge"} {
		one := *f
		one.bot = w.View().Bots[i]
		one.login().join(channel)
	}
	is("in voice", voice(), "atril-2", "atril-3")
	set("voice.kick", nil)
	is("after one kick", voice(), "atril-3")
	set("voice.kick", nil)
	is("after another", voice())
	// Outside: the first one that is not there; otherwise the front bot.
	set("voice.bot_added", nil)
	set("voice.guild_removed", nil)
	is("removed", broken("voice.guild_removed"), "atril")
	set("voice.bot_added", nil)
	is("invited again", broken("voice.guild_removed"))
	if err := w.SetFault("voice.bot_added", nil); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("all are there: %v", err)
	}
}
