package discord

import (
	"fmt"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// find takes the one item whose id or name is asked for. The failure is
// NotFound and lists what exists.
func find[T any](op, kind, key string, all []T, ids func(T) (id, name string)) (T, error) {
	var zero T
	names := make([]string, 0, len(all))
	for _, it := range all {
		id, name := ids(it)
		if key != "" && (key == id || strings.EqualFold(key, name)) {
			return it, nil
		}
		names = append(names, name)
	}
	return zero, fault.New(fault.NotFound, op, fmt.Sprintf("there is no %s %q", kind, key)).
		WithHint("known: " + strings.Join(names, ", "))
}

func (w *World) findGuild(op, key string) (*Guild, error) {
	return find(op, "guild", key, w.st.Guilds, func(g *Guild) (string, string) { return g.ID, g.Name })
}

func (w *World) findUser(op, key string) (*User, error) {
	return find(op, "user", key, w.st.Users, func(u *User) (string, string) { return u.ID, u.Name })
}

func (w *World) findBot(op, key string) (*Bot, error) {
	return find(op, "bot", key, w.st.Bots, func(b *Bot) (string, string) { return b.ID, b.Name })
}

func findChannel(op string, g *Guild, key string) (*Channel, error) {
	return find(op, "channel", key, g.places(), func(c *Channel) (string, string) { return c.ID, c.Name })
}

// findMember finds a guild and a user who is its member.
func (w *World) findMember(op, guild, user string) (*Guild, *User, error) {
	g, err := w.findGuild(op, guild)
	if err != nil {
		return nil, nil, err
	}
	u, err := w.findUser(op, user)
	if err != nil {
		return nil, nil, err
	}
	if g.Unavailable {
		return nil, nil, fault.New(fault.Unavailable, op, fmt.Sprintf("%s has an outage", g.Name)).
			WithHint("clear the fault voice.guild_unavailable")
	}
	if g.member(u.ID) == nil {
		return nil, nil, fault.New(fault.NotFound, op, fmt.Sprintf("%s is not a member of %s", u.Name, g.Name))
	}
	return g, u, nil
}
