package render_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/render"
)

func named(title, author, uri string) music.Track {
	return music.Track{Title: title, Author: author, URI: uri, Length: 61 * time.Second}
}

func TestChoices(t *testing.T) {
	p := printer(t, "en-US")
	waves := named("Waves", "Ana", "https://music.example/waves")
	foam := named("Foam", "Bruno", "https://music.example/foam")
	tide := named("Tide", "Ana", "")
	for name, c := range map[string]struct {
		typed         string
		recent, found []music.Track
		want          []render.Choice
	}{
		"nothing":            {"", nil, nil, []render.Choice{}},
		"recent first":       {"", []music.Track{waves}, []music.Track{foam}, []render.Choice{{"Waves · Ana · 1:01", waves.URI}, {"Foam · Bruno · 1:01", foam.URI}}},
		"once only":          {"", []music.Track{waves, waves}, []music.Track{waves}, []render.Choice{{"Waves · Ana · 1:01", waves.URI}}},
		"recent that match":  {" wAv  ANA", []music.Track{foam, waves, tide}, nil, []render.Choice{{"Waves · Ana · 1:01", waves.URI}}},
		"by address":         {"https://music.example/fo", []music.Track{foam, waves}, nil, []render.Choice{{"Foam · Bruno · 1:01", foam.URI}}},
		"found need no word": {"storm", []music.Track{waves}, []music.Track{foam}, []render.Choice{{"Foam · Bruno · 1:01", foam.URI}}},
		"without an address": {"", nil, []music.Track{tide}, []render.Choice{{"Tide · Ana · 1:01", "Tide Ana"}}},
		"a stream":           {"", nil, []music.Track{{Title: "Radio", Stream: true}}, []render.Choice{{"Radio · Live", "Radio"}}},
		"an unsafe address":  {"", nil, []music.Track{named("Song", "", "file:///etc/passwd")}, []render.Choice{{"Song · 1:01", "Song"}}},
		"nothing to ask for": {"", nil, []music.Track{named("", "", ""), named("https://evil.example/x", "", "")}, []render.Choice{}},
		"not escaped":        {"", nil, []music.Track{named("*Blue*\n[1]", "@ana", "")}, []render.Choice{{"*Blue* [1] · @ana · 1:01", "*Blue* [1] @ana"}}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := render.Choices(p, c.typed, c.recent, c.found); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestChoicesFitIntoDiscordsList(t *testing.T) {
	p := printer(t, "en-US")
	var many []music.Track
	for i := range 40 {
		many = append(many, named(fmt.Sprintf("%d %s", i, strings.Repeat("long ", 40)), strings.Repeat("author ", 20), "https://music.example/"+strings.Repeat("a", 100)))
	}
	got := render.Choices(p, "", many[:10], many)
	if len(got) != render.MaxChoices {
		t.Fatalf("%d choices", len(got))
	}
	for _, c := range got {
		if length(c.Name) > render.MaxChoiceName || length(c.Value) > render.MaxChoiceValue || !strings.HasSuffix(c.Name, "1:01") || strings.Contains(c.Value, "…") {
			t.Errorf("%q %q", c.Name, c.Value)
		}
	}
}

func TestSearchOffersWhatCanBeAskedFor(t *testing.T) {
	p := printer(t, "en-US")
	m := render.Search(p, "x", []music.Track{named("A", "B", "https://music.example/a"), named("A", "B", "https://music.example/a"), named("", "", "")})
	if menu := m.Components[0].Menu; len(menu.Options) != 1 || menu.Options[0] != (render.Option{Label: "A", Description: "B · 1:01", Value: "https://music.example/a"}) {
		t.Errorf("got %+v", m.Components[0].Menu)
	}
	none := render.Search(p, "x", []music.Track{named("", "", "")})
	want := render.Refusal(p, &music.Refusal{Reason: music.ReasonNotFound, Query: "x"})
	if none.Content != want.Content || len(none.Components) != 0 || !none.Ephemeral {
		t.Errorf("got %+v", none)
	}
}

func TestBotsCanBeInvited(t *testing.T) {
	p := printer(t, "en-US")
	v := music.BotsView{}
	for i := range 40 {
		v.Bots = append(v.Bots, music.BotLine{Bot: music.BotID(fmt.Sprint(i + 1)), State: music.BotMissing})
	}
	v.Bots[0].State = music.BotFree
	m := render.Bots(p, v, invite)
	if len(m.Components) != render.MaxRows || len(m.Components[4].Buttons) != render.MaxButtons {
		t.Fatalf("%d rows", len(m.Components))
	}
	if b := m.Components[0].Buttons[0]; b.Label != "Invite bot 2" || !strings.Contains(b.URL, "client_id=2&") || b.ID != "" {
		t.Errorf("got %+v", b)
	}
	for name, f := range map[string]func(music.BotID) string{
		"nobody invites": nil,
		"no address":     func(music.BotID) string { return "" },
		"not an address": func(music.BotID) string { return "javascript:alert(1)" },
	} {
		if m := render.Bots(p, v, f); len(m.Components) != 0 {
			t.Errorf("%s: %+v", name, m.Components)
		}
	}
}
