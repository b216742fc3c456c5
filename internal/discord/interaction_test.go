package discord_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

const play = `{"id":"175928847299117063","application_id":"1000","type":2,"token":"aW50ZXJhY3Rpb24","version":1,
	"guild_id":"4194304000000","channel_id":"20","channel":{"id":"20","type":0},"locale":"es-ES","guild_locale":"en-US",
	"member":{"user":{"id":"7","username":"ana"},"roles":["50"],"permissions":"2147483647"},
	"data":{"id":"99","type":1,"name":"play","options":[
		{"name":"query","type":3,"value":"ocean"},{"name":"next","type":5,"value":true},
		{"name":"percent","type":4,"value":9007199254740993},{"name":"speed","type":10,"value":2},{"name":"pitch","type":10,"value":1.5}]}}`

func TestDecodeCommand(t *testing.T) {
	in, err := discord.DecodeInteraction([]byte(play))
	if err != nil {
		t.Fatal(err)
	}
	if in.ID != "175928847299117063" || in.Application != "1000" || in.Token.Reveal() != "aW50ZXJhY3Rpb24" ||
		in.Guild != guildID || in.Locale != "es-ES" || in.GuildLocale != "en-US" ||
		in.Actor.User != "7" || in.Actor.Text != "20" || !in.Permissions.Has(disgo.PermissionAdministrator) {
		t.Errorf("it is %+v", in)
	}
	if in.Component != nil || in.Command == nil || in.Command.Name != "play" || len(in.Command.Options) != 5 {
		t.Fatalf("the command is %+v", in.Command)
	}
	for i, want := range []any{"ocean", true, int64(9007199254740993), 2.0, 1.5} {
		if got := in.Command.Options[i].Value; got != want {
			t.Errorf("option %d is %T %v, not %T %v", i, got, got, want, want)
		}
	}
	// The example of https://discord.com/developers/docs/reference#snowflakes.
	if want := time.Date(2016, 4, 30, 11, 18, 25, 796e6, time.UTC); !in.Created.Equal(want) {
		t.Errorf("it was made at %s", in.Created)
	}
	if got := in.Age(in.Created.Add(2 * time.Second)); got != 2*time.Second {
		t.Errorf("its age is %s", got)
	}
	if got := in.Age(in.Created.Add(-time.Second)); got != 0 {
		t.Errorf("by a clock that is behind its age is %s", got)
	}
}

