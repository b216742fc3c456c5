package command_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
)

const (
	text   = discord.ApplicationCommandOptionTypeString
	number = discord.ApplicationCommandOptionTypeInt
	yesNo  = discord.ApplicationCommandOptionTypeBool
)

func opt(kind discord.ApplicationCommandOptionType, name, raw string) discord.SlashCommandOption {
	return discord.SlashCommandOption{Name: name, Type: kind, Value: json.RawMessage(raw)}
}

func TestParse(t *testing.T) {
	eighty, zero, huge := 80, 0, 100_000
	for _, c := range []struct {
		name    string
		options []discord.SlashCommandOption
		want    music.Action
	}{
		{"play", []discord.SlashCommandOption{opt(text, "query", `"ocean"`)}, music.Enqueue{Query: "ocean"}},
		{"play", []discord.SlashCommandOption{opt(yesNo, "next", `true`), opt(text, "query", `" a\u0000b "`)}, music.Enqueue{Query: " a\x00b ", Next: true}},
		{"play", []discord.SlashCommandOption{opt(text, "query", `""`), opt(yesNo, "next", `false`)}, music.Enqueue{}},
		{"play", nil, music.Enqueue{}},
		{"pause", nil, music.Pause{}},
		{"resume", nil, music.Resume{}},
		{"skip", nil, music.Skip{}},
		{"stop", nil, music.Stop{}},
		{"leave", nil, music.Leave{}},
		{"join", nil, music.Join{}},
		{"nowplaying", nil, music.ShowNowPlaying{}},
		{"queue", nil, music.ShowQueue{Page: 1}},
		{"queue", []discord.SlashCommandOption{opt(number, "page", `7`)}, music.ShowQueue{Page: 7}},
		{"queue", []discord.SlashCommandOption{opt(number, "page", `-7`)}, music.ShowQueue{Page: 1}},
		{"volume", nil, music.SetVolume{}},
		{"volume", []discord.SlashCommandOption{opt(number, "percent", `80`)}, music.SetVolume{Percent: &eighty}},
		{"volume", []discord.SlashCommandOption{opt(number, "percent", `0`)}, music.SetVolume{Percent: &zero}},
		{"volume", []discord.SlashCommandOption{opt(number, "percent", `100000`)}, music.SetVolume{Percent: &huge}},
		{"help", nil, nil},
	} {
		got, refusal := command.Parse(c.name, c.options)
		if refusal != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: got %#v, %+v", c.name, c.options, got, refusal)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("a", music.MaxQuery+1)
	tenMB := `"` + strings.Repeat("a", 10<<20) + `"`
	for name, c := range map[string]struct {
		command string
		options []discord.SlashCommandOption
		want    music.Reason
		limit   int
	}{
		"unknown command":  {"dance", nil, music.ReasonUnknownOperation, 0},
		"no name":          {"", nil, music.ReasonUnknownOperation, 0},
		"upper case":       {"PLAY", nil, music.ReasonUnknownOperation, 0},
		"unknown option":   {"skip", []discord.SlashCommandOption{opt(text, "to", `"1"`)}, music.ReasonUnknownOperation, 0},
		"option of help":   {"help", []discord.SlashCommandOption{opt(text, "x", `"1"`)}, music.ReasonUnknownOperation, 0},
		"option twice":     {"play", []discord.SlashCommandOption{opt(text, "query", `"a"`), opt(text, "query", `"b"`)}, music.ReasonUnknownOperation, 0},
		"query type":       {"play", []discord.SlashCommandOption{opt(number, "query", `1`)}, music.ReasonUnknownOperation, 0},
		"query value":      {"play", []discord.SlashCommandOption{opt(text, "query", `{"a":1}`)}, music.ReasonUnknownOperation, 0},
		"query null":       {"play", []discord.SlashCommandOption{opt(text, "query", `null`)}, music.ReasonUnknownOperation, 0},
		"query no value":   {"play", []discord.SlashCommandOption{opt(text, "query", ``)}, music.ReasonUnknownOperation, 0},
		"next value":       {"play", []discord.SlashCommandOption{opt(text, "query", `"a"`), opt(yesNo, "next", `"yes"`)}, music.ReasonUnknownOperation, 0},
		"page value":       {"queue", []discord.SlashCommandOption{opt(number, "page", `"2"`)}, music.ReasonUnknownOperation, 0},
		"query too long":   {"play", []discord.SlashCommandOption{opt(text, "query", `"`+long+`"`)}, music.ReasonQueryTooLong, music.MaxQuery},
		"query of 10 MB":   {"play", []discord.SlashCommandOption{opt(text, "query", tenMB)}, music.ReasonQueryTooLong, music.MaxQuery},
		"volume of words":  {"volume", []discord.SlashCommandOption{opt(number, "percent", `"loud"`)}, music.ReasonVolumeRange, command.MaxVolume},
		"volume fraction":  {"volume", []discord.SlashCommandOption{opt(number, "percent", `80.5`)}, music.ReasonVolumeRange, command.MaxVolume},
		"volume too large": {"volume", []discord.SlashCommandOption{opt(number, "percent", `1e99`)}, music.ReasonVolumeRange, command.MaxVolume},
	} {
		t.Run(name, func(t *testing.T) {
			got, refusal := command.Parse(c.command, c.options)
			if got != nil || refusal == nil || refusal.Reason != c.want || refusal.Limit != c.limit {
				t.Fatalf("got %#v, %+v", got, refusal)
			}
		})
	}
}

func TestParseTakesTheLongestQuery(t *testing.T) {
	// Every byte escaped: the longest way to write the longest query.
	raw := `"` + strings.Repeat(`\u0061`, music.MaxQuery) + `"`
	got, refusal := command.Parse("play", []discord.SlashCommandOption{opt(text, "query", raw)})
	if refusal != nil || got != (music.Enqueue{Query: strings.Repeat("a", music.MaxQuery)}) {
		t.Fatalf("got %.40v, %+v", got, refusal)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("play", "query", 3, `"ocean"`)
	f.Add("volume", "percent", 4, `80`)
	f.Add("queue", "page", 4, `-1`)
	f.Add("help", "", 0, ``)
	f.Fuzz(func(t *testing.T, name, option string, kind int, raw string) {
		a, refusal := command.Parse(name, []discord.SlashCommandOption{opt(discord.ApplicationCommandOptionType(kind), option, raw)})
		if a != nil && refusal != nil {
			t.Fatal("an action and a refusal at once")
		}
		if a == nil && refusal == nil {
			t.Fatal("help has no options, so this was not help")
		}
		if a != nil && music.ActionName(a) != name {
			t.Fatalf("%s became %s", name, music.ActionName(a))
		}
	})
}
