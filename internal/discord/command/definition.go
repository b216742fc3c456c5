package command

import (
	"strings"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/i18n"
)

// The names of the commands.
const (
	Play       = "play"
	Pause      = "pause"
	Resume     = "resume"
	Skip       = "skip"
	Stop       = "stop"
	Leave      = "leave"
	Join       = "join"
	Queue      = "queue"
	NowPlaying = "nowplaying"
	Volume     = "volume"
	Help       = "help"
)

// The names of the options.
const (
	optionQuery   = "query"
	optionNext    = "next"
	optionPage    = "page"
	optionPercent = "percent"
)

// MaxVolume is the largest volume, in percent, that Discord lets a member type;
// what a plan allows may be less and is decided in the core.
const MaxVolume = 200

type option struct {
	name        string
	description i18n.ID
	kind        discord.ApplicationCommandOptionType
	required    bool
	// least and most bound a whole number; most is 0 where only least does.
	least, most int
}

type definition struct {
	name        string
	description i18n.ID
	options     []option
}

// definitions returns the commands in the order in which help shows them.
func definitions() []definition {
	return []definition{
		{Play, i18n.CommandPlay, []option{
			{name: optionQuery, description: i18n.CommandPlayQuery, kind: discord.ApplicationCommandOptionTypeString, required: true},
			{name: optionNext, description: i18n.CommandPlayNext, kind: discord.ApplicationCommandOptionTypeBool},
		}},
		{Pause, i18n.CommandPause, nil},
		{Resume, i18n.CommandResume, nil},
		{Skip, i18n.CommandSkip, nil},
		{Stop, i18n.CommandStop, nil},
		{Join, i18n.CommandJoin, nil},
		{Leave, i18n.CommandLeave, nil},
		{Queue, i18n.CommandQueue, []option{
			{name: optionPage, description: i18n.CommandQueuePage, kind: discord.ApplicationCommandOptionTypeInt, least: 1},
		}},
		{NowPlaying, i18n.CommandNowPlaying, nil},
		{Volume, i18n.CommandVolume, []option{{
			name: optionPercent, description: i18n.CommandVolumePercent,
			kind: discord.ApplicationCommandOptionTypeInt, most: MaxVolume,
		}}},
		{Help, i18n.CommandHelp, nil},
	}
}

// Register returns the commands as Discord registers them: usable in guilds
// only, described in English and in both of Discord's kinds of Spanish. The
// query has no longest length there, so that a query that is too long gets our
// words and not Discord's.
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
		}
		for _, o := range d.options {
			c.Options = append(c.Options, words.option(o))
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

func (w describer) option(o option) discord.ApplicationCommandOption {
	text, localised := w.plain(o.description), w.localised(o.description)
	switch o.kind {
	case discord.ApplicationCommandOptionTypeInt:
		c := discord.ApplicationCommandOptionInt{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required, MinValue: &o.least,
		}
		if o.most > 0 {
			c.MaxValue = &o.most
		}
		return c
	case discord.ApplicationCommandOptionTypeBool:
		return discord.ApplicationCommandOptionBool{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required,
		}
	default:
		return discord.ApplicationCommandOptionString{
			Name: o.name, Description: text, DescriptionLocalizations: localised, Required: o.required,
		}
	}
}

// Line is a command as help shows it.
type Line struct {
	// Usage is what to type, options that may be left out in brackets: /play query [next].
	Usage string
	// Description says what it does.
	Description string
}

// Lines returns the commands in the language of p.
func Lines(p *i18n.Printer) []Line {
	all := make([]Line, 0, len(definitions()))
	for _, d := range definitions() {
		var usage strings.Builder
		usage.WriteString("/" + d.name)
		for _, o := range d.options {
			if o.required {
				usage.WriteString(" " + o.name)
			} else {
				usage.WriteString(" [" + o.name + "]")
			}
		}
		all = append(all, Line{Usage: usage.String(), Description: p.Text(d.description, nil)})
	}
	return all
}
