package discord_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestMenusOfEveryKind(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{NoRouteLimits: true})
	c := f.login()
	f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "panel", "components": []obj{
		inRow(sel(3, obj{"custom_id": "text", "min_values": 0, "max_values": 2}))[0],
		inRow(sel(5, obj{"custom_id": "user", "max_values": 2}))[0],
		inRow(sel(6, obj{"custom_id": "role"}))[0],
		inRow(sel(7, obj{"custom_id": "mention", "max_values": 2}))[0],
		inRow(sel(8, obj{"custom_id": "channel", "channel_types": []int{2}}))[0],
	}})
	ana, music, everyone := f.user("ana"), f.channel("music"), f.guild.ID
	for name, tc := range map[string]struct {
		id       string
		picked   []string
		want     []string
		resolved []string
	}{
		"by value and label":   {"text", []string{"a", "B"}, []string{"a", "b"}, nil},
		"nothing":              {"text", nil, []string{}, nil},
		"a member":             {"user", []string{"ana"}, []string{ana}, []string{"users", "members"}},
		"a bot":                {"user", []string{"atril", ana}, []string{f.bot.ApplicationID, ana}, []string{"users", "members"}},
		"a role":               {"role", []string{everyone}, []string{everyone}, []string{"roles"}},
		"a member and a role":  {"mention", []string{"<@" + ana + ">", "atril"}, []string{ana, f.bot.ApplicationID}, []string{"users"}},
		"a channel of a type":  {"channel", []string{"music"}, []string{music}, []string{"channels"}},
		"a channel by mention": {"channel", []string{"<#" + music + ">"}, []string{music}, []string{"channels"}},
	} {
		t.Run(name, func(t *testing.T) {
			in := f.click(c, discord.Click{Guild: "demo", User: "ana", CustomID: tc.id, Values: tc.picked})
			data := in.data["data"].(obj)
			got := []string{}
			for _, v := range data["values"].([]any) {
				got = append(got, v.(string))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("values %v, want %v", got, tc.want)
			}
			for _, kind := range tc.resolved {
				if m, _ := data["resolved"].(obj)[kind].(obj); len(m) == 0 {
					t.Errorf("no %s resolved: %v", kind, data["resolved"])
				}
			}
			in.answer(6, nil)
			in.result()
		})
	}
	for name, tc := range map[string]struct {
		id     string
		picked []string
		code   fault.Code
	}{
		"an unknown option":    {"text", []string{"a", "b", "c"}, fault.NotFound},
		"one twice":            {"text", []string{"a", "A"}, fault.Invalid},
		"too few":              {"user", nil, fault.Invalid},
		"nobody":               {"user", []string{"zoe"}, fault.NotFound},
		"no role":              {"role", []string{"ana"}, fault.NotFound},
		"another channel type": {"channel", []string{"general"}, fault.Invalid},
	} {
		_, err := f.w.Click(t.Context(), discord.Click{Guild: "demo", User: "ana", CustomID: tc.id, Values: tc.picked})
		if fault.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChoicesAreRefused(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, HeartbeatInterval: 24 * time.Hour, NoRouteLimits: true})
	a := f.call("PUT", "/applications/"+f.bot.ApplicationID+"/commands", []obj{{"name": "play", "description": "Play", "options": []obj{
		{"type": 3, "name": "query", "description": "What", "autocomplete": true},
		{"type": 4, "name": "at", "description": "Where", "autocomplete": true},
		{"type": 10, "name": "speed", "description": "How fast", "autocomplete": true},
	}}})
	if a.status != 200 {
		t.Fatalf("%v", a.body)
	}
	c := f.login()
	ask := func(option string) *sent {
		in := &sent{t: t, f: f, done: make(chan discord.Result, 1)}
		go func() {
			s := discord.SlashCommand{Guild: "demo", User: "ana", Name: "play", Options: []discord.Arg{{Name: option, Value: "1"}}}
			r, err := f.w.Autocomplete(t.Context(), s, option)
			if err != nil {
				t.Error(err)
			}
			in.done <- r
		}()
		in.take(c)
		return in
	}
	one := func(name, value any) []obj { return []obj{{"name": name, "value": value}} }
	for name, tc := range map[string]struct {
		option  string
		choices any
		want    string
	}{
		"no list":             {"query", nil, "data.choices=LIST_TYPE_CONVERT"},
		"a name of 101":       {"query", one(strings.Repeat("n", 101), "v"), "data.choices.0.name=BASE_TYPE_BAD_LENGTH"},
		"no name":             {"query", one("", "v"), "data.choices.0.name=BASE_TYPE_BAD_LENGTH"},
		"a value of 101":      {"query", one("n", strings.Repeat("v", 101)), "data.choices.0.value=BASE_TYPE_MAX_LENGTH"},
		"an empty value":      {"query", one("n", ""), "data.choices.0.value=BASE_TYPE_BAD_LENGTH"},
		"a number for a text": {"query", one("n", 5), "data.choices.0.value=STRING_TYPE_CONVERT"},
		"a text for a number": {"at", one("n", "5"), "data.choices.0.value=NUMBER_TYPE_COERCE"},
		"a fraction":          {"at", one("n", 1.5), "data.choices.0.value=NUMBER_TYPE_COERCE"},
		"a text for a float":  {"speed", one("n", "1.5"), "data.choices.0.value=NUMBER_TYPE_COERCE"},
	} {
		in := ask(tc.option)
		if got := verdict(in.answer(8, obj{"choices": tc.choices})); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
		if a := in.answer(8, obj{"choices": []obj{}}); a.status != 204 {
			t.Errorf("%s: none are choices too: %v", name, a.body)
		}
		in.result()
	}
	for option, value := range map[string]any{"query": strings.Repeat("é", 100), "at": -7, "speed": 1.5} {
		in := ask(option)
		if a := in.answer(8, obj{"choices": one(strings.Repeat("é", 100), value)}); a.status != 204 {
			t.Errorf("%s: %v", option, a.body)
		}
		if r := in.result(); len(r.Choices) != 1 {
			t.Errorf("%s: %+v", option, r)
		}
	}
	late := ask("query")
	clock.Advance(3*time.Second + time.Millisecond)
	if a := late.answer(8, obj{"choices": []obj{}}); a.code() != 10062 {
		t.Fatalf("after 3 s: %v", a.body)
	}
	if r := late.result(); r.State != discord.StateFailed {
		t.Fatalf("%+v", r)
	}
}
