package command

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
)

// Parse makes the action of a command out of its name and options as an
// interaction carries them. Help is no wish to the core: it returns nil and nil,
// and the caller answers with render.Help.
//
// It refuses with ReasonUnknownOperation what is not of the shape that Register
// registered (another name, an option that is unknown, twice there or of another
// type), with ReasonVolumeRange a volume that is no whole number that fits, and
// with ReasonQueryTooLong a query of more than music.MaxQuery bytes.
func Parse(name string, options []discord.SlashCommandOption) (music.Action, *music.Refusal) {
	all := definitions()
	i := slices.IndexFunc(all, func(d definition) bool { return d.name == name })
	if i < 0 || !fits(all[i].options, options) {
		return nil, &music.Refusal{Reason: music.ReasonUnknownOperation}
	}
	switch name {
	case Play:
		return parsePlay(options)
	case Queue:
		return parseQueue(options)
	case Volume:
		return parseVolume(options)
	case Help:
		return nil, nil
	}
	return plain(name), nil
}

func plain(name string) music.Action {
	for _, a := range []music.Action{
		music.Pause{}, music.Resume{}, music.Skip{}, music.Stop{}, music.Leave{}, music.Join{}, music.ShowNowPlaying{},
	} {
		if music.ActionName(a) == name {
			return a
		}
	}
	return nil
}

// fits is true where every option is known, of its type and there once.
func fits(known []option, got []discord.SlashCommandOption) bool {
	seen := map[string]bool{}
	for _, g := range got {
		i := slices.IndexFunc(known, func(o option) bool { return o.name == g.Name })
		if i < 0 || known[i].kind != g.Type || seen[g.Name] {
			return false
		}
		seen[g.Name] = true
	}
	return true
}

// value reads an option. It says whether the option is there and whether it
// could be read; null can never be.
func value[T any](options []discord.SlashCommandOption, name string) (v T, there, ok bool) {
	for _, o := range options {
		if o.Name == name {
			ok = !bytes.Equal(bytes.TrimSpace(o.Value), []byte("null")) && json.Unmarshal(o.Value, &v) == nil
			return v, true, ok
		}
	}
	return v, false, true
}

func parsePlay(options []discord.SlashCommandOption) (music.Action, *music.Refusal) {
	for _, o := range options {
		// Before it is decoded: six bytes of JSON are at most one of text.
		if o.Name == optionQuery && len(o.Value) > 6*music.MaxQuery+2 {
			return nil, &music.Refusal{Reason: music.ReasonQueryTooLong, Limit: music.MaxQuery}
		}
	}
	query, _, ok := value[string](options, optionQuery)
	next, _, nextOK := value[bool](options, optionNext)
	switch {
	case !ok || !nextOK:
		return nil, &music.Refusal{Reason: music.ReasonUnknownOperation}
	case len(query) > music.MaxQuery:
		return nil, &music.Refusal{Reason: music.ReasonQueryTooLong, Limit: music.MaxQuery}
	}
	return music.Enqueue{Query: query, Next: next}, nil
}

func parseQueue(options []discord.SlashCommandOption) (music.Action, *music.Refusal) {
	page, there, ok := value[int](options, optionPage)
	if !ok {
		return nil, &music.Refusal{Reason: music.ReasonUnknownOperation}
	}
	if !there {
		page = 1
	}
	return music.ShowQueue{Page: max(page, 1)}, nil
}

func parseVolume(options []discord.SlashCommandOption) (music.Action, *music.Refusal) {
	percent, there, ok := value[int](options, optionPercent)
	switch {
	case !ok:
		return nil, &music.Refusal{Reason: music.ReasonVolumeRange, Limit: MaxVolume}
	case !there:
		return music.SetVolume{}, nil
	}
	return music.SetVolume{Percent: &percent}, nil
}
