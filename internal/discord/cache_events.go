package discord

import (
	"github.com/atrilhq/platform/internal/core/music"
)

// with changes a guild that is known; one that is not will come by GUILD_CREATE.
func (k *cache) with(id string, change func(*guild)) {
	if g := k.guilds[id]; g != nil {
		change(g)
		k.touch(id)
		k.ours = id
	}
}

func (k *cache) guildUpdate(w wireGuild) []fact {
	k.with(w.ID, func(g *guild) { g.describe(w) })
	return nil
}

// guildDelete: an outage keeps everything, a removal does not
// (https://discord.com/developers/docs/events/gateway-events#guild-delete).
func (k *cache) guildDelete(w wireGuild) []fact {
	if w.Unavailable {
		return nil
	}
	return k.drop(w.ID)
}

func (k *cache) channelSet(w wireChannel) []fact {
	k.with(w.GuildID, func(g *guild) { g.Channels[w.ID] = w.channel() })
	return nil
}

func (k *cache) channelDelete(w wireChannel) []fact {
	if w.GuildID == "" || w.ID == "" {
		return nil
	}
	k.with(w.GuildID, func(g *guild) { delete(g.Channels, w.ID) })
	return []fact{{w.GuildID, music.ChannelGone{Channel: music.ChannelID(w.ID), Bot: k.bot}}}
}

func (k *cache) roleSet(w wireGuildRole) []fact {
	k.with(w.GuildID, func(g *guild) { g.Roles[w.Role.ID] = w.Role.Permissions })
	return nil
}

func (k *cache) roleDelete(w wireGuildRole) []fact {
	k.with(w.GuildID, func(g *guild) { delete(g.Roles, w.RoleID) })
	return nil
}

// memberUpdate matters for our own account only; others bring their roles
// with each interaction.
func (k *cache) memberUpdate(w wireGuildMember) []fact {
	if w.User != nil && w.User.ID == k.me {
		k.with(w.GuildID, func(g *guild) { g.Self = w.rights() })
	}
	return nil
}

func (k *cache) voiceState(w wireVoice) []fact {
	if w.GuildID == "" || w.UserID == "" {
		return nil
	}
	g := k.guilds[w.GuildID]
	if g == nil {
		g = &guild{Me: k.me, Voice: map[string]voice{}}
	} else {
		k.touch(w.GuildID)
	}
	if w.UserID == k.me {
		k.ours = w.GuildID
	}
	return []fact{{w.GuildID, g.setVoice(w).state(w.UserID)}}
}

func (k *cache) voiceServer(w wireVoiceServer) []fact {
	if w.GuildID == "" {
		return nil
	}
	return []fact{{w.GuildID, music.VoiceServer{Bot: k.bot, Token: w.Token, Endpoint: text(w.Endpoint)}}}
}
