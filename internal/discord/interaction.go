package discord

import (
	"fmt"
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
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
	// a button or a select menu, Modal for a form that was sent.
	Command   *CommandData
	Component *ComponentData
	Modal     *ModalData
}

// CommandData is a slash command as it was typed.
type CommandData struct {
	ID      string
	Name    string
	Options []Option
	// Resolved says what the ids among the options' values stand for.
	Resolved Resolved
}

// Focused returns the option that a person is typing and what is typed so far,
// as text whatever its type; ok is false where nothing is asked for.
func (d *CommandData) Focused() (name, typed string, ok bool) {
	if d == nil {
		return "", "", false
	}
	return focused(d.Options)
}

func focused(in []Option) (name, typed string, ok bool) {
	for _, o := range in {
		if o.Focused {
			if o.Value == nil {
				return o.Name, "", true
			}
			return o.Name, fmt.Sprint(o.Value), true
		}
		if name, typed, ok = focused(o.Options); ok {
			return name, typed, true
		}
	}
	return "", "", false
}

// Option is one argument of a slash command.
type Option struct {
	Name string
	Type discord.ApplicationCommandOptionType
	// Value is a string, an int64, a float64 or a bool, nil for a group; for a
	// user, role or channel it is the id, a string. While it is typed it may be
	// text of any kind.
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
	// Ephemeral is true where only the person sees that message.
	Ephemeral bool
	// Values are the choices of a select menu: texts, or ids for one of users,
	// roles or channels, which Resolved describes.
	Values   []string
	Resolved Resolved
}

// ModalData is a form that a person filled in and sent.
type ModalData struct {
	CustomID string
	// Fields are what was typed or chosen, by the custom ids of the form's
	// components: one text for a text input, any number of choices for a menu.
	Fields map[string][]string
	// Message is the message whose component opened the form, empty where a
	// command did.
	Message  string
	Resolved Resolved
}

// Text returns what was typed into a field, empty where there is no such field.
func (d *ModalData) Text(field string) string {
	if d == nil || len(d.Fields[field]) == 0 {
		return ""
	}
	return d.Fields[field][0]
}

// Resolved says what ids stand for, by id.
type Resolved struct {
	Users    map[music.UserID]ResolvedUser
	Roles    map[music.RoleID]string
	Channels map[music.ChannelID]ResolvedChannel
}

// ResolvedUser is a user that somebody named.
type ResolvedUser struct {
	// Name is what the guild shows: nickname, global or user name.
	Name string
	Bot  bool
}

// ResolvedChannel is a channel that somebody named.
type ResolvedChannel struct {
	Name string
	Type discord.ChannelType
}

// Age is how long ago the person acted, by our clock against Discord's; a
// clock that runs ahead of ours counts as no time.
func (i Interaction) Age(now time.Time) time.Duration {
	return max(now.Sub(i.Created), 0)
}
