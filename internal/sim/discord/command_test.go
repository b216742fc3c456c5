package discord_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestCommandValidation(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	opt := func(o ...any) obj { return obj{"name": "play", "description": "d", "options": o} }
	str := obj{"type": 3, "name": "a", "description": "d"}
	choice := func(v any) []obj { return []obj{{"name": "c", "value": v}} }
	many := func(n int) (out []any) {
		for i := range n {
			out = append(out, obj{"type": 3, "name": fmt.Sprint("o", i), "description": "d"})
		}
		return out
	}
	for name, tc := range map[string]struct {
		body obj
		want string
	}{
		"plain":                  {obj{"name": "play", "description": "d"}, ""},
		"letters of the world":   {obj{"name": "reproducir-ñ_1", "description": "d"}, ""},
		"upper case":             {obj{"name": "Play", "description": "d"}, "name=APPLICATION_COMMAND_INVALID_NAME"},
		"a space":                {obj{"name": "pl ay", "description": "d"}, "name=APPLICATION_COMMAND_INVALID_NAME"},
		"33 letters":             {obj{"name": strings.Repeat("a", 33), "description": "d"}, "name=BASE_TYPE_BAD_LENGTH"},
		"no name":                {obj{"description": "d"}, "name=BASE_TYPE_REQUIRED"},
		"no description":         {obj{"name": "play"}, "description=BASE_TYPE_REQUIRED"},
		"101 in the description": {obj{"name": "play", "description": strings.Repeat("d", 101)}, "description=BASE_TYPE_MAX_LENGTH"},
		"unknown field":          {obj{"name": "play", "description": "d", "cooldown": 1}, "cooldown=UNKNOWN_FIELD"},
		"unknown locale":         {obj{"name": "play", "description": "d", "name_localizations": obj{"es": "x"}}, "name_localizations.es=DICT_TYPE_KEY_INVALID"},
		"bad localized name":     {obj{"name": "play", "description": "d", "name_localizations": obj{"es-ES": "X Y"}}, "name_localizations.es-ES=APPLICATION_COMMAND_INVALID_NAME"},
		"user command":           {obj{"name": "Show User", "type": 2}, ""},
		"user with description":  {obj{"name": "x", "type": 2, "description": "d"}, "description=APPLICATION_COMMAND_INVALID_DESCRIPTION"},
		"25 options":             {opt(many(25)...), ""},
		"26 options":             {opt(many(26)...), "options=BASE_TYPE_BAD_LENGTH"},
		"the same option twice":  {opt(str, str), "options=APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"},
		"required after others":  {opt(str, obj{"type": 3, "name": "b", "description": "d", "required": true}), "options=APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"},
		"unknown type":           {opt(obj{"type": 12, "name": "a", "description": "d"}), "options.0.type=NUMBER_TYPE_MAX"},
		"choices and completion": {opt(obj{"type": 3, "name": "a", "description": "d", "autocomplete": true, "choices": choice("x")}), "options.0.autocomplete=APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES"},
		"choice of another type": {opt(obj{"type": 4, "name": "a", "description": "d", "choices": choice("x")}), "options.0.choices=APPLICATION_COMMAND_OPTION_CHOICE_TYPE"},
		"choices of a boolean":   {opt(obj{"type": 5, "name": "a", "description": "d", "choices": choice(1)}), "options.0.choices=APPLICATION_COMMAND_OPTION_TYPE"},
		"subcommands":            {opt(obj{"type": 1, "name": "a", "description": "d", "options": []obj{str}}), ""},
		"subcommand beside":      {opt(obj{"type": 1, "name": "s", "description": "d"}, str), "options=APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		"value inside a group":   {opt(obj{"type": 2, "name": "g", "description": "d", "options": []obj{str}}), "options.0.options=APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"},
		"permissions as a word":  {obj{"name": "play", "description": "d", "default_member_permissions": "all"}, "default_member_permissions=BITFIELD_TYPE_CONVERT"},
	} {
		t.Run(name, func(t *testing.T) {
			a := f.call("POST", "/applications/"+f.bot.ApplicationID+"/guilds/"+f.guild.ID+"/commands", tc.body)
			got := ""
			if p := paths(a.body["errors"], ""); len(p) > 0 {
				got = p[0]
			}
			if got != tc.want || (tc.want == "") != (a.status < 300) {
				t.Fatalf("%d %q, want %q", a.status, got, tc.want)
			}
		})
	}
}

func TestCommandLife(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	base := "/applications/" + f.bot.ApplicationID + "/commands"
	play := obj{"name": "play", "description": "d", "name_localizations": obj{"es-ES": "tocar"}}
	first := f.call("POST", base, play)
	second := f.call("POST", base, play)
	if first.status != 201 || second.status != 200 || first.body["id"] != second.body["id"] || first.body["version"] == second.body["version"] {
		t.Fatalf("%d %d %v", first.status, second.status, second.body)
	}
	id := first.body["id"].(string)
	if l := f.call("GET", base, nil).list; l[0].(obj)["name_localizations"] != nil {
		t.Fatal("a list has localizations only on request")
	}
	if l := f.call("GET", base+"?with_localizations=true", nil).list; l[0].(obj)["name_localizations"] == nil {
		t.Fatal("a list has localizations on request")
	}
	p := f.call("PATCH", base+"/"+id, obj{"description": "e"})
	if p.status != 200 || p.body["description"] != "e" || p.body["name"] != "play" {
		t.Fatalf("%v", p.body)
	}
	if p := f.call("PATCH", base+"/"+id, obj{"name": "A"}); p.status != 400 {
		t.Fatalf("%v", p.body)
	}
	put := f.call("PUT", base, []obj{play, {"name": "stop", "description": "d"}})
	if put.status != 200 || len(put.list) != 2 || put.list[0].(obj)["id"] != id {
		t.Fatalf("%v", put.list)
	}
	if twice := f.call("PUT", base, []obj{play, play}); paths(twice.body["errors"], "")[0] != "1.name=APPLICATION_COMMANDS_DUPLICATE_NAME" {
		t.Fatalf("%v", twice.body)
	}
	if d := f.call("DELETE", base+"/"+id, nil); d.status != 204 {
		t.Fatal(d.status)
	}
	if left := f.call("PUT", base, "[]"); left.status != 200 || len(left.list) != 0 {
		t.Fatal(left.status)
	}
	if n := f.w.CommandWrites(); n != 6 {
		t.Fatalf("%d writes", n)
	}
}
