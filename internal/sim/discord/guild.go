package discord

import (
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// SetUnavailable starts or ends an outage of a guild. Its bots get GUILD_DELETE
// with unavailable and hear nothing more until GUILD_CREATE; who is in voice
// stays there. NotFound.
func (w *World) SetUnavailable(guild string, down bool) error {
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild("discord.SetUnavailable", guild)
	if err != nil || g.Unavailable == down {
		return err
	}
	if down {
		w.dispatch(event{name: "GUILD_DELETE", guild: g.ID, intent: IntentGuilds, data: obj{"id": g.ID, "unavailable": true}})
	}
	if g.Unavailable = down; !down {
		w.tellGuild(g, "")
	}
	w.touch()
	return nil
}

// outage says whether a guild is a session's own, but unavailable.
func (w *World) outage(s *session, guild string) bool {
	g := w.st.guild(guild)
	return g != nil && g.Unavailable && s.owns(g)
}

// tellGuild sends GUILD_CREATE, to the sessions of one bot or of all.
func (w *World) tellGuild(g *Guild, bot string) {
	w.dispatch(event{name: "GUILD_CREATE", guild: g.ID, intent: IntentGuilds, bot: bot, view: func(s *session) any {
		return w.guildCreateJSON(g, s)
	}})
}

// RemoveBot kicks a bot out of a guild: it gets GUILD_DELETE, and its voice
// connection closes with 4014. It returns NotFound.
func (w *World) RemoveBot(guild, bot string) error {
	const op = "discord.RemoveBot"
	w.mu.Lock()
	defer w.unlock()
	g, u, err := w.findMember(op, guild, bot)
	if err != nil {
		return err
	}
	if !u.Bot {
		return fault.New(fault.Invalid, op, u.Name+" is no bot")
	}
	w.dispatch(event{name: "GUILD_DELETE", guild: g.ID, intent: IntentGuilds, bot: u.ID, data: obj{"id": g.ID}})
	g.Members = slices.DeleteFunc(g.Members, func(m *Member) bool { return m.UserID == u.ID })
	if vs := g.Voice[u.ID]; vs != nil {
		w.leaveVoice(g, vs, closeVoiceDisconnected)
	}
	w.dispatch(event{name: "GUILD_MEMBER_REMOVE", guild: g.ID, intent: IntentGuildMembers, data: obj{"guild_id": g.ID, "user": userJSON(u)}})
	for _, r := range slices.Clone(g.Roles) {
		if r.BotID == u.ID {
			w.dropRole(g, r)
		}
	}
	w.touch()
	return nil
}
