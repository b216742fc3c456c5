package command

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
)

// arguments are the options of a command, known to be of the shape that was
// registered, and what could not be read of them.
type arguments struct {
	given []discord.SlashCommandOption
	// broken is true once a value could not be read as what it is to be.
	broken bool
}

// fits is true where every option is known, of its type and there once, and
// none that has to be there is missing. A query that is missing counts as an
// empty one, for which the core has better words.
func fits(known []option, got []discord.SlashCommandOption) bool {
	seen := map[string]bool{}
	for _, g := range got {
		i := slices.IndexFunc(known, func(o option) bool { return o.name == g.Name })
		if i < 0 || known[i].kind != g.Type || seen[g.Name] {
			return false
		}
		seen[g.Name] = true
	}
	return !slices.ContainsFunc(known, func(o option) bool { return o.required && !seen[o.name] && o.name != optionQuery })
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

// maxText is the longest text of an option that is read, in bytes of JSON: six
// of them are at most one of text.
const maxText = 6*music.MaxQuery + 2

func (a *arguments) text(name string) string {
	for _, o := range a.given {
		if o.Name == name && len(o.Value) > maxText { // before it is decoded
			a.broken = true
			return ""
		}
	}
	v, _, ok := value[string](a.given, name)
	a.broken = a.broken || !ok
	return v
}

// number reads a whole number, def where it is not there.
func (a *arguments) number(name string, def int) int {
	v, there, ok := value[int](a.given, name)
	a.broken = a.broken || !ok
	if !there {
		return def
	}
	return v
}

func (a *arguments) yes(name string) bool {
	v, _, ok := value[bool](a.given, name)
	a.broken = a.broken || !ok
	return v
}

// id reads the id of a member, a role or a channel.
func (a *arguments) id(name string) string {
	v := a.text(name)
	if _, there, _ := value[string](a.given, name); there && !isID(v) {
		a.broken = true
		return ""
	}
	return v
}

// isID is true for an id as Discord writes it, a snowflake in decimal.
func isID(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}
