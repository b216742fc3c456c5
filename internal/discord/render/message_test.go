package render_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
)

func wire(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestCreate(t *testing.T) {
	m := render.Message{Content: "hi", Ephemeral: true}
	const quiet = `"allowed_mentions":{"parse":[],"roles":[],"users":[],"replied_user":false}`
	if got, want := wire(t, m.Create()), `{"content":"hi",`+quiet+`,"flags":64}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	m = render.Message{Embed: &render.Embed{
		Status: "s", Title: "t", URL: "https://a.example", Description: "d", Thumbnail: "https://a.example/i.png", Footer: "f", Color: 1,
		Fields: []render.Field{{Name: "n", Value: "v"}, {Name: "w", Value: "x", Wide: true}},
	}}
	want := `{"embeds":[{"title":"t","description":"d","url":"https://a.example","color":1,"footer":{"text":"f"},` +
		`"thumbnail":{"url":"https://a.example/i.png"},"author":{"name":"s"},"fields":[{"name":"n","value":"v","inline":true},` +
		`{"name":"w","value":"x","inline":false}]}],` + quiet + `}`
	if got := wire(t, m.Create()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestComponents(t *testing.T) {
	m := render.Message{Content: "hi", Components: []render.Row{
		{Buttons: []render.Button{
			{ID: "a", Label: "A", Emoji: "🔁", Style: render.StyleMain, Disabled: true},
			{ID: "b", Label: "B", Style: render.StyleDanger},
			{ID: "c", URL: "https://a.example", Label: "C", Style: render.StyleMain},
			{ID: "d", Label: "D"},
		}},
		{Menu: &render.Menu{ID: "e", Placeholder: "p", Options: []render.Option{{Label: "l", Description: "d", Value: "v"}}}},
	}}
	want := `[{"type":1,"components":[{"type":2,"style":1,"label":"A","emoji":{"name":"🔁"},"custom_id":"a","disabled":true},` +
		`{"type":2,"style":4,"label":"B","custom_id":"b"},{"type":2,"style":5,"label":"C","url":"https://a.example"},{"type":2,"style":2,"label":"D","custom_id":"d"}]},` +
		`{"type":1,"components":[{"type":3,"custom_id":"e","placeholder":"p","options":[{"label":"l","value":"v","description":"d"}],"required":false,"disabled":false}]}]`
	if got := wire(t, m.Create().Components); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := wire(t, m.Update().Components); got != want {
		t.Errorf("an edit: got %s, want %s", got, want)
	}
}

func TestUpdateLeavesNothingOfWhatStoodThere(t *testing.T) {
	got := wire(t, render.Message{Content: "hi", Ephemeral: true}.Update())
	if !strings.HasPrefix(got, `{"content":"hi","embeds":[],"components":[],"allowed_mentions":{"parse":[]`) || strings.Contains(got, "flags") {
		t.Errorf("got %s", got)
	}
	got = wire(t, render.Message{Embed: &render.Embed{Title: "t"}}.Update())
	if !strings.HasPrefix(got, `{"content":"","embeds":[{"title":"t"}],"components":[],`) {
		t.Errorf("got %s", got)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	p := printer(t, "en-US")
	for name, a := range answers() {
		if got, want := render.Answer(p, a).Ephemeral, a.Kind == music.AnswerRefused || a.Kind == music.AnswerGrab; got != want {
			t.Errorf("%s: ephemeral %v", name, got)
		}
	}
	if !render.Help(p).Ephemeral || render.Panel(p, *now(), noon).Ephemeral {
		t.Error("help is for the member who asked, the panel for all")
	}
	if !render.Search(p, "a", []music.Track{*ocean()}).Ephemeral || !render.GrabSent(p).Ephemeral || !render.GrabClosed(p, *now()).Ephemeral {
		t.Error("a search and a grab are for the member who asked")
	}
	if render.Answer(p, music.Answer{Kind: music.AnswerPlaying, Track: ocean()}).Create().Flags.Has(discord.MessageFlagEphemeral) {
		t.Error("an answer is for all")
	}
}

func TestALongPageSaysWhatItLeavesOut(t *testing.T) {
	q := &music.QueueView{Page: 1, Pages: 1, Total: 40}
	for i := range 40 {
		q.Slots = append(q.Slots, music.QueueLine{
			Position: i + 1, State: music.SlotReady, Title: strings.Repeat("*", 200), URI: "https://music.example/" + strings.Repeat("a", 100), By: ana,
		})
	}
	m := render.Answer(printer(t, "en-US"), music.Answer{Kind: music.AnswerQueue, Queue: q})
	lines := strings.Split(m.Embed.Description, "\n")
	if last := lines[len(lines)-1]; len(lines) < 10 || !strings.HasSuffix(last, " more on this page") {
		t.Errorf("%d lines, the last is %q", len(lines), last)
	}
}
