package command

import (
	"slices"
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
)

// Parse makes the action of a command out of its name and options as an
// interaction carries them. A subcommand comes as the first option, of the type
// of a subcommand and without a value, and its own options behind it. Help is no
// wish to the core: it returns nil and nil, and the caller answers with
// render.Help.
//
// It refuses with ReasonUnknownOperation what is not of the shape that Register
// registered (another name, an option that is unknown, missing, twice there or
// of another type), with ReasonVolumeRange a volume that is no whole number that
// fits, with ReasonQueryTooLong a query of more than music.MaxQuery bytes, with
// ReasonTimeUnreadable a position in a track that is none, with
// ReasonNoSuchPosition a place of the queue below 1, with ReasonLoopUnknown a
// mode that there is not, and with ReasonSettingInvalid a value that a setting
// cannot have, named in Query.
func Parse(name string, options []discord.SlashCommandOption) (music.Action, *music.Refusal) {
	all := definitions()
	i := slices.IndexFunc(all, func(d definition) bool { return d.name == name })
	if i < 0 {
		return nil, unknown()
	}
	d := all[i]
	if len(d.subcommands) > 0 {
		if len(options) == 0 || options[0].Type != discord.ApplicationCommandOptionTypeSubCommand {
			return nil, unknown()
		}
		i := slices.IndexFunc(d.subcommands, func(s definition) bool { return s.name == options[0].Name })
		if i < 0 {
			return nil, unknown()
		}
		d, options = d.subcommands[i], options[1:]
	}
	if !fits(d.options, options) {
		return nil, unknown()
	}
	a := &arguments{given: options}
	var action music.Action
	var refusal *music.Refusal
	switch name {
	case Help:
		return nil, nil
	case Remove:
		action, refusal = a.remove(d.name)
	case Settings:
		action, refusal = a.settings(d.name)
	default:
		action, refusal = a.command(name)
	}
	switch {
	case refusal != nil:
		return nil, refusal
	case a.broken || action == nil:
		return nil, unknown()
	}
	return action, nil
}

func unknown() *music.Refusal { return &music.Refusal{Reason: music.ReasonUnknownOperation} }

// plain are the commands without options.
func plain(name string) music.Action {
	switch name {
	case Pause:
		return music.Pause{}
	case Resume:
		return music.Resume{}
	case Skip:
		return music.Skip{}
	case Stop:
		return music.Stop{}
	case Join:
		return music.Join{}
	case Leave:
		return music.Leave{}
	case Previous:
		return music.Previous{}
	case Replay:
		return music.Replay{}
	case NowPlaying:
		return music.ShowNowPlaying{}
	case Shuffle:
		return music.Shuffle{}
	case Clear:
		return music.Clear{}
	case Grab:
		return music.Grab{}
	case Bots:
		return music.ShowBots{}
	}
	return nil
}

func (a *arguments) command(name string) (music.Action, *music.Refusal) {
	switch name {
	case Play, PlayNext, Search:
		return a.find(name)
	case SkipTo:
		n := a.number(optionPosition, 0)
		return music.SkipTo{Position: n}, a.places(n)
	case Move:
		from, to := a.number(optionFrom, 0), a.number(optionTo, 0)
		return music.Move{From: from, To: to}, a.places(from, to)
	case Swap:
		first, second := a.number(optionFirst, 0), a.number(optionSecond, 0)
		return music.Swap{A: first, B: second}, a.places(first, second)
	case Seek:
		typed := a.text(optionPosition)
		to, ok := ParseTime(typed)
		if !ok && !a.broken {
			return nil, &music.Refusal{Reason: ReasonTimeUnreadable, Query: typed}
		}
		return music.Seek{To: to}, nil
	case Forward:
		return a.step(1)
	case Rewind:
		return a.step(-1)
	case Volume:
		return a.volume()
	case Queue:
		return music.ShowQueue{Page: max(a.number(optionPage, 1), 1)}, nil
	case History:
		return music.ShowHistory{Page: max(a.number(optionPage, 1), 1)}, nil
	case Loop:
		mode := music.LoopMode(a.text(optionMode))
		return music.SetLoop{Mode: mode}, known(mode)
	}
	return plain(name), nil
}

// find reads what to play. Too much text is not broken, it is too long.
func (a *arguments) find(name string) (music.Action, *music.Refusal) {
	for _, o := range a.given {
		if o.Name == optionQuery && len(o.Value) > maxText {
			return nil, tooLong()
		}
	}
	query := a.text(optionQuery)
	if len(query) > music.MaxQuery {
		return nil, tooLong()
	}
	if name == Search {
		return music.Search{Query: query}, nil
	}
	return music.Enqueue{Query: query, Next: name == PlayNext || a.yes(optionNext)}, nil
}

func tooLong() *music.Refusal {
	return &music.Refusal{Reason: music.ReasonQueryTooLong, Limit: music.MaxQuery}
}

// places refuses places of the queue that there never are.
func (a *arguments) places(all ...int) *music.Refusal {
	if !a.broken && slices.Min(all) < 1 {
		return &music.Refusal{Reason: music.ReasonNoSuchPosition}
	}
	return nil
}

// step goes forward, or back where sign is -1.
func (a *arguments) step(sign int) (music.Action, *music.Refusal) {
	n := a.number(optionSeconds, DefaultStep)
	a.broken = a.broken || n < 1 || n > maxStep
	return music.SeekBy{By: time.Duration(sign*min(n, maxStep)) * time.Second}, nil
}

func (a *arguments) volume() (music.Action, *music.Refusal) {
	percent, there, ok := value[int](a.given, optionPercent)
	switch {
	case !ok:
		return nil, &music.Refusal{Reason: music.ReasonVolumeRange, Limit: MaxVolume}
	case !there:
		return music.SetVolume{}, nil
	}
	return music.SetVolume{Percent: &percent}, nil
}

// known refuses a mode that there is not; none at all asks which one is set.
func known(m music.LoopMode) *music.Refusal {
	switch m {
	case "", music.LoopOff, music.LoopTrack, music.LoopQueue:
		return nil
	}
	return &music.Refusal{Reason: music.ReasonLoopUnknown}
}

func (a *arguments) remove(sub string) (music.Action, *music.Refusal) {
	switch sub {
	case removeTrack:
		n := a.number(optionPosition, 0)
		return music.Remove{From: n}, a.places(n)
	case removeRange:
		from, to := a.number(optionFrom, 0), a.number(optionTo, 0)
		return music.Remove{From: from, To: to}, a.places(from, to)
	case removeDuplicates:
		return music.Remove{Duplicates: true}, nil
	case removeBy:
		return music.Remove{By: music.UserID(a.id(optionMember))}, nil
	}
	return nil, nil
}
