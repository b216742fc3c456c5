package command_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
)

const (
	sub    = discord.ApplicationCommandOptionTypeSubCommand
	text   = discord.ApplicationCommandOptionTypeString
	number = discord.ApplicationCommandOptionTypeInt
	yesNo  = discord.ApplicationCommandOptionTypeBool
	member = discord.ApplicationCommandOptionTypeUser
	role   = discord.ApplicationCommandOptionTypeRole
	place  = discord.ApplicationCommandOptionTypeChannel
)

type options = []discord.SlashCommandOption

func opt(kind discord.ApplicationCommandOptionType, name, raw string) discord.SlashCommandOption {
	return discord.SlashCommandOption{Name: name, Type: kind, Value: json.RawMessage(raw)}
}

// of is the first option of a command with subcommands, as the adapter passes it.
func of(name string) discord.SlashCommandOption { return opt(sub, name, "null") }

type parse struct {
	name    string
	options options
	want    music.Action
}

func set(c music.SettingsChange) music.ChangeSettings { return music.ChangeSettings{Change: c} }

func rule(channel music.ChannelID, use music.ChannelUse, roles ...music.RoleID) music.ChangeSettings {
	return set(music.SettingsChange{Rule: &music.ChannelRule{Channel: channel, Use: use, Roles: roles}})
}

// parses has what each command becomes.
func parses() []parse {
	const channel = `"300000000000000001"`
	return []parse{
		{"play", options{opt(text, "query", `"ocean"`)}, music.Enqueue{Query: "ocean"}},
		{"play", options{opt(yesNo, "next", `true`), opt(text, "query", `" a\u0000b "`)}, music.Enqueue{Query: " a\x00b ", Next: true}},
		{"play", options{opt(text, "query", `""`), opt(yesNo, "next", `false`)}, music.Enqueue{}},
		{"play", nil, music.Enqueue{}},
		{"playnext", options{opt(text, "query", `"ocean"`)}, music.Enqueue{Query: "ocean", Next: true}},
		{"search", options{opt(text, "query", `"ocean"`)}, music.Search{Query: "ocean"}},
		{"pause", nil, music.Pause{}},
		{"resume", nil, music.Resume{}},
		{"skip", nil, music.Skip{}},
		{"skipto", options{opt(number, "position", `4`)}, music.SkipTo{Position: 4}},
		{"stop", nil, music.Stop{}},
		{"leave", nil, music.Leave{}},
		{"join", nil, music.Join{}},
		{"previous", nil, music.Previous{}},
		{"replay", nil, music.Replay{}},
		{"seek", options{opt(text, "position", `"1:23"`)}, music.Seek{To: 83 * time.Second}},
		{"seek", options{opt(text, "position", `"0"`)}, music.Seek{}},
		{"forward", nil, music.SeekBy{By: 10 * time.Second}},
		{"forward", options{opt(number, "seconds", `90`)}, music.SeekBy{By: 90 * time.Second}},
		{"rewind", nil, music.SeekBy{By: -10 * time.Second}},
		{"rewind", options{opt(number, "seconds", `1`)}, music.SeekBy{By: -time.Second}},
		{"nowplaying", nil, music.ShowNowPlaying{}},
		{"queue", nil, music.ShowQueue{Page: 1}},
		{"queue", options{opt(number, "page", `7`)}, music.ShowQueue{Page: 7}},
		{"queue", options{opt(number, "page", `-7`)}, music.ShowQueue{Page: 1}},
		{"volume", nil, music.SetVolume{}},
		{"volume", options{opt(number, "percent", `80`)}, music.SetVolume{Percent: new(80)}},
		{"volume", options{opt(number, "percent", `0`)}, music.SetVolume{Percent: new(0)}},
		{"volume", options{opt(number, "percent", `100000`)}, music.SetVolume{Percent: new(100_000)}},
		{"remove", options{of("track"), opt(number, "position", `2`)}, music.Remove{From: 2}},
		{"remove", options{of("range"), opt(number, "from", `2`), opt(number, "to", `5`)}, music.Remove{From: 2, To: 5}},
		{"remove", options{of("duplicates")}, music.Remove{Duplicates: true}},
		{"remove", options{of("by"), opt(member, "member", `"200000000000000002"`)}, music.Remove{By: "200000000000000002"}},
		{"move", options{opt(number, "from", `5`), opt(number, "to", `1`)}, music.Move{From: 5, To: 1}},
		{"swap", options{opt(number, "first", `5`), opt(number, "second", `1`)}, music.Swap{A: 5, B: 1}},
		{"shuffle", nil, music.Shuffle{}},
		{"clear", nil, music.Clear{}},
		{"loop", nil, music.SetLoop{}},
		{"loop", options{opt(text, "mode", `"queue"`)}, music.SetLoop{Mode: music.LoopQueue}},
		{"history", options{opt(number, "page", `3`)}, music.ShowHistory{Page: 3}},
		{"grab", nil, music.Grab{}},
		{"bots", nil, music.ShowBots{}},
		{"settings", options{of("show")}, music.ShowSettings{}},
		{"settings", options{of("volume"), opt(number, "percent", `0`)}, set(music.SettingsChange{Volume: new(0)})},
		{"settings", options{of("announcements")}, set(music.SettingsChange{Announce: new(music.ChannelID(""))})},
		{"settings", options{of("announcements"), opt(place, "channel", channel)}, set(music.SettingsChange{Announce: new(music.ChannelID("300000000000000001"))})},
		{"settings", options{of("language"), opt(text, "language", `"es"`)}, set(music.SettingsChange{Language: new("es")})},
		{"settings", options{of("language"), opt(text, "language", `"auto"`)}, set(music.SettingsChange{Language: new("")})},
		{"settings", options{of("idle"), opt(number, "minutes", `5`)}, set(music.SettingsChange{Idle: new(5 * time.Minute)})},
		{"settings", options{of("empty"), opt(number, "minutes", `1440`)}, set(music.SettingsChange{Empty: new(24 * time.Hour)})},
		{"settings", options{of("channel"), opt(place, "channel", channel), opt(text, "who", `"nobody"`)}, rule("300000000000000001", music.UseNobody)},
		{"settings", options{of("channel"), opt(place, "channel", channel), opt(text, "who", `"default"`)}, rule("300000000000000001", "")},
		{"settings", options{
			of("channel"), opt(place, "channel", channel), opt(text, "who", `"roles"`), opt(role, "role", `"1"`), opt(role, "role2", `"2"`), opt(role, "role3", `"1"`),
		}, rule("300000000000000001", music.UseRoles, "1", "2")},
		{"settings", options{of("elsewhere"), opt(text, "who", `"nobody"`)}, set(music.SettingsChange{Elsewhere: new(music.UseNobody)})},
		{"settings", options{of("reset")}, set(music.SettingsChange{Reset: true})},
		{"help", nil, nil},
	}
}

