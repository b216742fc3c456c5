package control

import (
	"strings"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// maxLine is how many characters a line may have: more than any option takes.
const maxLine = 8000

// ParseLine reads what a person types into Discord's message field:
//
//	/name [group] [subcommand] option:value option:"quoted value" text
//
// A quote inside quotes is written \". A text without an option's name, a URL
// too, is one argument without a name. It returns Invalid with the reason.
func ParseLine(line string) (name string, args []discord.Arg, err error) {
	const op = "control.ParseLine"
	bad := func(msg string) (string, []discord.Arg, error) {
		return "", nil, fault.New(fault.Invalid, op, msg).WithHint(`a line is /name option:value option:"quoted value"`)
	}
	switch {
	case !utf8.ValidString(line):
		return bad("the line is not valid UTF-8")
	case utf8.RuneCountInString(line) > maxLine:
		return bad("the line is longer than Discord takes")
	}
	rest, ok := strings.CutPrefix(strings.TrimSpace(line), "/")
	if !ok {
		return bad("a command starts with /")
	}
	name, rest, _ = strings.Cut(rest, " ")
	if name == "" {
		return bad("there is no name after /")
	}
	var bare []string
	for rest = strings.TrimLeft(rest, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		key, val, named := option(rest)
		if !named {
			var word string
			if word, rest, ok = value(rest); !ok {
				return bad("a quote is not closed")
			}
			bare = append(bare, word)
			continue
		}
		if val, rest, ok = value(val); !ok {
			return bad("a quote is not closed")
		}
		args = append(args, discord.Arg{Name: key, Value: val})
	}
	if len(bare) > 0 {
		args = append(args, discord.Arg{Value: strings.Join(bare, " ")})
	}
	return name, args, nil
}

// option splits key:rest if the text starts with an option's name. The colon
// of a URL belongs to the value.
func option(s string) (key, rest string, ok bool) {
	key, rest, ok = strings.Cut(s, ":")
	if !ok || key == "" || strings.ContainsAny(key, " \"") || strings.HasPrefix(rest, "//") {
		return "", "", false
	}
	return key, rest, true
}

// value takes a word or a quoted text from the front.
func value(s string) (val, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		val, rest, _ = strings.Cut(s, " ")
		return val, rest, true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:], true
		default:
			b.WriteByte(s[i])
		}
	}
	return "", "", false
}

// split divides the leading bare words of a text into subcommand names and the
// rest, by what is registered: words are subcommands as far as they are known.
func split(cmds []discord.Command, name string, args []discord.Arg) (string, []discord.Arg) {
	for _, c := range cmds {
		if c.Name != name {
			continue
		}
		options := c.Options
		for n := len(args) - 1; n >= 0 && args[n].Name == "" && len(options) > 0 && options[0].Type <= discord.OptGroup; {
			word, rest, _ := strings.Cut(args[n].Value, " ")
			name += " " + word
			options = under(options, word)
			if args[n].Value = rest; rest == "" {
				return name, args[:n]
			}
		}
		return name, args
	}
	return name, args
}

func under(options []discord.Option, name string) []discord.Option {
	for _, o := range options {
		if o.Name == name {
			return o.Options
		}
	}
	return nil
}
