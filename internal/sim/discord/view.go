package discord

import (
	"encoding/json"
	"slices"
)

// View is the World as a person with all rights sees it.
type View struct {
	RESTURL    string      `json:"rest_url"`
	GatewayURL string      `json:"gateway_url"`
	Guilds     []GuildView `json:"guilds"`
	Users      []UserView  `json:"users"`
	Bots       []BotView   `json:"bots"`
}

// GuildView is a guild with its channels.
type GuildView struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Channels []Channel `json:"channels"`
	Members  []string  `json:"members"`
	// Voice lists who is in voice, by user.
	Voice []VoiceState `json:"voice"`
}

// UserView is a person, and where they are in voice (by guild name).
type UserView struct {
	ID     string            `json:"id"`
	Name   string            `json:"name"`
	Locale string            `json:"locale"`
	Voice  map[string]string `json:"voice"`
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
	v := View{RESTURL: w.base + "/api/v10", GatewayURL: w.gatewayURL(), Guilds: []GuildView{}, Users: []UserView{}, Bots: []BotView{}}
	for _, g := range w.st.Guilds {
		gv := GuildView{ID: g.ID, Name: g.Name, Channels: []Channel{}, Members: []string{}, Voice: []VoiceState{}}
		for _, c := range g.Channels {
			cp := *c
			cp.Overwrites = slices.Clone(c.Overwrites)
			gv.Channels = append(gv.Channels, cp)
		}
		for _, m := range g.Members {
			gv.Members = append(gv.Members, w.st.user(m.UserID).Name)
		}
		for _, vs := range g.sortedVoice() {
			gv.Voice = append(gv.Voice, *vs)
		}
		v.Guilds = append(v.Guilds, gv)
	}
	for _, u := range w.st.Users {
		if !u.Bot {
			v.Users = append(v.Users, UserView{ID: u.ID, Name: u.Name, Locale: u.Locale, Voice: w.voiceOf(u.ID)})
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
	Message   map[string]any  `json:"message"`
	Ephemeral bool            `json:"ephemeral"`
	Allowed   json.RawMessage `json:"allowed_mentions,omitempty"`
}

// Messages returns the newest messages of a channel (the first text channel if
// it is empty), oldest first, ephemeral ones included. NotFound.
func (w *World) Messages(guild, channel string, limit int) ([]Shown, error) {
	const op = "discord.Messages"
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.findGuild(op, guild)
	if err != nil {
		return nil, err
	}
	if channel == "" && len(g.Channels) > 0 {
		channel = g.Channels[0].ID
	}
	c, err := findChannel(op, g, channel)
	if err != nil {
		return nil, err
	}
	msgs := w.st.Messages[c.ID]
	if limit > 0 && len(msgs) > limit {
		msgs = msgs[len(msgs)-limit:]
	}
	out := []Shown{}
	for _, m := range msgs {
		out = append(out, Shown{Message: w.messageJSON(m), Ephemeral: m.Flags&FlagEphemeral != 0, Allowed: m.AllowedMentions})
	}
	return out, nil
}
