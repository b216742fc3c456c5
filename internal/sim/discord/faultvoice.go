package discord

import (
	"slices"

	"github.com/atrilhq/platform/internal/sim/faults"
)

func voiceBreakers() []breaker {
	here := []faults.Arg{argGuild, argBot}
	return append(channelBreakers(), []breaker{
		{
			Fault: faults.Fault{Name: "voice.server_move", Summary: "The bot gets another voice server; its credentials are void.", Args: here},
			set:   func(w *World, t target) error { return w.VoiceServerUp(t.guild, t.bot) },
		},
		{
			Fault: faults.Fault{Name: "voice.endpoint_null", Summary: "The bot's voice server goes away; mending gives it another one.", Args: here},
			set:   func(w *World, t target) error { return w.VoiceServerDown(t.guild, t.bot) },
			clear: func(w *World, t target) error { return w.VoiceServerUp(t.guild, t.bot) },
			active: eachBot(func(_ *World, g *Guild, b *Bot) bool {
				srv := g.Servers[b.ID]
				return srv != nil && srv.Endpoint == ""
			}),
		},
		{
			Fault: faults.Fault{Name: "voice.kick", Summary: "Somebody disconnects the bot from voice.", Args: here},
			set:   func(w *World, t target) error { return w.LeaveVoice(t.guild, t.bot) },
		},
		{
			Fault: faults.Fault{Name: "voice.move", Summary: "Somebody moves the bot to another channel.", Args: []faults.Arg{argGuild, argChannel, argBot}},
			set:   func(w *World, t target) error { return w.JoinVoice(t.guild, t.bot, t.channel) },
		},
		{
			Fault: faults.Fault{Name: "voice.suppress", Summary: "The bot is sent to the audience of its stage; mending invites it to speak.", Args: here},
			set:   func(w *World, t target) error { return w.SuppressVoice(t.guild, t.bot, true) },
			clear: func(w *World, t target) error { return w.SuppressVoice(t.guild, t.bot, false) },
			active: eachBot(func(w *World, g *Guild, b *Bot) bool {
				return slices.Contains(w.audience(g), b.Name)
			}),
		},
		{
			Fault: faults.Fault{Name: "voice.guild_removed", Summary: "The bot is kicked out of the guild; mending invites it again.", Args: here},
			set:   func(w *World, t target) error { return w.RemoveBot(t.guild, t.bot) },
			clear: func(w *World, t target) error { return w.AddBot(t.guild, t.bot) },
			active: eachBot(func(w *World, g *Guild, b *Bot) bool {
				return g.member(b.ID) == nil && slices.ContainsFunc(w.st.First, func(f *Guild) bool { return f.ID == g.ID && f.member(b.ID) != nil })
			}),
		},
		{
			Fault:   faults.Fault{Name: "voice.bot_added", Summary: "A bot is invited to a guild where it is not.", Args: []faults.Arg{argGuild, argOutside}},
			outside: true,
			set:     func(w *World, t target) error { return w.AddBot(t.guild, t.bot) },
		},
		{
			Fault: faults.Fault{Name: "voice.guild_unavailable", Summary: "The guild has an outage: bots hear nothing of it.", Args: []faults.Arg{argGuild}},
			set:   func(w *World, t target) error { return w.SetUnavailable(t.guild, true) },
			clear: func(w *World, t target) error { return w.SetUnavailable(t.guild, false) },
			active: func(w *World) (out []map[string]string) {
				for _, g := range w.st.Guilds {
					if g.Unavailable {
						out = append(out, map[string]string{"guild": g.Name})
					}
				}
				return out
			},
		},
	}...)
}

// eachBot lists the bots and guilds for which something holds.
func eachBot(holds func(*World, *Guild, *Bot) bool) func(*World) []map[string]string {
	return func(w *World) (out []map[string]string) {
		for _, g := range w.st.Guilds {
			for _, b := range w.st.Bots {
				if holds(w, g, b) {
					out = append(out, map[string]string{"guild": g.Name, "bot": b.Name})
				}
			}
		}
		return out
	}
}
