package discord_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

// interaction is one of a member of the demo guild.
func interaction(kind int, permissions, rest string) string {
	return fmt.Sprintf(`{"id":"175928847299117063","application_id":"1000","type":%d,"token":"aW50ZXJhY3Rpb24",
		"guild_id":"4194304000000","channel_id":"20","locale":"en-US","guild_locale":"en-US",
		"member":{"user":{"id":"7"},"roles":["50","51"],"permissions":%q},%s}`, kind, permissions, rest)
}

func decode(t *testing.T, raw string) discord.Interaction {
	t.Helper()
	in, err := discord.DecodeInteraction([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func TestDecodeActor(t *testing.T) {
	for name, tc := range map[string]struct {
		permissions string
		admin       bool
	}{
		"nothing":          {"0", false},
		"MANAGE_GUILD":     {"32", true},
		"ADMINISTRATOR":    {"8", true},
		"MANAGE_CHANNELS":  {"16", false},
		"everything":       {"9223372036854775807", true},
		"future bits also": {"18446744073709551615", true},
	} {
		t.Run(name, func(t *testing.T) {
			a := decode(t, interaction(2, tc.permissions, `"data":{"name":"stop"}`)).Actor
			if a.Admin != tc.admin || len(a.Roles) != 2 || a.Roles[0] != "50" || a.Roles[1] != "51" {
				t.Errorf("the actor is %+v", a)
			}
		})
	}
}

func TestDecodeReferences(t *testing.T) {
	in := decode(t, interaction(2, "0", `"data":{"name":"x","options":[
		{"name":"who","type":6,"value":"7"},{"name":"where","type":7,"value":"20"},{"name":"role","type":8,"value":"50"}],
		"resolved":{"users":{"7":{"username":"ana","global_name":"Ana"},"8":{"username":"bot","bot":true}},
			"members":{"7":{"nick":"Anita"}},"roles":{"50":{"name":"DJ"}},"channels":{"20":{"name":"general","type":13}}}}`))
	r := in.Command.Resolved
	if r.Users["7"] != (discord.ResolvedUser{Name: "Anita"}) || r.Users["8"] != (discord.ResolvedUser{Name: "bot", Bot: true}) {
		t.Errorf("the users are %+v", r.Users)
	}
	if r.Roles["50"] != "DJ" || r.Channels["20"] != (discord.ResolvedChannel{Name: "general", Type: disgo.ChannelTypeGuildStageVoice}) {
		t.Errorf("the roles are %v and the channels %v", r.Roles, r.Channels)
	}
	if in.Command.Options[0].Value != "7" || in.Command.Options[2].Value != "50" {
		t.Errorf("the options are %+v", in.Command.Options)
	}
}

func TestDecodeAutocomplete(t *testing.T) {
	for name, tc := range map[string]struct{ options, option, typed string }{
		"a word":       {`{"name":"query","type":3,"value":"oce","focused":true}`, "query", "oce"},
		"nothing yet":  {`{"name":"query","type":3,"value":"","focused":true}`, "query", ""},
		"no value":     {`{"name":"query","type":3,"focused":true}`, "query", ""},
		"a number":     {`{"name":"a","type":3,"value":"x"},{"name":"n","type":4,"value":"-","focused":true}`, "n", "-"},
		"a whole one":  {`{"name":"n","type":4,"value":12,"focused":true}`, "n", "12"},
		"a subcommand": {`{"name":"s","type":1,"options":[{"name":"q","type":3,"value":"v","focused":true}]}`, "q", "v"},
		"half a user":  {`{"name":"who","type":6,"value":"an","focused":true}`, "who", "an"},
	} {
		t.Run(name, func(t *testing.T) {
			in := decode(t, interaction(4, "0", `"data":{"id":"5","name":"play","options":[`+tc.options+`]}`))
			option, typed, ok := in.Command.Focused()
			if !ok || option != tc.option || typed != tc.typed {
				t.Errorf("%q is typed into %q, %t", typed, option, ok)
			}
		})
	}
	if _, _, ok := decode(t, play).Command.Focused(); ok {
		t.Error("a command that was sent has a focused option")
	}
	var none *discord.CommandData
	if _, _, ok := none.Focused(); ok {
		t.Error("no command has a focused option")
	}
}

func TestDecodeComponent(t *testing.T) {
	in := decode(t, interaction(3, "0", `"message":{"id":"5","flags":64},
		"data":{"custom_id":"queue:1","component_type":5,"values":["7"],"resolved":{"users":{"7":{"username":"ana"}}}}`))
	c := in.Component
	if c == nil || c.CustomID != "queue:1" || c.Message != "5" || !c.Ephemeral || !slices.Equal(c.Values, []string{"7"}) ||
		c.Type != disgo.ComponentTypeUserSelectMenu || c.Resolved.Users["7"].Name != "ana" {
		t.Errorf("the component is %+v", c)
	}
	if c := decode(t, interaction(3, "0", `"message":{"id":"5"},"data":{"custom_id":"x","component_type":2}`)).Component; c.Ephemeral || c.Values != nil {
		t.Errorf("a button is %+v", c)
	}
}

func TestDecodeModal(t *testing.T) {
	in := decode(t, interaction(5, "0", `"message":{"id":"5"},"data":{"custom_id":"seek:1","components":[
		{"type":1,"components":[{"type":4,"custom_id":"at","value":"1:30"}]},
		{"type":18,"component":{"type":4,"custom_id":"why","value":""}},
		{"type":18,"component":{"type":3,"custom_id":"source","values":["a","b"]}},
		{"type":18,"component":{"type":23,"custom_id":"sure","value":true}},
		{"type":18,"component":{"type":21,"custom_id":"one","value":null}},
		{"type":10}]}`))
	m := in.Modal
	if m == nil || m.CustomID != "seek:1" || m.Message != "5" || len(m.Fields) != 4 || m.Text("at") != "1:30" || m.Text("why") != "" ||
		!slices.Equal(m.Fields["source"], []string{"a", "b"}) || m.Text("sure") != "true" || m.Text("none") != "" {
		t.Errorf("the form is %+v", m)
	}
	if _, filled := m.Fields["why"]; !filled {
		t.Error("an empty field is not there")
	}
	var none *discord.ModalData
	if none.Text("x") != "" {
		t.Error("no form has text")
	}
}

func TestDecodeKeepsToLimits(t *testing.T) {
	long := func(n int) string { return strings.Repeat("é", n) }
	list := func(n int, f func(int) string) string {
		all := make([]string, n)
		for i := range all {
			all[i] = f(i)
		}
		return strings.Join(all, ",")
	}
	option := func(i int) string { return fmt.Sprintf(`{"name":"o%d","type":3,"value":"v"}`, i) }
	command := func(options string) string { return interaction(2, "0", `"data":{"name":"x","options":[`+options+`]}`) }
	component := func(id, values string) string {
		return interaction(3, "0", `"message":{"id":"5"},"data":{"custom_id":"`+id+`","component_type":3,"values":[`+values+`]}`)
	}
	modal := func(fields string) string {
		return interaction(5, "0", `"data":{"custom_id":"m","components":[`+fields+`]}`)
	}
	input := func(id, value string) string {
		return `{"type":18,"component":{"type":4,"custom_id":"` + id + `","value":"` + value + `"}}`
	}
	for name, tc := range map[string]struct {
		raw string
		ok  bool
	}{
		"25 options":               {command(list(25, option)), true},
		"26 options":               {command(list(26, option)), false},
		"6000 characters":          {command(`{"name":"o","type":3,"value":"` + long(6000) + `"}`), true},
		"6001 characters":          {command(`{"name":"o","type":3,"value":"` + long(6001) + `"}`), false},
		"a name of 33":             {command(`{"name":"` + long(33) + `","type":3,"value":"v"}`), false},
		"a command of 33":          {interaction(2, "0", `"data":{"name":"`+long(33)+`"}`), false},
		"a user that is no id":     {command(`{"name":"o","type":6,"value":"ana"}`), false},
		"an id of 100":             {component(long(100), `"a"`), true},
		"an id of 101":             {component(long(101), `"a"`), false},
		"25 choices":               {component("x", list(25, func(int) string { return `"a"` })), true},
		"26 choices":               {component("x", list(26, func(int) string { return `"a"` })), false},
		"a choice of 101":          {component("x", `"`+long(101)+`"`), false},
		"4000 characters typed":    {modal(input("a", long(4000))), true},
		"4001 characters typed":    {modal(input("a", long(4001))), false},
		"a field twice":            {modal(input("a", "1") + "," + input("a", "2")), false},
		"a field without an id":    {modal(input("", "1")), false},
		"a form without an id":     {interaction(5, "0", `"data":{"custom_id":"","components":[]}`), false},
		"41 fields":                {modal(list(41, func(i int) string { return input(fmt.Sprint(i), "v") })), false},
		"fields too deep":          {modal(`{"component":{"component":{"component":` + input("a", "1") + `}}}`), false},
		"nothing typed":            {interaction(4, "0", `"data":{"name":"x","options":[{"name":"o","type":3,"value":"v"}]}`), false},
		"an id that is no user":    {interaction(2, "0", `"data":{"name":"x","resolved":{"users":{"ana":{}}}}`), false},
		"an id that is no role":    {interaction(2, "0", `"data":{"name":"x","resolved":{"roles":{"dj":{}}}}`), false},
		"an id that is no channel": {interaction(3, "0", `"data":{"custom_id":"x","resolved":{"channels":{"-1":{}}}}`), false},
		"too much resolved": {interaction(5, "0", `"data":{"custom_id":"x","resolved":{"roles":{`+
			list(101, func(i int) string { return fmt.Sprintf(`"%d":{}`, i+1) })+`}}}`), false},
		"a message that is none": {interaction(3, "0", `"message":{"id":"x"},"data":{"custom_id":"x"}`), false},
		"a role that is none":    {strings.Replace(play, `"roles":["50"]`, `"roles":["dj"]`, 1), false},
		"a guild that is none":   {strings.Replace(play, `"4194304000000"`, `"demo"`, 1), false},
		"a long token":           {strings.Replace(play, `aW50ZXJhY3Rpb24`, strings.Repeat("a", 1025), 1), false},
		"a long locale":          {strings.Replace(play, `es-ES`, strings.Repeat("a", 36), 1), false},
		"a mebibyte":             {strings.Replace(play, `"version":1`, `"version":"`+strings.Repeat("1", 1<<20)+`"`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			if !json.Valid([]byte(tc.raw)) {
				t.Fatal("the test's JSON is broken")
			}
			_, err := discord.DecodeInteraction([]byte(tc.raw))
			if tc.ok && err != nil || !tc.ok && fault.CodeOf(err) != fault.Invalid {
				t.Errorf("it gave %v", err)
			}
			if err != nil && len(err.Error()) > 200 {
				t.Errorf("the error quotes the payload: %v", err)
			}
		})
	}
}
