package e2e_test

import (
	"context"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// inChannels returns the players of demo that are in a channel, by bot.
func inChannels(ctx context.Context, r *e2e.Rig) map[string]view.Player {
	page, err := r.API().Players(ctx, client.Players{Guild: "demo"})
	out := map[string]view.Player{}
	if err != nil {
		return out
	}
	for _, p := range page.Items {
		if p.Channel != "" {
			out[p.BotName] = p
		}
	}
	return out
}

// playing waits until so many bots play in demo, in different channels.
func playing(t *testing.T, r *e2e.Rig, n int) map[string]view.Player {
	t.Helper()
	var all map[string]view.Player
	r.Until("the bots play in channels of their own", func(ctx context.Context) bool {
		all = inChannels(ctx, r)
		var channels []string
		for _, p := range all {
			if p.State != "playing" || slices.Contains(channels, p.Channel) {
				return false
			}
			channels = append(channels, p.Channel)
		}
		return len(all) == n
	})
	return all
}

// botOf is the bot that plays what a member asked for in a channel of its own.
func botOf(t *testing.T, all map[string]view.Player, before map[string]view.Player) string {
	t.Helper()
	for name := range all {
		if _, was := before[name]; !was {
			return name
		}
	}
	t.Fatalf("no further bot plays: %v", all)
	return ""
}

// gathered waits until the guild demo knows of the bots that are in it: what
// comes before may find that nobody may change the guild yet.
func gathered(r *e2e.Rig, n int) {
	r.TB.Helper()
	r.Until("the bots are known in the guild", func(ctx context.Context) bool {
		g, err := r.API().Guild(ctx, "demo")
		present := 0
		for _, b := range g.Bots {
			if b.Present {
				present++
			}
		}
		return err == nil && present == n
	})
}

func TestSeveralBots(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false)
	r.Up()
	gathered(r, 3)
	for user, channel := range map[string]string{"ana": "music", "carla": "quiet", "bruno": "lounge", "diego": "stage"} {
		join(t, r, user, "demo", channel)
	}
	expect(t, r, "ana", "/play ocean", "Now playing: ")
	first := playing(t, r, 1)
	if _, front := first["atril"]; !front {
		t.Errorf("the front bot is not the first to play: %v", first)
	}
	expect(t, r, "carla", "/play night", "Now playing: ")
	second := playing(t, r, 2)
	worker := botOf(t, second, first)
	t.Run("each has a queue of its own", func(t *testing.T) {
		expect(t, r, "ana", "/pause", "Paused ")
		r.Until("only one is paused", func(ctx context.Context) bool {
			all := inChannels(ctx, r)
			return all["atril"].State == "paused" && all[worker].State == "playing"
		})
		expect(t, r, "ana", "/resume", "Playing again: ")
	})
	expect(t, r, "bruno", "/play ocean", "Ahora suena: ")
	third := playing(t, r, 3)
	t.Run("limit of the plan", func(t *testing.T) {
		if err := r.Control().Invite(t.Context(), "atril-4", "demo"); err != nil {
			t.Fatal(err)
		}
		r.Until("the fourth bot is there", func(ctx context.Context) bool {
			g, err := r.API().Guild(ctx, "demo")
			return err == nil && slices.ContainsFunc(g.Bots, func(b view.GuildBot) bool { return b.Name == "atril-4" && b.Present })
		})
		res := say(t, r, "diego", "/play ocean")
		if text := textOf(res); text == "" || len(inChannels(t.Context(), r)) != 3 {
			t.Errorf("a fourth bot plays on a plan for three: %q", text)
		}
	})
	t.Run("a bot that is removed is missing until it is invited", func(t *testing.T) {
		is := func(want string, present bool) {
			r.Until(worker+" is "+want, func(ctx context.Context) bool {
				g, err := r.API().Guild(ctx, "demo")
				return err == nil && slices.ContainsFunc(g.Bots, func(b view.GuildBot) bool { return b.Name == worker && b.Present == present })
			})
		}
		breakDiscord(t, r, "voice.guild_removed", map[string]string{"bot": worker})
		is("missing", false)
		r.Until("it plays no more", func(ctx context.Context) bool {
			_, still := inChannels(ctx, r)[worker]
			return !still
		})
		mend(t, r, "voice.guild_removed")
		is("back", true)
	})
	t.Run("a bot that is named is kicked", func(t *testing.T) {
		name := botOf(t, third, second)
		breakDiscord(t, r, "voice.kick", map[string]string{"bot": name})
		r.Until("it is in no channel", func(ctx context.Context) bool {
			_, still := inChannels(ctx, r)[name]
			return !still
		})
	})
	t.Run("in voice, one that is not named is meant", func(t *testing.T) {
		breakDiscord(t, r, "voice.kick", nil)
		r.Until("the front bot is in no channel", func(ctx context.Context) bool {
			_, still := inChannels(ctx, r)["atril"]
			return !still
		})
	})
}

func TestOperatorsOrders(t *testing.T) {
	t.Parallel()
	r := e2e.NewRigWith(t, false, 2)
	r.Up()
	gathered(r, 3)
	join(t, r, "ana", "demo", "music")
	expect(t, r, "ana", "/play ocean", "Now playing: ")
	r.Until("it sounds", sounds(t, r))
	ctx := t.Context()
	if a, err := r.API().Order(ctx, "demo", "atril", "pause"); err != nil || a.Outcome != "paused" || a.Track == nil {
		t.Fatalf("%+v %v", a, err)
	}
	r.Until("it is paused", func(ctx context.Context) bool { return inChannels(ctx, r)["atril"].State == "paused" })
	expect(t, r, "ana", "/pause", "already paused")
	if a, err := r.API().Order(ctx, "demo", "atril", "resume"); err != nil || a.Outcome != "resumed" {
		t.Fatalf("%+v %v", a, err)
	}
	node := inChannels(ctx, r)["atril"].Node
	if n, err := r.API().Drain(ctx, node, "new kernel"); err != nil || !n.Cordoned || n.CordonReason != "new kernel" {
		t.Fatalf("%+v %v", n, err)
	}
	r.Until("it plays on another node", func(ctx context.Context) bool {
		p := inChannels(ctx, r)["atril"]
		return p.State == "playing" && p.Node != "" && p.Node != node
	})
	volume, language := 40, "es"
	if s, err := r.API().ChangeSettings(ctx, "demo", view.SettingsPatch{Volume: &volume, Language: &language}); err != nil || s.Volume != 40 {
		t.Fatalf("%+v %v", s, err)
	}
	if s, err := r.API().Settings(ctx, "demo"); err != nil || s.Volume != 40 || s.Language != "es" {
		t.Fatalf("%+v %v", s, err)
	}
	if a, err := r.API().Order(ctx, "demo", "atril", "leave"); err != nil || a.Outcome != "left" {
		t.Fatalf("%+v %v", a, err)
	}
	r.Until("what was heard is listed", func(ctx context.Context) bool {
		page, err := r.API().Plays(ctx, client.Plays{Guild: "demo"})
		return err == nil && len(page.Items) == 1 && page.Items[0].ListenedMS > 0
	})
	if done, err := r.API().RebuildPlays(ctx); err != nil || !done.Done {
		t.Fatalf("%+v %v", done, err)
	}
	if sum, err := r.API().PlayTotals(ctx, "demo", r.Journal()[0].Time); err != nil || sum.Count != 1 {
		t.Fatalf("%+v %v", sum, err)
	}
}
