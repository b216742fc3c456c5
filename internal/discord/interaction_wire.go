package discord

import (
	"cmp"
	"encoding/json"
	"strconv"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/secret"
)

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
			ID    string               `json:"id"`
			Flags discord.MessageFlags `json:"flags"`
		} `json:"message"`
		Data json.RawMessage `json:"data"`
	}
	// The data of a command and of a component have an id each, but one is a
	// snowflake in a string and the other a number.
	wireCommand struct {
		ID       string       `json:"id"`
		Name     string       `json:"name"`
		Options  []wireOption `json:"options"`
		Resolved wireResolved `json:"resolved"`
	}
	wireComponent struct {
		CustomID      string                `json:"custom_id"`
		ComponentType discord.ComponentType `json:"component_type"`
		Values        []string              `json:"values"`
		Resolved      wireResolved          `json:"resolved"`
	}
	wireModal struct {
		CustomID   string       `json:"custom_id"`
		Components []wireField  `json:"components"`
		Resolved   wireResolved `json:"resolved"`
	}
	// wireField is a component of a modal: a row of them, a label with one, or
	// one that was filled in.
	wireField struct {
		CustomID   string          `json:"custom_id"`
		Value      json.RawMessage `json:"value"` // text, of newer kinds a bool
		Values     []string        `json:"values"`
		Component  *wireField      `json:"component"`
		Components []wireField     `json:"components"`
	}
	wireOption struct {
		Name    string                               `json:"name"`
		Type    discord.ApplicationCommandOptionType `json:"type"`
		Value   any                                  `json:"value"`
		Focused bool                                 `json:"focused"`
		Options []wireOption                         `json:"options"`
	}
	wireResolved struct {
		Users map[string]struct {
			Username   string `json:"username"`
			GlobalName string `json:"global_name"`
			Bot        bool   `json:"bot"`
		} `json:"users"`
		Members map[string]struct {
			Nick string `json:"nick"`
		} `json:"members"`
		Roles map[string]struct {
			Name string `json:"name"`
		} `json:"roles"`
		Channels map[string]struct {
			Name string              `json:"name"`
			Type discord.ChannelType `json:"type"`
		} `json:"channels"`
	}
)

// What an interaction may hold. These are Discord's own limits where it has
// them: what is beyond is not from Discord
// (https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure,
// https://discord.com/developers/docs/components/reference).
const (
	interactionLimit = 1 << 20 // bytes: the message that a component is on comes along
	optionDepth      = 3       // group, subcommand, option
	optionCount      = 25
	nameLimit        = 32   // characters of the names of commands and options
	optionText       = 6000 // characters of a string option
	customIDLimit    = 100  // characters
	valueCount       = 25
	valueText        = 100 // characters of a choice
	fieldDepth       = 3   // row or label, and what is in it
	fieldCount       = 40
	fieldText        = 4000 // characters
	resolvedCount    = 100
	roleCount        = 1000 // of one member; Discord has 250 in a guild
	localeLimit      = 35   // bytes
)

// resolved translates what ids stand for; false for what cannot be.
func (w wireResolved) resolved() (Resolved, bool) {
	var r Resolved
	if len(w.Users)+len(w.Roles)+len(w.Channels) > resolvedCount || len(w.Members) > resolvedCount {
		return r, false
	}
	for id, u := range w.Users {
		if !isID(id) {
			return r, false
		}
		if r.Users == nil {
			r.Users = make(map[music.UserID]ResolvedUser, len(w.Users))
		}
		name := cmp.Or(w.Members[id].Nick, u.GlobalName, u.Username)
		r.Users[music.UserID(id)] = ResolvedUser{Name: cut(name, valueText), Bot: u.Bot}
	}
	for id, v := range w.Roles {
		if !isID(id) {
			return r, false
		}
		if r.Roles == nil {
			r.Roles = make(map[music.RoleID]string, len(w.Roles))
		}
		r.Roles[music.RoleID(id)] = cut(v.Name, valueText)
	}
	for id, v := range w.Channels {
		if !isID(id) {
			return r, false
		}
		if r.Channels == nil {
			r.Channels = make(map[music.ChannelID]ResolvedChannel, len(w.Channels))
		}
		r.Channels[music.ChannelID(id)] = ResolvedChannel{Name: cut(v.Name, valueText), Type: v.Type}
	}
	return r, true
}

// isID says whether text is a snowflake.
func isID(s string) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && n != 0
}

// thread says whether a channel is a thread, which belongs to another one.
func (w wireChannel) thread() bool {
	switch discord.ChannelType(w.Type) {
	case discord.ChannelTypeGuildNewsThread, discord.ChannelTypeGuildPublicThread, discord.ChannelTypeGuildPrivateThread:
		return true
	default:
		return false
	}
}
