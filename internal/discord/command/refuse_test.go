package command_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

func TestParseRefuses(t *testing.T) {
	long := strings.Repeat("a", music.MaxQuery+1)
	tenMB := `"` + strings.Repeat("a", 10<<20) + `"`
	channel := opt(place, "channel", `"300000000000000001"`)
	for name, c := range map[string]struct {
		command string
		options options
		want    music.Reason
		limit   int
		query   string
	}{
		"unknown command":      {"dance", nil, music.ReasonUnknownOperation, 0, ""},
		"no name":              {"", nil, music.ReasonUnknownOperation, 0, ""},
		"upper case":           {"PLAY", nil, music.ReasonUnknownOperation, 0, ""},
		"unknown option":       {"skip", options{opt(text, "to", `"1"`)}, music.ReasonUnknownOperation, 0, ""},
		"option of help":       {"help", options{opt(text, "x", `"1"`)}, music.ReasonUnknownOperation, 0, ""},
		"option twice":         {"play", options{opt(text, "query", `"a"`), opt(text, "query", `"b"`)}, music.ReasonUnknownOperation, 0, ""},
		"query type":           {"play", options{opt(number, "query", `1`)}, music.ReasonUnknownOperation, 0, ""},
		"query value":          {"play", options{opt(text, "query", `{"a":1}`)}, music.ReasonUnknownOperation, 0, ""},
		"query null":           {"play", options{opt(text, "query", `null`)}, music.ReasonUnknownOperation, 0, ""},
		"query no value":       {"play", options{opt(text, "query", ``)}, music.ReasonUnknownOperation, 0, ""},
		"next value":           {"play", options{opt(text, "query", `"a"`), opt(yesNo, "next", `"yes"`)}, music.ReasonUnknownOperation, 0, ""},
		"next of playnext":     {"playnext", options{opt(text, "query", `"a"`), opt(yesNo, "next", `true`)}, music.ReasonUnknownOperation, 0, ""},
		"page value":           {"queue", options{opt(number, "page", `"2"`)}, music.ReasonUnknownOperation, 0, ""},
		"query too long":       {"play", options{opt(text, "query", `"`+long+`"`)}, music.ReasonQueryTooLong, music.MaxQuery, ""},
		"search too long":      {"search", options{opt(text, "query", `"`+long+`"`)}, music.ReasonQueryTooLong, music.MaxQuery, ""},
		"query of 10 MB":       {"play", options{opt(text, "query", tenMB)}, music.ReasonQueryTooLong, music.MaxQuery, ""},
		"volume of words":      {"volume", options{opt(number, "percent", `"loud"`)}, music.ReasonVolumeRange, command.MaxVolume, ""},
		"volume fraction":      {"volume", options{opt(number, "percent", `80.5`)}, music.ReasonVolumeRange, command.MaxVolume, ""},
		"volume too large":     {"volume", options{opt(number, "percent", `1e99`)}, music.ReasonVolumeRange, command.MaxVolume, ""},
		"no position":          {"skipto", nil, music.ReasonUnknownOperation, 0, ""},
		"position 0":           {"skipto", options{opt(number, "position", `0`)}, music.ReasonNoSuchPosition, 0, ""},
		"position of words":    {"skipto", options{opt(number, "position", `"two"`)}, music.ReasonUnknownOperation, 0, ""},
		"seek to words":        {"seek", options{opt(text, "position", `"the *end*"`)}, command.ReasonTimeUnreadable, 0, "the *end*"},
		"seek before 0":        {"seek", options{opt(text, "position", `"-5"`)}, command.ReasonTimeUnreadable, 0, "-5"},
		"seek to 10 MB":        {"seek", options{opt(text, "position", tenMB)}, music.ReasonUnknownOperation, 0, ""},
		"forward by 0":         {"forward", options{opt(number, "seconds", `0`)}, music.ReasonUnknownOperation, 0, ""},
		"forward too far":      {"forward", options{opt(number, "seconds", `9007199254740991`)}, music.ReasonUnknownOperation, 0, ""},
		"rewind below 0":       {"rewind", options{opt(number, "seconds", `-3`)}, music.ReasonUnknownOperation, 0, ""},
		"remove what":          {"remove", nil, music.ReasonUnknownOperation, 0, ""},
		"remove everything":    {"remove", options{of("everything")}, music.ReasonUnknownOperation, 0, ""},
		"remove, no sub":       {"remove", options{opt(number, "position", `1`)}, music.ReasonUnknownOperation, 0, ""},
		"remove, sub last":     {"remove", options{opt(number, "position", `1`), of("track")}, music.ReasonUnknownOperation, 0, ""},
		"remove, two subs":     {"remove", options{of("duplicates"), of("duplicates")}, music.ReasonUnknownOperation, 0, ""},
		"remove place 0":       {"remove", options{of("track"), opt(number, "position", `0`)}, music.ReasonNoSuchPosition, 0, ""},
		"remove to -1":         {"remove", options{of("range"), opt(number, "from", `1`), opt(number, "to", `-1`)}, music.ReasonNoSuchPosition, 0, ""},
		"remove by nobody":     {"remove", options{of("by")}, music.ReasonUnknownOperation, 0, ""},
		"remove by a name":     {"remove", options{of("by"), opt(member, "member", `"ana"`)}, music.ReasonUnknownOperation, 0, ""},
		"move to 0":            {"move", options{opt(number, "from", `1`), opt(number, "to", `0`)}, music.ReasonNoSuchPosition, 0, ""},
		"swap one":             {"swap", options{opt(number, "first", `1`)}, music.ReasonUnknownOperation, 0, ""},
		"loop the moon":        {"loop", options{opt(text, "mode", `"moon"`)}, music.ReasonLoopUnknown, 0, ""},
		"settings, no sub":     {"settings", nil, music.ReasonUnknownOperation, 0, ""},
		"language":             {"settings", options{of("language"), opt(text, "language", `"fr"`)}, music.ReasonSettingInvalid, 0, command.SettingLanguage},
		"language, no text":    {"settings", options{of("language"), opt(text, "language", `7`)}, music.ReasonUnknownOperation, 0, ""},
		"idle 0":               {"settings", options{of("idle"), opt(number, "minutes", `0`)}, music.ReasonSettingInvalid, 0, command.SettingIdle},
		"empty for ever":       {"settings", options{of("empty"), opt(number, "minutes", `9007199254740991`)}, music.ReasonSettingInvalid, 0, command.SettingEmpty},
		"rule for friends":     {"settings", options{of("channel"), channel, opt(text, "who", `"friends"`)}, music.ReasonSettingInvalid, 0, command.SettingRule},
		"rule without roles":   {"settings", options{of("channel"), channel, opt(text, "who", `"roles"`)}, music.ReasonSettingInvalid, 0, command.SettingRoles},
		"rule with lost roles": {"settings", options{of("channel"), channel, opt(text, "who", `"everyone"`), opt(role, "role", `"1"`)}, music.ReasonSettingInvalid, 0, command.SettingRoles},
		"rule of no channel":   {"settings", options{of("channel"), opt(place, "channel", `"general"`), opt(text, "who", `"nobody"`)}, music.ReasonUnknownOperation, 0, ""},
		"elsewhere by roles":   {"settings", options{of("elsewhere"), opt(text, "who", `"roles"`)}, music.ReasonSettingInvalid, 0, command.SettingElsewhere},
		"announce to a name":   {"settings", options{of("announcements"), opt(place, "channel", `"general"`)}, music.ReasonUnknownOperation, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, refusal := command.Parse(c.command, c.options)
			if got != nil || refusal == nil || refusal.Reason != c.want || refusal.Limit != c.limit || refusal.Query != c.query {
				t.Fatalf("got %#v, %+v", got, refusal)
			}
		})
	}
}

