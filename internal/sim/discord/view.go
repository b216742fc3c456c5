package discord

import (
	"encoding/json"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// View is the World as a person with all rights sees it.
type View struct {
	RESTURL    string      `json:"rest_url"`
	GatewayURL string      `json:"gateway_url"`
	Guilds     []GuildView `json:"guilds"`
	Users      []UserView  `json:"users"`
	Bots       []BotView   `json:"bots"`
	// DMs are the direct channels that were opened.
	DMs []DM `json:"dms"`
}

// GuildView is a guild with its channels.
type GuildView struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Channels []Channel `json:"channels"`
	Members  []string  `json:"members"`
	// Roles are those that people have; MemberRoles are their names by member.
	Roles       []Role              `json:"roles"`
	MemberRoles map[string][]string `json:"member_roles"`
	OwnerID     string              `json:"owner_id"`
	// Voice lists who is in voice, by user.
	Voice []VoiceState `json:"voice"`
}

// UserView is a person, and where they are in voice (by guild name).
type UserView struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Locale string            `json:"locale"`
	Voice  map[string]string `json:"voice"`
	// NoDMs is true where they take no direct messages.
	NoDMs bool `json:"no_dms,omitempty"`
}

// BotView is a bot with what one needs to run it. The token is a secret of the
// simulated world only.
type BotView struct {
	ApplicationID string `json:"application_id"`
	Name          string `json:"name"`
	Token         string `json:"token"`
	// Sessions and Connected count its gateway sessions, and those of them
	// that have a connection.
	Sessions  int               `json:"sessions"`
	Connected int               `json:"connected"`
	Voice     map[string]string `json:"voice"`
}

// View returns a copy of the World's visible state.
func (w *World) View() View {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.view()
}

func (w *World) view() View {
	v := View{RESTURL: w.base + "/api/v10", GatewayURL: w.gatewayURL(), Guilds: []GuildView{}, Users: []UserView{}, Bots: []BotView{}, DMs: []DM{}}
	for _, g := range w.st.Guilds {
		gv := GuildView{
			ID: g.ID, Name: g.Name, Channels: []Channel{}, Members: []string{}, Voice: []VoiceState{},
			Roles: []Role{}, MemberRoles: map[string][]string{}, OwnerID: g.OwnerID,
		}
		for _, c := range g.Channels {
			cp := *c
			cp.Overwrites = slices.Clone(c.Overwrites)
			gv.Channels = append(gv.Channels, cp)
		}
		for _, m := range g.Members {
			name := w.st.user(m.UserID).Name
			gv.Members = append(gv.Members, name)
			for _, id := range m.Roles {
				if r := g.role(id); r != nil {
					gv.MemberRoles[name] = append(gv.MemberRoles[name], r.Name)
				}
			}
		}
		for _, r := range g.Roles {
			gv.Roles = append(gv.Roles, *r)
		}
		for _, vs := range g.sortedVoice() {
			gv.Voice = append(gv.Voice, *vs)
		}
		v.Guilds = append(v.Guilds, gv)
	}
	for _, u := range w.st.Users {
		if !u.Bot {
			v.Users = append(v.Users, UserView{ID: u.ID, Name: u.Name, Locale: u.Locale, Voice: w.voiceOf(u.ID), NoDMs: u.NoDMs})
		}
	}
	for _, b := range w.st.Bots {
		bv := BotView{ApplicationID: b.ID, Name: b.Name, Token: b.Token, Voice: w.voiceOf(b.ID)}
		for _, s := range w.st.Sessions {
			if s.BotID == b.ID {
				bv.Sessions++
				if s.conn != nil {
					bv.Connected++
				}
			}
		}
		v.Bots = append(v.Bots, bv)
	}
	for _, d := range w.st.DMs {
		v.DMs = append(v.DMs, *d)
	}
	return v
}

func (w *World) voiceOf(user string) map[string]string {
	out := map[string]string{}
	for _, g := range w.st.Guilds {
		if vs := g.Voice[user]; vs != nil {
			if c := g.channel(vs.ChannelID); c != nil {
				out[g.Name] = c.Name
			}
		}
	}
	return out
}

// Shown is a message as the sandbox shows it: as Discord renders it, who was
// really notified, and what its author had allowed.
type Shown struct {
	Message   map[string]any `json:"message"`
	Ephemeral bool           `json:"ephemeral"`
	// EphemeralTo is the id of the only person who sees it.
	EphemeralTo string          `json:"ephemeral_to,omitempty"`
	Allowed     json.RawMessage `json:"allowed_mentions,omitempty"`
}

// Look says whose eyes see which channel. Guild, Channel and User are ids or
// names.
type Look struct {
	// Guild is empty for the direct channel of the user with a bot; Channel is
	// then that channel, or the bot.
	Guild string
	// Channel is the guild's first text channel if empty.
	Channel string
	// User sees the ephemeral messages that are theirs, and nothing in a channel
	// that is hidden from them. If empty everything is shown.
	User string
	// Limit is how many of the newest messages; zero is all.
	Limit int
}

// Messages returns the newest messages of a channel (the first text channel if
// it is empty), oldest first, ephemeral ones of everybody included. NotFound.
func (w *World) Messages(guild, channel string, limit int) ([]Shown, error) {
	return w.Look(Look{Guild: guild, Channel: channel, Limit: limit})
}

// Look returns messages as a person sees them, oldest first. It returns
// NotFound, and Denied for a channel that is hidden from them.
func (w *World) Look(l Look) ([]Shown, error) {
	const op = "discord.Messages"
	w.mu.Lock()
	defer w.unlock()
	c, user, err := w.lookAt(op, l)
	if err != nil {
		return nil, err
	}
	out := []Shown{}
	for _, m := range slices.Backward(w.st.Messages[c.ID]) {
		if l.Limit > 0 && len(out) == l.Limit {
			break
		}
		if user == "" || m.seenBy(user) {
			out = append(out, Shown{
				Message: w.messageJSON(m), Ephemeral: m.Flags&FlagEphemeral != 0, EphemeralTo: m.onlyFor(), Allowed: m.AllowedMentions,
			})
		}
	}
	slices.Reverse(out)
	return out, nil
}

// lookAt finds the channel and the id of who looks.
func (w *World) lookAt(op string, l Look) (*Channel, string, error) {
	if l.Guild != "" && l.User == "" {
		g, err := w.findGuild(op, l.Guild)
		if err != nil {
			return nil, "", err
		}
		c, err := findChannel(op, g, g.orFirst(l.Channel))
		return c, "", err
	}
	g, u, c, err := w.findPlace(op, l.Guild, l.User, l.Channel)
	if err != nil {
		return nil, "", err
	}
	if c == nil {
		if c, err = findChannel(op, g, g.orFirst(l.Channel)); err != nil {
			return nil, "", err
		}
	}
	if g.permissions(u.ID, c)&PermViewChannel == 0 {
		return nil, "", fault.New(fault.Denied, op, u.Name+" does not see "+c.Name)
	}
	return c, u.ID, nil
}

// orFirst is a channel, or the first text channel.
func (g *Guild) orFirst(channel string) string {
	if channel != "" {
		return channel
	}
	for _, c := range g.Channels {
		if c.Type == ChannelText {
			return c.ID
		}
	}
	return ""
}
