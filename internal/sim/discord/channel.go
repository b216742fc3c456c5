package discord

import (
	"fmt"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// voice says whether people can be in a channel: a voice or a stage channel.
func (c *Channel) voice() bool { return c.Type == ChannelVoice || c.Type == ChannelStage }

// CreateChannel adds a text, voice or stage channel to a guild and returns its
// id. It returns NotFound, Invalid for another type or an empty name, or
// Conflict where there is a channel of this name.
func (w *World) CreateChannel(guild, name string, typ int) (string, error) {
	const op = "discord.CreateChannel"
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return "", err
	}
	c := &Channel{ID: w.newID(), GuildID: g.ID, Type: typ, Name: name, Position: len(g.Channels)}
	if n := len(strings.TrimSpace(name)); n == 0 || n > 100 || !c.voice() && typ != ChannelText {
		return "", fault.New(fault.Invalid, op, "a channel has a name of 1 to 100 characters and is for text, voice or a stage")
	}
	if _, err := findChannel(op, g, name); err == nil {
		return "", fault.New(fault.Conflict, op, fmt.Sprintf("there is a channel %s already", name))
	}
	g.Channels = append(g.Channels, c)
	w.tellChannel("CHANNEL_CREATE", c)
	return c.ID, nil
}

// RenameChannel gives a channel another name. It returns NotFound, or Invalid
// for an empty name.
func (w *World) RenameChannel(guild, channel, name string) error {
	const op = "discord.RenameChannel"
	return w.withChannel(op, guild, channel, func(_ *Guild, c *Channel) error {
		if n := len(strings.TrimSpace(name)); n == 0 || n > 100 {
			return fault.New(fault.Invalid, op, "a channel has a name of 1 to 100 characters")
		}
		c.Name = name
		return nil
	})
}

// firstChannel is a channel as it was at first, by name or id.
func (w *World) firstChannel(g *Guild, key string) *Channel {
	for _, first := range w.st.First {
		if g == nil || first.ID != g.ID {
			continue
		}
		if c, err := findChannel("discord.Channel", first, key); err == nil {
			return c
		}
	}
	return nil
}
