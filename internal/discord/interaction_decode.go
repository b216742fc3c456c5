package discord

import (
	"bytes"
	"encoding/json"
	"slices"
	"unicode/utf8"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// DecodeInteraction reads an INTERACTION_CREATE's data, without the facts that
// only a connection's cache knows. It returns fault.Invalid for what it cannot
// read or what is beyond Discord's own limits, and never quotes the payload,
// which holds a token.
func DecodeInteraction(raw []byte) (Interaction, error) {
	bad := func(why string) (Interaction, error) {
		return Interaction{}, fault.New(fault.Invalid, "discord.DecodeInteraction", "an interaction cannot be read: "+why)
	}
	if len(raw) > interactionLimit {
		return bad("it is too large")
	}
	var w wireInteraction
	if err := json.Unmarshal(raw, &w); err != nil {
		return bad("its form is not the documented one")
	}
	token := w.Token.Reveal()
	if CreatedAt(w.ID).IsZero() || token == "" || len(token) > tokenLength || !isID(w.Application) {
		return bad("it has no id, application or token")
	}
	if w.GuildID != "" && !isID(w.GuildID) || len(w.Locale) > localeLimit || len(w.GuildLocale) > localeLimit {
		return bad("it does not say where it comes from")
	}
	out := Interaction{
		ID: w.ID, Application: w.Application, Token: w.Token, Type: w.Type,
		Locale: w.Locale, GuildLocale: w.GuildLocale, Guild: music.GuildID(w.GuildID), Created: CreatedAt(w.ID),
	}
	if why := w.actor(&out); why != "" {
		return bad(why)
	}
	if why := w.data(&out); why != "" {
		return bad(why)
	}
	return out, nil
}

// actor reads who acted and where, or says what is wrong.
func (w wireInteraction) actor(out *Interaction) (why string) {
	a := &out.Actor
	switch {
	case w.Member != nil && w.Member.User != nil:
		if len(w.Member.Roles) > roleCount || slices.ContainsFunc(w.Member.Roles, func(r string) bool { return !isID(r) }) {
			return "its member's roles are none"
		}
		a.User = music.UserID(w.Member.User.ID)
		for _, r := range w.Member.Roles {
			a.Roles = append(a.Roles, music.RoleID(r))
		}
		out.Permissions = discord.Permissions(w.Member.Permissions)
		a.Admin = out.Permissions.Has(discord.PermissionAdministrator) || out.Permissions.Has(discord.PermissionManageGuild)
	case w.User != nil:
		a.User = music.UserID(w.User.ID)
	}
	if !isID(string(a.User)) {
		return "it does not say who acted"
	}
	a.Text = music.ChannelID(w.ChannelID)
	if w.ChannelID == "" && w.Channel != nil {
		a.Text = music.ChannelID(w.Channel.ID)
	}
	if w.Channel != nil && w.Channel.thread() && w.Channel.ParentID != nil {
		a.Parent = music.ChannelID(*w.Channel.ParentID)
	}
	if a.Text != "" && !isID(string(a.Text)) || a.Parent != "" && !isID(string(a.Parent)) {
		return "its channel is none"
	}
	if w.Message != nil && !isID(w.Message.ID) {
		return "its message is none"
	}
	return ""
}

// data reads what was done, or says what is wrong.
func (w wireInteraction) data(out *Interaction) (why string) {
	switch w.Type {
	case discord.InteractionTypeApplicationCommand, discord.InteractionTypeAutocomplete:
		out.Command, why = w.command()
	case discord.InteractionTypeComponent:
		out.Component, why = w.component()
	case discord.InteractionTypeModalSubmit:
		out.Modal, why = w.modal()
	default: // a ping carries nothing that is read here
	}
	return why
}

func (w wireInteraction) command() (*CommandData, string) {
	var d wireCommand
	dec := json.NewDecoder(bytes.NewReader(w.Data))
	dec.UseNumber() // integers beyond 2^53 stay what they are
	if err := dec.Decode(&d); err != nil || d.Name == "" || longer(d.Name, nameLimit) || d.ID != "" && !isID(d.ID) {
		return nil, "its command is not one"
	}
	options, ok := options(d.Options, optionDepth)
	if !ok {
		return nil, "its options are none"
	}
	r, ok := d.Resolved.resolved()
	if !ok {
		return nil, "what it names is not described"
	}
	out := &CommandData{ID: d.ID, Name: d.Name, Options: options, Resolved: r}
	if _, _, asked := out.Focused(); w.Type == discord.InteractionTypeAutocomplete && !asked {
		return nil, "it does not say which option is typed"
	}
	return out, ""
}

func (w wireInteraction) component() (*ComponentData, string) {
	var d wireComponent
	if err := json.Unmarshal(w.Data, &d); err != nil || !isCustomID(d.CustomID) {
		return nil, "its component has no id"
	}
	if !areChoices(d.Values) {
		return nil, "its choices are none"
	}
	r, ok := d.Resolved.resolved()
	if !ok {
		return nil, "what it names is not described"
	}
	out := &ComponentData{CustomID: d.CustomID, Type: d.ComponentType, Values: d.Values, Resolved: r}
	if w.Message != nil {
		out.Message, out.Ephemeral = w.Message.ID, w.Message.Flags.Has(discord.MessageFlagEphemeral)
	}
	return out, ""
}

func (w wireInteraction) modal() (*ModalData, string) {
	var d wireModal
	if err := json.Unmarshal(w.Data, &d); err != nil || !isCustomID(d.CustomID) {
		return nil, "its form has no id"
	}
	out := &ModalData{CustomID: d.CustomID, Fields: map[string][]string{}}
	if !out.fill(d.Components, fieldDepth) {
		return nil, "its fields are none"
	}
	var ok bool
	if out.Resolved, ok = d.Resolved.resolved(); !ok {
		return nil, "what it names is not described"
	}
	if w.Message != nil {
		out.Message = w.Message.ID
	}
	return out, ""
}

// fill takes the fields of a form in, whatever holds them: a row
// (https://discord.com/developers/docs/components/reference#action-row) or a label.
func (d *ModalData) fill(in []wireField, depth int) bool {
	if depth == 0 && len(in) > 0 || len(in) > fieldCount {
		return false
	}
	for _, f := range in {
		if f.Component != nil && !d.fill([]wireField{*f.Component}, depth-1) || !d.fill(f.Components, depth-1) {
			return false
		}
		value, typed := f.typed()
		if !typed && f.Values == nil {
			continue // it only holds others, or shows something
		}
		_, twice := d.Fields[f.CustomID]
		if twice || !isCustomID(f.CustomID) || len(d.Fields) >= fieldCount || !areChoices(f.Values) || longer(value, fieldText) {
			return false
		}
		d.Fields[f.CustomID] = f.Values
		if typed {
			d.Fields[f.CustomID] = []string{value}
		}
	}
	return true
}

// typed returns the value of a field as text.
func (f wireField) typed() (string, bool) {
	if len(f.Value) == 0 || string(f.Value) == "null" {
		return "", false
	}
	var s string
	if json.Unmarshal(f.Value, &s) != nil {
		return string(f.Value), true
	}
	return s, true
}

func options(in []wireOption, depth int) ([]Option, bool) {
	if depth == 0 && len(in) > 0 || len(in) > optionCount {
		return nil, false
	}
	var out []Option
	for _, w := range in {
		nested, ok := options(w.Options, depth-1)
		if !ok || longer(w.Name, nameLimit) {
			return nil, false
		}
		o := Option{Name: w.Name, Type: w.Type, Focused: w.Focused, Options: nested}
		switch v := w.Value.(type) {
		case nil, bool:
			o.Value = v
		case string:
			if longer(v, optionText) || !w.Focused && isReference(w.Type) && !isID(v) {
				return nil, false
			}
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

// isReference says whether an option's value is an id.
func isReference(t discord.ApplicationCommandOptionType) bool {
	switch t {
	case discord.ApplicationCommandOptionTypeUser, discord.ApplicationCommandOptionTypeChannel,
		discord.ApplicationCommandOptionTypeRole, discord.ApplicationCommandOptionTypeMentionable:
		return true
	default:
		return false
	}
}

func isCustomID(s string) bool { return s != "" && !longer(s, customIDLimit) }

func areChoices(in []string) bool {
	return len(in) <= valueCount && !slices.ContainsFunc(in, func(v string) bool { return longer(v, valueText) })
}

// longer says whether a text has more than n characters.
func longer(s string, n int) bool { return len(s) > n && utf8.RuneCountInString(s) > n }
