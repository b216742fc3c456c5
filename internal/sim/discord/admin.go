package discord

import (
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// withChannel changes a channel and tells about it with CHANNEL_UPDATE.
func (w *World) withChannel(op, guild, channel string, f func(*Guild, *Channel) error) error {
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return err
	}
	c, err := findChannel(op, g, channel)
	if err != nil {
		return err
	}
	if err := f(g, c); err != nil {
		return err
	}
	w.tellChannel("CHANNEL_UPDATE", c)
	return nil
}

func (w *World) tellChannel(name string, c *Channel) {
	w.dispatch(event{name: name, guild: c.GuildID, intent: IntentGuilds, data: w.channelJSON(c)})
	w.touch()
}

// SetUserLimit limits a voice channel; zero is no limit. Who is in it stays.
// It returns NotFound, or Invalid outside of 0 to 99.
func (w *World) SetUserLimit(guild, channel string, limit int) error {
	const op = "discord.SetUserLimit"
	return w.withChannel(op, guild, channel, func(_ *Guild, c *Channel) error {
		if limit < 0 || limit > 99 || !c.voice() {
			return fault.New(fault.Invalid, op, "a voice channel's limit is between 0 and 99")
		}
		c.UserLimit = limit
		return nil
	})
}

// SetOverwrite sets the permission overwrite of a member (by name or id) or of
// a role (by id; the guild's id is @everyone) in a channel. NotFound.
func (w *World) SetOverwrite(guild, channel, target string, allow, deny uint64) error {
	const op = "discord.SetOverwrite"
	return w.withChannel(op, guild, channel, func(g *Guild, c *Channel) error {
		o := Overwrite{ID: target, Allow: allow, Deny: deny}
		if g.role(target) == nil {
			u, err := w.findUser(op, target)
			if err != nil {
				return err
			}
			o.ID, o.Type = u.ID, 1
		}
		c.Overwrites = slices.DeleteFunc(slices.Clone(c.Overwrites), func(x Overwrite) bool { return x.ID == o.ID })
		if allow|deny != 0 {
			c.Overwrites = append(c.Overwrites, o)
		}
		return nil
	})
}

// DeleteChannel removes a channel; whoever is in it leaves, and a bot's voice
// connection closes with 4022. NotFound.
func (w *World) DeleteChannel(guild, channel string) error {
	const op = "discord.DeleteChannel"
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return err
	}
	c, err := findChannel(op, g, channel)
	if err == nil {
		w.deleteChannel(g, c)
	}
	return err
}

func (w *World) deleteChannel(g *Guild, c *Channel) {
	g.Channels = slices.DeleteFunc(g.Channels, func(o *Channel) bool { return o == c })
	delete(w.st.Messages, c.ID)
	if c.Stage != nil {
		w.tellStage("STAGE_INSTANCE_DELETE", c)
	}
	if c.Type == ChannelThread {
		w.deleteThread(g, c)
		return
	}
	for _, t := range slices.Clone(g.Threads) {
		if t.Parent == c.ID {
			w.deleteThread(g, t)
		}
	}
	w.tellChannel("CHANNEL_DELETE", c)
	for _, vs := range g.sortedVoice() {
		if vs.ChannelID == c.ID {
			w.leaveVoice(g, vs, closeVoiceChannelDeleted)
		}
	}
}

// sortedVoice lists the voice states by user, so that events have an order.
func (g *Guild) sortedVoice() []*VoiceState {
	out := make([]*VoiceState, 0, len(g.Voice))
	for _, vs := range g.Voice {
		out = append(out, vs)
	}
	slices.SortFunc(out, func(a, b *VoiceState) int { return compareID(a.UserID, b.UserID) })
	return out
}

// Reset puts the guilds back as they were at first: channels and permissions
// restored, messages and interactions gone, nobody in voice. The bots stay
// connected, keep their registered commands, and are told of each change. What
// was broken on purpose is mended.
func (w *World) Reset() {
	w.reset()
	w.clearFaults()
}

func (w *World) reset() {
	w.mu.Lock()
	defer w.unlock()
	for _, g := range w.st.Guilds {
		for _, vs := range g.sortedVoice() {
			w.leaveVoice(g, vs, closeVoiceDisconnected)
		}
		for _, c := range g.Channels {
			for _, m := range slices.Clone(w.st.Messages[c.ID]) {
				w.remove(m)
			}
		}
	}
	w.resetDirect()
	for _, first := range clone(w.st.First) {
		w.restore(w.st.guild(first.ID), first)
	}
	its := w.st.Interactions
	w.st.Interactions, w.violations = nil, nil
	for _, it := range its {
		w.signal(it)
	}
	w.touch()
}

// restore brings the channels of a guild back to what they were.
func (w *World) restore(g, first *Guild) {
	for _, c := range slices.Clone(g.Channels) {
		if first.channel(c.ID) == nil {
			w.deleteChannel(g, c)
		}
	}
	for _, c := range first.Channels {
		now := g.channel(c.ID)
		switch {
		case now == nil:
			g.Channels = append(g.Channels, c)
			w.tellChannel("CHANNEL_CREATE", c)
		case now.UserLimit != c.UserLimit || !slices.Equal(now.Overwrites, c.Overwrites) || now.Name != c.Name:
			*now = *c
			w.tellChannel("CHANNEL_UPDATE", now)
		}
	}
}