func TestParse(t *testing.T) {
	for _, c := range parses() {
		got, refusal := command.Parse(c.name, c.options)
		if refusal != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %s: got %#v, %+v", c.name, c.options, got, refusal)
		}
	}
}

func TestParseTakesTheLongestQuery(t *testing.T) {
	// Every byte escaped: the longest way to write the longest query.
	raw := `"` + strings.Repeat(`\u0061`, music.MaxQuery) + `"`
	got, refusal := command.Parse("play", options{opt(text, "query", raw)})
	if refusal != nil || got != (music.Enqueue{Query: strings.Repeat("a", music.MaxQuery)}) {
		t.Fatalf("got %.40v, %+v", got, refusal)
	}
}

func FuzzParse(f *testing.F) {
	for _, c := range parses() {
		first, rest := "", c.options
		if len(rest) > 0 && rest[0].Type == sub {
			first, rest = rest[0].Name, rest[1:]
		}
		if len(rest) > 0 {
			f.Add(c.name, first, rest[0].Name, int(rest[0].Type), string(rest[0].Value))
		} else {
			f.Add(c.name, first, "", 0, "")
		}
	}
	f.Fuzz(func(t *testing.T, name, first, option string, kind int, raw string) {
		var all options
		if first != "" {
			all = append(all, of(first))
		}
		if option != "" || kind != 0 {
			all = append(all, opt(discord.ApplicationCommandOptionType(kind), option, raw))
		}
		a, refusal := command.Parse(name, all)
		if a != nil && refusal != nil {
			t.Fatal("an action and a refusal at once")
		}
		if a == nil && refusal == nil && (name != command.Help || len(all) > 0) {
			t.Fatal("only help without options is neither")
		}
		if refusal != nil && refusal.Reason == "" {
			t.Fatal("a refusal without a reason")
		}
	})
}
