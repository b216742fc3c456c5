package command

import (
	"slices"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// choice is one of the values that an option takes.
type choice struct {
	value string
	words i18n.ID
}

type option struct {
	name        string
	description i18n.ID
	kind        discord.ApplicationCommandOptionType
	required    bool
	// complete is true where suggestions are shown while one types.
	complete bool
	// least and most bound a whole number; most is 0 where only least does.
	least, most int
	choices     []choice
	channels    []discord.ChannelType
}

// definition is a command or a subcommand.
type definition struct {
	name        string
	description i18n.ID
	options     []option
	subcommands []definition
}

const (
	kindText    = discord.ApplicationCommandOptionTypeString
	kindNumber  = discord.ApplicationCommandOptionTypeInt
	kindYesNo   = discord.ApplicationCommandOptionTypeBool
	kindUser    = discord.ApplicationCommandOptionTypeUser
	kindRole    = discord.ApplicationCommandOptionTypeRole
	kindChannel = discord.ApplicationCommandOptionTypeChannel
)

// must makes an option one that cannot be left out.
func must(o option) option {
	o.required = true
	return o
}

func number(name string, description i18n.ID, least, most int) option {
	return option{name: name, description: description, kind: kindNumber, least: least, most: most}
}

// query is what to play; it has no longest length there, so that one that is
// too long gets our words and not Discord's.
func query() option {
	return must(option{name: optionQuery, description: i18n.OptionQuery, kind: kindText, complete: true})
}

func position(name string, description i18n.ID) option {
	return must(number(name, description, 1, 0))
}

// definitions returns the commands in the order in which help shows them.
func definitions() []definition {
	return slices.Concat(ofTracks(), ofThePlay(), ofTheQueue(), ofTheServer())
}

func ofTracks() []definition {
	search := query()
	search.complete = false
	return []definition{
		{Play, i18n.CommandPlay, []option{query(), {name: optionNext, description: i18n.OptionNext, kind: kindYesNo}}, nil},
		{PlayNext, i18n.CommandPlayNext, []option{query()}, nil},
		{Search, i18n.CommandSearch, []option{search}, nil},
	}
}

func ofThePlay() []definition {
	step := number(optionSeconds, i18n.OptionSeconds, 1, maxStep)
	return []definition{
		{Pause, i18n.CommandPause, nil, nil},
		{Resume, i18n.CommandResume, nil, nil},
		{Skip, i18n.CommandSkip, nil, nil},
		{SkipTo, i18n.CommandSkipTo, []option{position(optionPosition, i18n.OptionPosition)}, nil},
		{Stop, i18n.CommandStop, nil, nil},
		{Join, i18n.CommandJoin, nil, nil},
		{Leave, i18n.CommandLeave, nil, nil},
		{Previous, i18n.CommandPrevious, nil, nil},
		{Replay, i18n.CommandReplay, nil, nil},
		{Seek, i18n.CommandSeek, []option{must(option{name: optionPosition, description: i18n.OptionTime, kind: kindText})}, nil},
		{Forward, i18n.CommandForward, []option{step}, nil},
		{Rewind, i18n.CommandRewind, []option{step}, nil},
		{Volume, i18n.CommandVolume, []option{number(optionPercent, i18n.OptionPercent, 0, MaxVolume)}, nil},
		{NowPlaying, i18n.CommandNowPlaying, nil, nil},
	}
}

func ofTheQueue() []definition {
	page := number(optionPage, i18n.OptionPage, 1, 0)
	member := must(option{name: optionMember, description: i18n.OptionMember, kind: kindUser})
	return []definition{
		{Queue, i18n.CommandQueue, []option{page}, nil},
		{Remove, i18n.CommandRemove, nil, []definition{
			{removeTrack, i18n.CommandRemoveTrack, []option{position(optionPosition, i18n.OptionPosition)}, nil},
			{removeRange, i18n.CommandRemoveRange, []option{position(optionFrom, i18n.OptionRangeFrom), position(optionTo, i18n.OptionRangeTo)}, nil},
			{removeDuplicates, i18n.CommandRemoveDuplicates, nil, nil},
			{removeBy, i18n.CommandRemoveBy, []option{member}, nil},
		}},
		{Move, i18n.CommandMove, []option{position(optionFrom, i18n.OptionMoveFrom), position(optionTo, i18n.OptionMoveTo)}, nil},
		{Swap, i18n.CommandSwap, []option{position(optionFirst, i18n.OptionFirst), position(optionSecond, i18n.OptionSecond)}, nil},
		{Shuffle, i18n.CommandShuffle, nil, nil},
		{Clear, i18n.CommandClear, nil, nil},
		{Loop, i18n.CommandLoop, []option{{
			name: optionMode, description: i18n.OptionMode, kind: kindText, choices: []choice{
				{string(music.LoopOff), i18n.LoopOff},
				{string(music.LoopTrack), i18n.LoopTrack},
				{string(music.LoopQueue), i18n.LoopQueue},
			},
		}}, nil},
		{History, i18n.CommandHistory, []option{page}, nil},
		{Grab, i18n.CommandGrab, nil, nil},
	}
}

func ofTheServer() []definition {
	return []definition{
		{Bots, i18n.CommandBots, nil, nil},
		{Settings, i18n.CommandSettings, nil, ofSettings()},
		{Help, i18n.CommandHelp, nil, nil},
	}
}

func ofSettings() []definition {
	minutes := must(number(optionMinutes, i18n.OptionMinutes, 1, maxMinutes))
	everyone, nobody := choice{string(music.UseEveryone), i18n.UseEveryone}, choice{string(music.UseNobody), i18n.UseNobody}
	who := must(option{name: optionWho, description: i18n.OptionWho, kind: kindText, choices: []choice{
		everyone, {string(music.UseRoles), i18n.UseRoles}, nobody, {whoDefault, i18n.UseDefault},
	}})
	elsewhere := who
	elsewhere.choices = []choice{everyone, nobody}
	role := func(name string) option { return option{name: name, description: i18n.OptionRole, kind: kindRole} }
	text := []discord.ChannelType{discord.ChannelTypeGuildText, discord.ChannelTypeGuildNews}
	voice := []discord.ChannelType{discord.ChannelTypeGuildVoice, discord.ChannelTypeGuildStageVoice}
	return []definition{
		{settingsShow, i18n.CommandSettingsShow, nil, nil},
		{settingsVolume, i18n.CommandSettingsVolume, []option{must(number(optionPercent, i18n.OptionPercent, 0, MaxVolume))}, nil},
		{settingsAnnouncements, i18n.CommandSettingsAnnouncements, []option{{
			name: optionChannel, description: i18n.OptionAnnouncements, kind: kindChannel, channels: text,
		}}, nil},
		{settingsLanguage, i18n.CommandSettingsLanguage, []option{must(option{
			name: optionLanguage, description: i18n.OptionLanguage, kind: kindText, choices: languages(),
		})}, nil},
		{settingsIdle, i18n.CommandSettingsIdle, []option{minutes}, nil},
		{settingsEmpty, i18n.CommandSettingsEmpty, []option{minutes}, nil},
		{settingsChannel, i18n.CommandSettingsChannel, []option{
			must(option{name: optionChannel, description: i18n.OptionChannel, kind: kindChannel, channels: slices.Concat(text, voice)}),
			who, role(optionRole), role(optionRole2), role(optionRole3),
		}, nil},
		{settingsElsewhere, i18n.CommandSettingsElsewhere, []option{elsewhere}, nil},
		{settingsReset, i18n.CommandSettingsReset, nil, nil},
	}
}

func languages() []choice {
	return []choice{{"en", i18n.LanguageEnglish}, {"es", i18n.LanguageSpanish}, {languageAuto, i18n.LanguageAuto}}
}
