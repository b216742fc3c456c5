package discord_test

import (
	"fmt"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	sim "github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/store"
)

// onStages connects with a stage in the guild and returns who the bot is.
func (w *world) onStages() (r *rig, guild music.GuildID, me music.UserID, stage music.ChannelID) {
	w.t.Helper()
	r = w.connect(store.ShardSession{}, nil, func(o *discord.Options) { o.Stage = w.rest })
	until(r, func(s music.VoiceSnapshot) bool { return true })
	id, err := w.CreateChannel("demo", "show", sim.ChannelStage)
	w.ok(err)
	return r, music.GuildID(w.guild.ID), music.UserID(w.bot.ApplicationID), music.ChannelID(id)
}

func TestWorldStageAsModerator(t *testing.T) {
	w := newWorld(t)
	r, guild, me, stage := w.onStages()
	w.ok(w.SetOverwrite("demo", "show", "atril", uint64(disgo.PermissionMuteMembers), 0))
	w.ok(r.conn.SetVoice(t.Context(), guild, stage, 1))
	until(r, func(s music.VoiceState) bool { return s.User == me && s.Channel == stage && s.Suppressed })
	until(r, func(s music.VoiceState) bool { return s.User == me && s.Channel == stage && !s.Suppressed })
}

func TestWorldStageAsAudience(t *testing.T) {
	w := newWorld(t)
	r, guild, me, stage := w.onStages()
	w.ok(w.SetOverwrite("demo", "show", "atril", uint64(disgo.PermissionRequestToSpeak), uint64(disgo.PermissionMuteMembers)))
	w.ok(r.conn.SetVoice(t.Context(), guild, stage, 1))
	until(r, func(s music.VoiceState) bool { return s.User == me && s.Channel == stage && s.Suppressed })
	// Its hand is raised: the simulator tells of the voice state once more.
	until(r, func(s music.VoiceState) bool { return s.User == me && s.Channel == stage && s.Suppressed })
	w.ok(w.SuppressVoice("demo", "atril", false)) // a moderator invites it
	until(r, func(s music.VoiceState) bool { return s.User == me && !s.Suppressed })
}

func TestWorldGatewayFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		fault string
		args  map[string]string
	}{
		"op 7":                 {"gateway.reconnect", nil},
		"op 9, resumable":      {"gateway.invalid_session", map[string]string{"resumable": "true"}},
		"a cut":                {"gateway.cut", nil},
		"close 4000":           {"gateway.close", map[string]string{"code": "4000"}},
		"close 4008":           {"gateway.close", map[string]string{"code": "4008"}},
		"a cut before RESUMED": {"gateway.cut_before_resumed", nil},
		"a cut after RESUMED":  {"gateway.cut_after_resumed", nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := w.connect(store.ShardSession{}, nil)
			until(r, func(s music.VoiceSnapshot) bool { return true })
			w.ok(w.SetFault(tc.fault, tc.args))
			if tc.fault == "gateway.cut_before_resumed" || tc.fault == "gateway.cut_after_resumed" {
				_, err := w.CutGateway("") // these wait for a RESUME
				w.ok(err)
			}
			w.ok(w.JoinVoice("demo", "ana", "music"))
			until(r, func(s music.VoiceState) bool { return s.User == w.user("ana") && s.Channel == w.channel("music") })
			eventually(t, "a session", func() bool { return r.conn.Counters().Resumes > 0 && r.conn.Connected() })
			if n := r.conn.Counters().Identifies; n != 1 {
				t.Errorf("%d IDENTIFYs were sent", n)
			}
		})
	}
}

