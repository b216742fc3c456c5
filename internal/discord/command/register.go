package command

import (
	"strings"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/i18n"
)

// Register returns the commands as Discord registers them: usable in guilds
// only, described in English and in both of Discord's kinds of Spanish. All
// members see all of them; who may change settings is decided in the core.
func Register(b *i18n.Bundle) []discord.ApplicationCommandCreate {
	words := describer{b}
	all := make([]discord.ApplicationCommandCreate, 0, len(definitions()))
	for _, d := range definitions() {
		c := discord.SlashCommandCreate{
			Name:                     d.name,
			Description:              words.plain(d.description),
			DescriptionLocalizations: words.localised(d.description),
			IntegrationTypes:         []discord.ApplicationIntegrationType{discord.ApplicationIntegrationTypeGuildInstall},
			Contexts:                 []discord.InteractionContextType{discord.InteractionContextTypeGuild},
			Options:                  words.options(d.options),
		}
		for _, sub := range d.subcommands {
			c.Options = append(c.Options, discord.ApplicationCommandOptionSubCommand{
				Name: sub.name, Description: words.plain(sub.description), DescriptionLocalizations: words.localised(sub.description),
				Options: words.options(sub.options),
			})
		}
		all = append(all, c)
	}
	return all
}

type describer struct{ bundle *i18n.Bundle }

func (w describer) plain(id i18n.ID) string {
	return w.bundle.For(discord.LocaleEnglishUS.Code()).Text(id, nil)
}

func (w describer) localised(id i18n.ID) map[discord.Locale]string {
	all := map[discord.Locale]string{}
	for _, l := range []discord.Locale{discord.LocaleSpanishES, discord.LocaleSpanishLATAM} {
		all[l] = w.bundle.For(l.Code()).Text(id, nil)
	}
	return all
}

func (w describer) options(all []option) []discord.ApplicationCommandOption {
	var out []discord.ApplicationCommandOption
	for _, o := range all {
		out = append(out, w.option(o))
	}
	return out
}

func (w describer) option(o option) discord.ApplicationCommandOption {
	text, localised := w.plain(o.description), w.localised(o.description)
	switch o.kind {
	case kindNumber:
		c := discord.ApplicationCommandOptionInt{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required, MinValue: &o.least,
		}
		if o.most > 0 {
			c.MaxValue = &o.most
		}
		return c
	case kindYesNo:
		return discord.ApplicationCommandOptionBool{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required,
		}
	case kindUser:
		return discord.ApplicationCommandOptionUser{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required,
		}
	case kindRole:
		return discord.ApplicationCommandOptionRole{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required,
		}
	case kindChannel:
		return discord.ApplicationCommandOptionChannel{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required, ChannelTypes: o.channels,
		}
	default:
		c := discord.ApplicationCommandOptionString{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required, Autocomplete: o.complete,
		}
		for _, v := range o.choices {
			c.Choices = append(c.Choices, discord.ApplicationCommandOptionChoiceString{
				Name: w.plain(v.words), NameLocalizations: w.localised(v.words), Value: v.value,
			})
		}
		return c
	}
}

// Line is a command as help shows it.
type Line struct {
	// Usage is what to type, options that may be left out in brackets: /play query [next].
	Usage string
	// Description says what it does.
	Description string
}

// Lines returns the commands, each subcommand as one of its own, in the
// language of p.
func Lines(p *i18n.Printer) []Line {
	var all []Line
	for _, d := range definitions() {
		if len(d.subcommands) == 0 {
			all = append(all, line(p, "/", d))
		}
		for _, sub := range d.subcommands {
			all = append(all, line(p, "/"+d.name+" ", sub))
		}
	}
	return all
}

func line(p *i18n.Printer, before string, d definition) Line {
	var usage strings.Builder
	usage.WriteString(before + d.name)
	for _, o := range d.options {
		if o.required {
			usage.WriteString(" " + o.name)
		} else {
			usage.WriteString(" [" + o.name + "]")
		}
	}
	return Line{Usage: usage.String(), Description: p.Text(d.description, nil)}
}

// Completes is true where suggestions are owed while a member types an option
// of a command.
func Completes(name, focused string) bool {
	for _, d := range definitions() {
		if d.name != name {
			continue
		}
		for _, o := range d.options {
			if o.name == focused {
				return o.complete
			}
		}
	}
	return false
}
