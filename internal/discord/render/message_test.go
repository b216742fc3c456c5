package render_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

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
		Status: "s", Title: "t", URL: "https://a.example", Description: "d", Footer: "f", Color: 1, Fields: []render.Field{{Name: "n", Value: "v"}},
	}}
	want := `{"embeds":[{"title":"t","description":"d","url":"https://a.example","color":1,"footer":{"text":"f"},` +
		`"author":{"name":"s"},"fields":[{"name":"n","value":"v","inline":true}]}],` + quiet + `}`
	if got := wire(t, m.Create()); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUpdateLeavesNothingOfWhatStoodThere(t *testing.T) {
	got := wire(t, render.Message{Content: "hi", Ephemeral: true}.Update())
	if !strings.HasPrefix(got, `{"content":"hi","embeds":[],"allowed_mentions":{"parse":[]`) || strings.Contains(got, "flags") {
		t.Errorf("got %s", got)
	}
	got = wire(t, render.Message{Embed: &render.Embed{Title: "t"}}.Update())
	if !strings.HasPrefix(got, `{"content":"","embeds":[{"title":"t"}],`) {
		t.Errorf("got %s", got)
	}
}

func TestWhoSeesWhat(t *testing.T) {
	p := printer(t, "en-US")
	for name, a := range answers() {
		if got, want := render.Answer(p, a).Ephemeral, a.Kind == music.AnswerRefused; got != want {
			t.Errorf("%s: ephemeral %v", name, got)
		}
	}
	if !render.Help(p).Ephemeral || render.Panel(p, *now()).Ephemeral {
		t.Error("help is for the member who asked, the panel for all")
	}
	if render.Answer(p, music.Answer{Kind: music.AnswerPlaying, Track: ocean()}).Create().Flags.Has(discord.MessageFlagEphemeral) {
		t.Error("an answer is for all")
	}
}

func TestPanelDoesNotMoveWithTheTrack(t *testing.T) {
	p := printer(t, "es-ES")
	a, b := *now(), *now()
	b.Position += time.Minute
	if wire(t, render.Panel(p, a).Update()) != wire(t, render.Panel(p, b).Update()) {
		t.Error("a panel with a position would have to be edited every second")
	}
	one := render.Answer(p, music.Answer{Kind: music.AnswerNowPlaying, Now: &a})
	two := render.Answer(p, music.Answer{Kind: music.AnswerNowPlaying, Now: &b})
	if wire(t, one.Create()) == wire(t, two.Create()) {
		t.Error("the answer says where the track is")
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
