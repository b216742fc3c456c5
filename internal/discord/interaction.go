package discord

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// Interaction is something that a person did with a bot, as Discord tells it
// (https://discord.com/developers/docs/interactions/receiving-and-responding).
type Interaction struct {
	ID          string
	Application string
	// Token lets anybody answer for 15 minutes.
	Token secret.Text
	Type  discord.InteractionType
	// Locale is the person's language, GuildLocale the guild's, as BCP 47.
	Locale      string
	GuildLocale string
	// Guild is empty in a direct message.
	Guild music.GuildID
	// Created is when the person acted, by Discord's clock. An answer is owed
	// within 3 s of it.
	Created time.Time
	// Actor is who acted, with what this connection knows of their voice
	// channel and of this bot's rights there.
	Actor music.Actor
	// Permissions are those of the person in the text channel.
	Permissions discord.Permissions
	// Command is set for a slash command and its autocompletion, Component for
	// a button or a select menu.
	Command   *CommandData
	Component *ComponentData
}

// CommandData is a slash command as it was typed.
type CommandData struct {
	ID      string
	Name    string
	Options []Option
}

// Option is one argument of a slash command.
type Option struct {
	Name string
	Type discord.ApplicationCommandOptionType
	// Value is a string, an int64, a float64 or a bool, nil for a group.
	Value any
	// Focused is true for the one that autocompletion is asked for.
	Focused bool
	// Options are those of a subcommand or of a group of them.
	Options []Option
}

// ComponentData is a button that was pressed or a choice that was made.
type ComponentData struct {
	CustomID string
	Type     discord.ComponentType
	// Message is the message that carries the component.
	Message string
	// Values are the choices of a select menu.
	Values []string
}

// Age is how long ago the person acted, by our clock against Discord's; a
// clock that runs ahead of ours counts as no time.
func (i Interaction) Age(now time.Time) time.Duration {
	return max(now.Sub(i.Created), 0)
}

type (
	wireInteraction struct {
		ID          string                  `json:"id"`
		Application string                  `json:"application_id"`
		Type        discord.InteractionType `json:"type"`
		Token       secret.Text             `json:"token"`
		GuildID     string                  `json:"guild_id"`
		ChannelID   string                  `json:"channel_id"`
		Channel     *wireChannel            `json:"channel"`
		Member      *wireMember             `json:"member"`
		User        *wireUser               `json:"user"`
		Locale      string                  `json:"locale"`
		GuildLocale string                  `json:"guild_locale"`
		Message     *struct {
			ID string `json:"id"`
		} `json:"message"`
		Data json.RawMessage `json:"data"`
	}
	// The data of a command and of a component have an id each, but one is a
	// snowflake in a string and the other a number.
	wireCommand struct {
		ID      string       `json:"id"`
		Name    string       `json:"name"`
		Options []wireOption `json:"options"`
	}
	wireComponent struct {
		CustomID      string                `json:"custom_id"`
		ComponentType discord.ComponentType `json:"component_type"`
		Values        []string              `json:"values"`
	}
	wireOption struct {
		Name    string                               `json:"name"`
		Type    discord.ApplicationCommandOptionType `json:"type"`
		Value   any                                  `json:"value"`
		Focused bool                                 `json:"focused"`
		Options []wireOption                         `json:"options"`
	}
)

// optionDepth is how deep options nest: group, subcommand, option.
const optionDepth = 3

// DecodeInteraction reads an INTERACTION_CREATE's data, without the facts that
// only a connection's cache knows. It returns fault.Invalid for what it cannot
// read and never quotes the payload, which holds a token.
func DecodeInteraction(raw []byte) (Interaction, error) {
	bad := func(why string) (Interaction, error) {
		return Interaction{}, fault.New(fault.Invalid, "discord.DecodeInteraction", "an interaction cannot be read: "+why)
	}
	var w wireInteraction
	if err := json.Unmarshal(raw, &w); err != nil {
		return bad("its form is not the documented one")
	}
	if CreatedAt(w.ID).IsZero() || w.Token.Empty() || w.Application == "" {
		return bad("it has no id, application or token")
	}
	out := Interaction{
		ID: w.ID, Application: w.Application, Token: w.Token, Type: w.Type,
		Locale: w.Locale, GuildLocale: w.GuildLocale, Guild: music.GuildID(w.GuildID), Created: CreatedAt(w.ID),
	}
	switch {
	case w.Member != nil && w.Member.User != nil:
		out.Actor.User = music.UserID(w.Member.User.ID)
		out.Permissions = discord.Permissions(w.Member.Permissions)
	case w.User != nil:
		out.Actor.User = music.UserID(w.User.ID)
	}
	if out.Actor.User == "" {
		return bad("it does not say who acted")
	}
	out.Actor.Text = music.ChannelID(w.ChannelID)
	if w.ChannelID == "" && w.Channel != nil {
		out.Actor.Text = music.ChannelID(w.Channel.ID)
	}
	switch w.Type {
	case discord.InteractionTypeApplicationCommand, discord.InteractionTypeAutocomplete:
		var d wireCommand
		dec := json.NewDecoder(bytes.NewReader(w.Data))
		dec.UseNumber() // integers beyond 2^53 stay what they are
		if err := dec.Decode(&d); err != nil || d.Name == "" {
			return bad("its command is not one")
		}
		options, ok := options(d.Options, optionDepth)
		if !ok {
			return bad("its options are none")
		}
		out.Command = &CommandData{ID: d.ID, Name: d.Name, Options: options}
	case discord.InteractionTypeComponent:
		var d wireComponent
		if err := json.Unmarshal(w.Data, &d); err != nil || d.CustomID == "" {
			return bad("its component has no id")
		}
		out.Component = &ComponentData{CustomID: d.CustomID, Type: d.ComponentType, Values: d.Values}
		if w.Message != nil {
			out.Component.Message = w.Message.ID
		}
	default: // pings and modals carry nothing that is read here
	}
	return out, nil
}

func options(in []wireOption, depth int) ([]Option, bool) {
	if depth == 0 && len(in) > 0 {
		return nil, false
	}
	var out []Option
	for _, w := range in {
		nested, ok := options(w.Options, depth-1)
		if !ok {
			return nil, false
		}
		o := Option{Name: w.Name, Type: w.Type, Focused: w.Focused, Options: nested}
		switch v := w.Value.(type) {
		case nil, string, bool:
			o.Value = v
		case json.Number:
			if n, err := v.Int64(); err == nil {
				o.Value = n
				if w.Type == discord.ApplicationCommandOptionTypeFloat {
					o.Value = float64(n)
				}
			} else if f, err := v.Float64(); err == nil {
				o.Value = f
			} else {
				return nil, false
			}
		default:
			return nil, false
		}
		out = append(out, o)
	}
	return out, true
}

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
func (k *cache) access(g *guild, id string, now time.Time) music.BotAccess {
	a := music.BotAccess{Bot: k.bot}
	if ch := g.Channels[id]; ch != nil {
		p := g.permissionsIn(k.me, g.Self, ch, now)
		a.Connect, a.Speak = p.Has(discord.PermissionConnect), p.Has(discord.PermissionSpeak)
	}
	return a
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
