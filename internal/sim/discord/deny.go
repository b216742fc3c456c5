package discord

import (
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// overwriteOf is what a channel says about a member; zero if nothing.
func (c *Channel) overwriteOf(user string) Overwrite {
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == user {
			return o
		}
	}
	return Overwrite{ID: user, Type: 1}
}

// deny forbids a member something in a channel, or forbids it no more.
func (c *Channel) deny(user string, perm uint64, yes bool) {
	o := c.overwriteOf(user)
	o.Deny &^= perm
	if yes {
		o.Deny |= perm
		o.Allow &^= perm
	}
	c.Overwrites = slices.DeleteFunc(slices.Clone(c.Overwrites), func(x Overwrite) bool { return x.Type == 1 && x.ID == user })
	if o.Allow|o.Deny != 0 {
		c.Overwrites = append(c.Overwrites, o)
	}
}

// denyIn takes a permission from a bot, or from all bots of the guild if none is
// named, in a channel or in every voice channel, or gives it back. NotFound.
func (w *World) denyIn(guild, channel, bot string, perm uint64, deny bool) error {
	w.mu.Lock()
	defer w.unlock()
	g, err := w.findGuild("discord.SetOverwrite", guild)
	if err != nil {
		return err
	}
	for _, c := range g.Channels {
		if c.ID == channel || channel == "" && c.voice() {
			for _, b := range w.st.Bots {
				if b.ID == bot || bot == "" && g.member(b.ID) != nil {
					c.deny(b.ID, perm, deny)
				}
			}
			w.tellChannel("CHANNEL_UPDATE", c)
		}
	}
	return nil
}

// firstLimit is the limit that a channel had at first.
func (w *World) firstLimit(t target) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.firstChannel(w.st.guild(t.guild), t.channel); c != nil {
		return c.UserLimit
	}
	return 0
}

// bringBack restores a channel that was there at first.
func (w *World) bringBack(guild, channel string) error {
	w.mu.Lock()
	defer w.unlock()
	g := w.st.guild(guild)
	c := w.firstChannel(g, channel)
	if c == nil {
		return fault.New(fault.NotFound, "discord.Channel", "there was no such channel at first")
	}
	if g.channel(c.ID) == nil {
		again := *c
		again.Overwrites = slices.Clone(c.Overwrites)
		g.Channels = append(g.Channels, &again)
		slices.SortStableFunc(g.Channels, func(a, b *Channel) int { return a.Position - b.Position })
		w.tellChannel("CHANNEL_CREATE", &again)
	}
	return nil
}