func TestParseTime(t *testing.T) {
	for in, want := range map[string]time.Duration{
		"0": 0, "83": 83 * time.Second, "1:23": 83 * time.Second, "01:05": 65 * time.Second, "1:02:03": time.Hour + 2*time.Minute + 3*time.Second,
		"90:00": 90 * time.Minute, "1h2m": time.Hour + 2*time.Minute, "2m30s": 150 * time.Second, "90s": 90 * time.Second, "1H": time.Hour,
		"2m 30s": 150 * time.Second, "90m": 90 * time.Minute, "0:00:00": 0, "99:59:59": 100*time.Hour - time.Second,
	} {
		if got, ok := command.ParseTime(in); !ok || got != want {
			t.Errorf("%q: got %v, %v", in, got, ok)
		}
	}
	for _, in := range []string{
		"", " ", "abc", "-1", "+1", "1.5", "1:60", "1:2:3:4", ":30", "1:", "1::2", "1:234", "1h60m", "2m90s", "30s2m", "1m2m", "m", "h1", "1d",
		"100:00:00", "360000", "9999999", "٣", "1 2", "1h 2", strings.Repeat("0", 40),
	} {
		if got, ok := command.ParseTime(in); ok {
			t.Errorf("%q: got %v", in, got)
		}
	}
}

func TestWhatIsShownAsATimeCanBeTyped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := time.Duration(rapid.Int64Range(0, 100*3600-1).Draw(t, "seconds")) * time.Second
		for _, in := range []string{i18n.Clock(d), d.String()} {
			if got, ok := command.ParseTime(in); !ok || got != d {
				t.Fatalf("%q: got %v, %v", in, got, ok)
			}
		}
	})
}

func FuzzParseTime(f *testing.F) {
	f.Add("1:23")
	f.Add("1h2m3s")
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := command.ParseTime(s)
		if d < 0 || d >= 100*time.Hour && ok || d%time.Second != 0 {
			t.Fatalf("%q: %v, %v", s, d, ok)
		}
	})
}
