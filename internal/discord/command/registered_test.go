package command_test

import (
	"encoding/json"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
)

// commands returns every command and subcommand as Discord knows it, by what is
// typed.
func commands(t *testing.T) map[string]wireOption {
	t.Helper()
	var all []wireOption
	if err := json.Unmarshal(registered(t), &all); err != nil {
		t.Fatal(err)
	}
	out := map[string]wireOption{}
	for _, c := range all {
		nested := false
		for _, o := range c.Options {
			if o.Type == int(sub) {
				out[c.Name+" "+o.Name] = o
				nested = true
			}
		}
		if !nested {
			out[c.Name] = c
		}
	}
	return out
}

// values returns what a member can send for an option.
func values(o wireOption) []string {
	quoted := func(s string) string { return `"` + s + `"` }
	switch discord.ApplicationCommandOptionType(o.Type) {
	case number:
		most := 1_000
		if o.MaxValue != nil {
			most = *o.MaxValue
		}
		return []string{strconv.Itoa(*o.MinValue), strconv.Itoa(most)}
	case yesNo:
		return []string{"true", "false"}
	case member, role, place:
		return []string{`"300000000000000001"`}
	default:
		if len(o.Choices) == 0 {
			return []string{quoted("1:23")} // words and a position at once
		}
		var all []string
		for _, c := range o.Choices {
			all = append(all, quoted(c.Value))
		}
		return all
	}
}

// typed returns the options of a command, each with the n-th value it takes.
func typed(name string, c wireOption, n int) options {
	var all options
	if _, subcommand, ok := strings.Cut(name, " "); ok {
		all = append(all, of(subcommand))
	}
	for _, o := range c.Options {
		v := values(o)
		all = append(all, opt(discord.ApplicationCommandOptionType(o.Type), o.Name, v[n%len(v)]))
	}
	return all
}

func TestWhatDiscordLetsATypistSendIsUnderstood(t *testing.T) {
	for name, c := range commands(t) {
		base, _, _ := strings.Cut(name, " ")
		for n := range 4 {
			given := typed(name, c, n)
			action, refusal := command.Parse(base, given)
			switch {
			case refusal != nil && refusal.Reason == music.ReasonSettingInvalid && refusal.Query == command.SettingRoles:
				// Roles beside everyone or nobody: only we can know that.
			case refusal != nil || (action == nil) != (name == command.Help):
				t.Errorf("/%s %s: %#v, %+v", name, given, action, refusal)
			}
		}
	}
}

func TestWhatDiscordWouldNotSendIsRefused(t *testing.T) {
	for name, c := range commands(t) {
		base, _, nested := strings.Cut(name, " ")
		full := typed(name, c, 0)
		first := 0
		if nested {
			first = 1
		}
		for i, o := range c.Options {
			without := slices.Delete(slices.Clone(full), first+i, first+i+1)
			_, refusal := command.Parse(base, without)
			lenient := !o.Required || o.Name == "query"
			unknown := refusal != nil && refusal.Reason == music.ReasonUnknownOperation
			if unknown == lenient {
				t.Errorf("/%s without %s: %+v", name, o.Name, refusal)
			}
			twice := append(slices.Clone(full), full[first+i])
			if _, refusal := command.Parse(base, twice); refusal == nil || refusal.Reason != music.ReasonUnknownOperation {
				t.Errorf("/%s with %s twice: %+v", name, o.Name, refusal)
			}
			other := slices.Clone(full)
			other[first+i].Type = discord.ApplicationCommandOptionTypeFloat
			if _, refusal := command.Parse(base, other); refusal == nil || refusal.Reason != music.ReasonUnknownOperation {
				t.Errorf("/%s with %s of another type: %+v", name, o.Name, refusal)
			}
		}
		more := append(slices.Clone(full), opt(text, "colour", `"blue"`))
		if _, refusal := command.Parse(base, more); refusal == nil || refusal.Reason != music.ReasonUnknownOperation {
			t.Errorf("/%s with an unknown option: %+v", name, refusal)
		}
	}
}

func TestOnlyFittingChannelsAreOffered(t *testing.T) {
	all := commands(t)
	if got := all["settings announcements"].Options[0].Channels; !slices.Equal(got, []int{0, 5}) {
		t.Errorf("announcements go to channels of types %v", got)
	}
	if got := all["settings channel"].Options[0].Channels; !slices.Equal(got, []int{0, 5, 2, 13}) {
		t.Errorf("rules are for channels of types %v", got)
	}
	for _, name := range []string{"play", "playnext"} {
		if o := all[name].Options[0]; !o.Complete || !o.Required {
			t.Errorf("%s completes nothing: %+v", name, o)
		}
	}
}

func TestBoundsAreThoseOfTheCore(t *testing.T) {
	all := commands(t)
	if o := all["settings idle"].Options[0]; *o.MaxValue != int(music.MaxIdle.Minutes()) || *o.MinValue != 1 {
		t.Errorf("idle takes %d to %d minutes", *o.MinValue, *o.MaxValue)
	}
	var languages []string
	for _, c := range all["settings language"].Options[0].Choices {
		languages = append(languages, c.Value)
	}
	if want := append(music.Languages(), "auto"); !slices.Equal(languages, want) {
		t.Errorf("the languages are %v, want %v", languages, want)
	}
}

func TestTheDocumentNamesEveryCommandAndChoice(t *testing.T) {
	raw, err := os.ReadFile("../../../docs/COMMANDS.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	for _, l := range command.Lines(bundle(t).For("en")) {
		if !strings.Contains(doc, l.Usage) {
			t.Errorf("docs/COMMANDS.md does not have %s", l.Usage)
		}
	}
	for name, c := range commands(t) {
		for _, o := range c.Options {
			for _, choice := range o.Choices {
				if !strings.Contains(doc, "`"+choice.Value+"`") {
					t.Errorf("docs/COMMANDS.md does not have the choice %s of /%s", choice.Value, name)
				}
			}
		}
	}
}
