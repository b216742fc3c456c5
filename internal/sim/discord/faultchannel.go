package discord

import (
	"strconv"

	"github.com/atrilhq/platform/internal/sim/faults"
)

func channelBreakers() []breaker {
	return []breaker{
		denial("voice.deny_connect", "Bots lose CONNECT in a channel, or in all voice channels.", PermConnect),
		denial("voice.deny_speak", "Bots lose SPEAK in a channel, or in all voice channels.", PermSpeak),
		{
			Fault: faults.Fault{Name: "voice.user_limit", Summary: "A voice channel takes only so many; who is in it stays.", Args: []faults.Arg{
				argGuild, argChannel, {Name: "limit", Default: "1", Help: "how many people, 1 to 99"},
			}},
			set:   func(w *World, t target) error { return w.SetUserLimit(t.guild, t.channel, t.number) },
			clear: func(w *World, t target) error { return w.SetUserLimit(t.guild, t.channel, w.firstLimit(t)) },
			active: eachChannel(func(w *World, g *Guild, c *Channel) map[string]string {
				if first := w.firstChannel(g, c.ID); first == nil || first.UserLimit == c.UserLimit {
					return nil
				}
				return map[string]string{"limit": strconv.Itoa(c.UserLimit)}
			}),
		},
		{
			Fault: faults.Fault{
				Name: "voice.channel_deleted", Args: []faults.Arg{argGuild, argChannel},
				Summary: "A channel is deleted with everybody in it; mending brings it back empty.",
			},
			set:   func(w *World, t target) error { return w.DeleteChannel(t.guild, t.channel) },
			clear: func(w *World, t target) error { return w.bringBack(t.guild, t.channel) },
			active: func(w *World) (out []map[string]string) {
				for _, first := range w.st.First {
					g := w.st.guild(first.ID)
					for _, c := range first.Channels {
						if g != nil && g.channel(c.ID) == nil {
							out = append(out, map[string]string{"guild": g.Name, "channel": c.Name})
						}
					}
				}
				return out
			},
		},
		{
			Fault: faults.Fault{Name: "voice.stage", Summary: "A new stage opens, with all of a channel; mending moves them back and deletes it.", Args: []faults.Arg{
				argGuild,
				{Name: "channel", Help: "name or id of the channel whose people are moved; nobody is if left out"},
				{Name: "name", Default: "live", Help: "the name of the stage"},
			}},
			set: func(w *World, t target) error {
				if err := w.OpenStage(t.guild, t.args["name"], "On stage", t.channel); err != nil {
					return err
				}
				return w.withChannel("discord.OpenStage", t.guild, t.args["name"], func(_ *Guild, c *Channel) error {
					c.From = t.channel
					return nil
				})
			},
			clear: func(w *World, t target) error { return w.CloseStage(t.guild, t.args["name"], t.channel) },
			active: func(w *World) (out []map[string]string) {
				for _, g := range w.st.Guilds {
					for _, c := range g.Channels {
						if c.Type != ChannelStage || w.firstChannel(g, c.ID) != nil {
							continue
						}
						args := map[string]string{"guild": g.Name, "name": c.Name}
						if from := g.channel(c.From); from != nil {
							args["channel"] = from.Name
						}
						out = append(out, args)
					}
				}
				return out
			},
		},
	}
}

// denial takes a permission from bots by overwrites, which keeps what else it says.
func denial(name, summary string, perm uint64) breaker {
	return breaker{
		Fault: faults.Fault{Name: name, Summary: summary, Args: []faults.Arg{
			argGuild, {Name: "channel", Help: "name or id of a channel; all voice channels if left out"}, argBots,
		}},
		any:   true,
		set:   func(w *World, t target) error { return w.denyIn(t.guild, t.channel, t.bot, perm, true) },
		clear: func(w *World, t target) error { return w.denyIn(t.guild, t.channel, t.bot, perm, false) },
		active: func(w *World) (out []map[string]string) {
			for _, b := range w.st.Bots {
				out = append(out, eachChannel(func(_ *World, _ *Guild, c *Channel) map[string]string {
					if c.overwriteOf(b.ID).Deny&perm == 0 {
						return nil
					}
					return map[string]string{"bot": b.Name}
				})(w)...)
			}
			return out
		},
	}
}

// eachChannel lists the channels for which there is something to say.
func eachChannel(say func(*World, *Guild, *Channel) map[string]string) func(*World) []map[string]string {
	return func(w *World) (out []map[string]string) {
		for _, g := range w.st.Guilds {
			for _, c := range g.Channels {
				if args := say(w, g, c); args != nil {
					args["guild"], args["channel"] = g.Name, c.Name
					out = append(out, args)
				}
			}
		}
		return out
	}
}