func TestWorldFatalCloses(t *testing.T) {
	for code, want := range map[string]fault.Code{"4004": fault.Unauthenticated, "4010": fault.Invalid, "4014": fault.Invalid} {
		t.Run(code, func(t *testing.T) {
			w := newWorld(t)
			r := w.connect(store.ShardSession{}, nil)
			until(r, func(s music.VoiceSnapshot) bool { return true })
			w.ok(w.SetFault("gateway.close", map[string]string{"code": code}))
			until(r, func(b music.BotAway) bool { return !b.Back })
			err := recv(t, r.done, "the end of Run")
			r.done <- err
			if fault.CodeOf(err) != want || r.conn.Counters().Dials != 1 {
				t.Errorf("it gave %v after %d dials", err, r.conn.Counters().Dials)
			}
		})
	}
}

func TestWorldRESTFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		fault string
		args  map[string]string
	}{
		"a limit of the route": {"rest.rate_limit", map[string]string{"form": "route", "count": "2", "retry_after": "0.15"}},
		"a shared limit":       {"rest.rate_limit", map[string]string{"form": "shared", "count": "1", "retry_after": "0.15"}},
		"a global limit":       {"rest.rate_limit", map[string]string{"form": "global", "count": "1", "retry_after": "0.15"}},
		"Cloudflare's limit":   {"rest.rate_limit", map[string]string{"form": "cloudflare", "count": "1", "retry_after": "0.15"}},
		"a 500":                {"rest.error", map[string]string{"status": "500", "count": "1"}},
		"two 502":              {"rest.error", map[string]string{"status": "502", "count": "2"}},
		"a 503":                {"rest.error", map[string]string{"status": "503", "count": "1"}},
		"a slow answer":        {"rest.slow", map[string]string{"delay": "300ms", "count": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newFaultyWorld(t)
			w.ok(w.SetFault(tc.fault, tc.args))
			general := w.channel("general")
			id, err := w.rest.CreateMessage(t.Context(), general, "panel:1", disgo.MessageCreate{Content: "one"})
			w.ok(err)
			again, err := w.rest.CreateMessage(t.Context(), general, "panel:1", disgo.MessageCreate{Content: "one"})
			if err != nil || again != id {
				t.Errorf("it gave %s and %s, %v", id, again, err)
			}
			shown, err := w.Messages("demo", "general", 10)
			if err != nil || len(shown) != 1 {
				t.Errorf("the channel shows %d messages, %v", len(shown), err)
			}
		})
	}
}

func TestWorldGuildFaults(t *testing.T) {
	w := newWorld(t)
	r := w.connect(store.ShardSession{}, nil)
	until(r, func(s music.VoiceSnapshot) bool { return true })
	guild, music1 := music.GuildID(w.guild.ID), w.channel("music")
	connect := func() bool { a, known := r.conn.Access(guild, music1); return known && a.Connect }

	w.ok(w.SetUserLimit("demo", "music", 1))
	w.ok(w.JoinVoice("demo", "ana", "music"))
	eventually(t, "a full channel", func() bool { return !connect() })
	w.ok(w.SetUserLimit("demo", "music", 0))
	eventually(t, "a channel with room", connect)

	w.ok(w.SetUnavailable("demo", true))
	w.ok(w.SetUnavailable("demo", false)) // nothing was removed in between
	for {
		h := r.in()
		if len(h.inputs) == 2 {
			if _, present := h.inputs[0].Body.(music.BotPresent); present {
				break
			}
		}
		for _, in := range h.inputs {
			if _, removed := in.Body.(music.BotRemoved); removed {
				t.Fatal("an outage was taken for a removal")
			}
		}
	}
	w.ok(w.RemoveBot("demo", "atril"))
	until(r, func(b music.BotRemoved) bool { return b.Bot == music.BotID(w.bot.ApplicationID) })
	if connect() || r.conn.Guilds() != len(w.View().Guilds)-1 && r.conn.Guilds() != 0 {
		t.Errorf("%d guilds are known", r.conn.Guilds())
	}
	w.ok(w.AddBot("demo", "atril"))
	until(r, func(b music.BotPresent) bool { return fmt.Sprint(b.Bot) == w.bot.ApplicationID })
}
