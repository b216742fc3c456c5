package discord

import (
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
)

// complete adds to an interaction what the cache knows: where the person is in
// voice and what this bot may do there, now.
func (k *cache) complete(in *Interaction, now time.Time) {
	g := k.guilds[string(in.Guild)]
	if g == nil {
		return
	}
	in.Actor.Voice = music.ChannelID(g.Voice[string(in.Actor.User)].Channel)
	in.Actor.Bots = []music.BotAccess{k.access(g, string(in.Actor.Voice), now)}
}

// access is what this bot may do in a channel; in one that is not known, nothing.
// It may not connect to one that is full: the gateway tells of everybody in
// voice, so a full channel is known for certain.
func (k *cache) access(g *guild, id string, now time.Time) music.BotAccess {
	a := music.BotAccess{Bot: k.bot}
	if ch := g.Channels[id]; ch != nil {
		p := g.permissionsIn(k.me, g.Self, ch, now)
		a.Connect, a.Speak = p.Has(discord.PermissionConnect), p.Has(discord.PermissionSpeak)
		if a.Connect && !p.Has(discord.PermissionMoveMembers) && g.full(id, ch, k.me) {
			a.Connect, a.Full = false, true
		}
	}
	return a
}

// full says whether a channel has no place left for an account that is not in
// it. Who may move members enters all the same
// (https://discord.com/developers/docs/resources/channel#channel-object-channel-structure).
func (g *guild) full(id string, ch *channel, account string) bool {
	if ch.UserLimit <= 0 || g.Voice[account].Channel == id {
		return false
	}
	there := 0
	for _, v := range g.Voice {
		if v.Channel == id {
			there++
		}
	}
	return there >= ch.UserLimit
}

// Access says what this bot may do in a channel of a guild, so that an
// interaction with another bot of the pool can be completed. It is false for a
// guild that this bot is not in.
func (c *Conn) Access(guild music.GuildID, channel music.ChannelID) (music.BotAccess, bool) {
	c.known.Lock()
	defer c.known.Unlock()
	g := c.known.guilds[string(guild)]
	if g == nil {
		return music.BotAccess{Bot: c.o.Bot}, false
	}
	return c.known.access(g, string(channel), c.o.Clock.Now()), true
}