func TestDecodeOthers(t *testing.T) {
	in, err := discord.DecodeInteraction([]byte(press("7")))
	if err != nil || in.Component == nil || in.Component.CustomID != "skip" || in.Component.Message != "5" || in.Command != nil {
		t.Errorf("a button is %+v, %v", in, err)
	}
	dm, err := discord.DecodeInteraction([]byte(`{"id":"175928847299117063","application_id":"1","type":2,"token":"t",
		"channel":{"id":"4"},"user":{"id":"7"},"data":{"name":"help"}}`))
	if err != nil || dm.Guild != "" || dm.Actor.User != "7" || dm.Actor.Text != "4" {
		t.Errorf("a direct message is %+v, %v", dm, err)
	}
	group, err := discord.DecodeInteraction([]byte(strings.Replace(play, `{"name":"query","type":3,"value":"ocean"}`,
		`{"name":"g","type":2,"options":[{"name":"s","type":1,"options":[{"name":"o","type":3,"value":"v","focused":true}]}]}`, 1)))
	if err != nil {
		t.Fatal(err)
	}
	if o := group.Command.Options[0].Options[0].Options[0]; o.Value != "v" || !o.Focused {
		t.Errorf("a subcommand's option is %+v", o)
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := `{"name":"x","type":1}`
	for range 10 {
		deep = `{"name":"x","type":1,"options":[` + deep + `]}`
	}
	query := `{"name":"query","type":3,"value":"ocean"}`
	for name, raw := range map[string]string{
		"nothing":             ``,
		"no object":           `[]`,
		"no id":               strings.Replace(play, `"id":"175928847299117063",`, ``, 1),
		"an id that is none":  strings.Replace(play, `"id":"175928847299117063"`, `"id":"abc"`, 1),
		"no token":            strings.Replace(play, `"token":"aW50ZXJhY3Rpb24",`, ``, 1),
		"no person":           strings.Replace(play, `"user":{"id":"7","username":"ana"},`, ``, 1),
		"no name":             strings.Replace(play, `"name":"play"`, `"name":""`, 1),
		"an object as value":  strings.Replace(play, `"value":"ocean"`, `"value":{}`, 1),
		"too deep":            strings.Replace(play, query, deep, 1),
		"a number too large":  strings.Replace(play, `9007199254740993`, `1e999`, 1),
		"a button without id": strings.Replace(press("7"), `"custom_id":"skip"`, `"custom_id":""`, 1),
	} {
		_, err := discord.DecodeInteraction([]byte(raw))
		if fault.CodeOf(err) != fault.Invalid || strings.Contains(fmt.Sprint(err), "aW50") {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

func TestInteractionsComeWithTheActorsPlace(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	p.event(3, "INTERACTION_CREATE", play)
	p.event(4, "VOICE_STATE_UPDATE", voiceEvent("7", "22"))
	p.event(5, "INTERACTION_CREATE", play)
	p.event(6, "VOICE_STATE_UPDATE", voiceEvent("7", ""))
	p.event(7, "INTERACTION_CREATE", play)
	next := func() *discord.Interaction {
		t.Helper()
		for {
			if h := r.in(); h.interaction != nil {
				return h.interaction
			}
		}
	}
	for i, want := range []struct {
		voice          string
		connect, speak bool
	}{{"21", true, true}, {"22", false, true}, {"", false, false}} {
		a := next().Actor
		if string(a.Voice) != want.voice || len(a.Bots) != 1 || a.Bots[0].Connect != want.connect || a.Bots[0].Speak != want.speak {
			t.Errorf("interaction %d: the actor is %+v", i, a)
		}
	}
	if log := r.log.String(); strings.Contains(log, "aW50ZXJhY3Rpb24") || strings.Contains(log, token) {
		t.Errorf("the log holds a token: %s", log)
	}
}

func FuzzDecodeInteraction(f *testing.F) {
	f.Add(play)
	f.Add(press("7"))
	f.Add(`{"id":"175928847299117063","type":5}`)
	f.Add(interaction(4, "8", `"data":{"name":"play","options":[{"name":"query","type":3,"value":"oce","focused":true}]}`))
	f.Add(interaction(5, "8", `"data":{"custom_id":"m","components":[{"type":18,"component":{"type":4,"custom_id":"a","value":"1"}}]}`))
	f.Add(interaction(3, "0", `"message":{"id":"5"},"data":{"custom_id":"x","values":["7"],"resolved":{"users":{"7":{}}}}`))
	f.Fuzz(func(t *testing.T, raw string) {
		in, err := discord.DecodeInteraction([]byte(raw))
		if err != nil {
			return
		}
		if in.ID == "" || in.Token.Empty() || in.Application == "" || in.Actor.User == "" || in.Created.IsZero() {
			t.Errorf("it accepted %+v", in)
		}
		switch in.Type {
		case disgo.InteractionTypeAutocomplete:
			if _, _, ok := in.Command.Focused(); !ok {
				t.Error("nothing is typed")
			}
		case disgo.InteractionTypeComponent:
			if in.Component.CustomID == "" || len(in.Component.Values) > 25 {
				t.Errorf("it accepted %+v", in.Component)
			}
		case disgo.InteractionTypeModalSubmit:
			if in.Modal.CustomID == "" || len(in.Modal.Fields) > 40 {
				t.Errorf("it accepted %+v", in.Modal)
			}
		default:
		}
	})
}

func TestSecretsShowNothing(t *testing.T) {
	const value = "very-secret-value"
	s := secret.New(value)
	in := discord.Interaction{ID: "1", Token: s}
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("secret", s), slog.Any("in", in))
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", slog.Any("secret", s), slog.Any("in", &in))
	for _, shown := range []string{
		string(raw), log.String(), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", in, in, in, s, s), fmt.Sprintf("%v", &in),
	} {
		if strings.Contains(shown, value) {
			t.Errorf("it is shown in %s", shown)
		}
	}
	if s.Reveal() != value {
		t.Error("it cannot be asked for")
	}
}

func TestParseToken(t *testing.T) {
	for _, raw := range []string{token, "Bot " + token, " " + token + "\n"} {
		got, account, err := discord.ParseToken(raw)
		if err != nil || got.Reveal() != token || account != botID {
			t.Errorf("%q gave account %q, %v", raw, account, err)
		}
	}
	for name, raw := range map[string]string{
		"empty": "", "one part": "abc", "two parts": "MTAwMA.x", "no base64": "!!!.x.y", "no number": "YWJj.x.y", "zero": "MA.x.y",
		"a space": "MTAwMA.x x.y", "a line break": "MTAwMA.x\nx.y", "letters beyond ASCII": "MTAwMA.é.y", "too long": token + strings.Repeat("x", 300),
	} {
		_, _, err := discord.ParseToken(raw)
		if fault.CodeOf(err) != fault.Invalid || raw != "" && strings.Contains(fmt.Sprint(err), raw) {
			t.Errorf("%s gave %v", name, err)
		}
		if _, hint := fault.Show(err); hint == "" {
			t.Errorf("%s has no hint", name)
		}
	}
}
