package discord

import (
	"fmt"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// CreateThread opens a public thread of a text channel in the name of a member
// and returns its id. It returns NotFound, Invalid for an empty name or a channel
// that has no threads, or Conflict where there is a place of this name.
func (w *World) CreateThread(guild, channel, user, name string) (string, error) {
	const op = "discord.CreateThread"
	w.mu.Lock()
	defer w.unlock()
	g, u, err := w.findMember(op, guild, user)
	if err != nil {
		return "", err
	}
	parent, err := findChannel(op, g, channel)
	if err != nil {
		return "", err
	}
	if n := len(strings.TrimSpace(name)); n == 0 || n > 100 || parent.Type != ChannelText {
		return "", fault.New(fault.Invalid, op, "a thread has a name of 1 to 100 characters and belongs to a text channel")
	}
	if _, err := findChannel(op, g, name); err == nil {
		return "", fault.New(fault.Conflict, op, fmt.Sprintf("there is a channel %s already", name))
	}
	c := &Channel{
		ID: w.newID(), GuildID: g.ID, Type: ChannelThread, Name: name, Parent: parent.ID, Owner: u.ID, Created: w.now(),
	}
	g.Threads = append(g.Threads, c)
	w.tellChannel("THREAD_CREATE", c)
	return c.ID, nil
}

// deleteThread removes a thread; what bots are told of it is what it was, in short.
func (w *World) deleteThread(g *Guild, c *Channel) {
	g.Threads = slices.DeleteFunc(g.Threads, func(o *Channel) bool { return o == c })
	delete(w.st.Messages, c.ID)
	w.dispatch(event{name: "THREAD_DELETE", guild: c.GuildID, intent: IntentGuilds, data: obj{
		"id": c.ID, "guild_id": c.GuildID, "parent_id": c.Parent, "type": c.Type,
	}})
	w.touch()
}

// threadJSON is a thread
// (https://discord.com/developers/docs/resources/channel#channel-object-example-thread-channel).
func (w *World) threadJSON(c *Channel) obj {
	msgs := w.st.Messages[c.ID]
	o := obj{
		"id": c.ID, "guild_id": c.GuildID, "parent_id": c.Parent, "owner_id": c.Owner, "type": c.Type, "name": c.Name,
		"last_message_id": nil, "last_pin_timestamp": nil, "rate_limit_per_user": 0, "flags": 0, "member_count": 1,
		"message_count": len(msgs), "total_message_sent": len(msgs),
		"thread_metadata": obj{
			"archived": false, "auto_archive_duration": 1440, "archive_timestamp": stamp(c.Created),
			"create_timestamp": stamp(c.Created), "locked": false,
		},
	}
	if len(msgs) > 0 {
		o["last_message_id"] = msgs[len(msgs)-1].ID
	}
	return o
}
