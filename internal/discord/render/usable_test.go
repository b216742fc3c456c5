package render_test

import (
	"testing"
	"unicode/utf8"

	"github.com/disgoorg/disgo/discord"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
)

// usable checks components as Discord does, and that each of them is one that
// we understand when it comes back.
func usable(t *rapid.T, rows []discord.LayoutComponent) {
	t.Helper()
	if len(rows) > render.MaxRows {
		t.Fatalf("%d rows", len(rows))
	}
	ids := map[string]bool{}
	own := func(id string, values ...string) {
		if id == "" || len(id) > command.MaxID || ids[id] {
			t.Fatalf("the id %q is empty, too long or there twice", id)
		}
		ids[id] = true
		if _, refusal := command.ParseComponent(id, values); refusal != nil {
			t.Fatalf("the id %q with %q is not understood: %+v", id, values, refusal)
		}
	}
	for _, r := range rows {
		row, ok := r.(discord.ActionRowComponent)
		if !ok || len(row.Components) < 1 || len(row.Components) > render.MaxButtons {
			t.Fatalf("not a row of Discord's: %+v", r)
		}
		for _, c := range row.Components {
			switch c := c.(type) {
			case discord.ButtonComponent:
				shown(t, c.Label, render.MaxButtonLabel)
				if c.Style == discord.ButtonStyleLink {
					if c.CustomID != "" || render.URL(c.URL) != c.URL || c.URL == "" {
						t.Fatalf("a button that leads to %q", c.URL)
					}
					continue
				}
				own(c.CustomID)
			case discord.StringSelectMenuComponent:
				if len(row.Components) > 1 || len(c.Options) < 1 || len(c.Options) > render.MaxOptions {
					t.Fatalf("a menu of %d options beside %d others", len(c.Options), len(row.Components)-1)
				}
				shown(t, c.Placeholder, render.MaxPlaceholder)
				values := map[string]bool{}
				for _, o := range c.Options {
					shown(t, o.Label, render.MaxOptionLabel)
					if length(o.Description) > render.MaxOptionLabel || o.Value == "" || length(o.Value) > render.MaxOptionValue || values[o.Value] {
						t.Fatalf("the option %+v is too long, empty or there twice", o)
					}
					values[o.Value] = true
				}
				own(c.CustomID, c.Options[0].Value)
			default:
				t.Fatalf("an unknown component: %T", c)
			}
		}
	}
}

func shown(t *rapid.T, s string, limit int) {
	t.Helper()
	if s == "" || length(s) > limit || !utf8.ValidString(s) {
		t.Fatalf("%q is empty, longer than %d or not UTF-8", s, limit)
	}
}

func drawTracks(t *rapid.T, name string) []music.Track {
	var all []music.Track
	for range rapid.IntRange(0, 40).Draw(t, name) {
		if x := drawTrack(t); x != nil {
			all = append(all, *x)
		}
	}
	return all
}

func TestWhateverIsFoundCanBePicked(t *testing.T) {
	p := printer(t, "es-ES")
	rapid.Check(t, func(t *rapid.T) {
		found, recent := drawTracks(t, "found"), drawTracks(t, "recent")
		typed := hostile().Draw(t, "typed")
		m := render.Search(p, typed, found).Create()
		harmless(t, m)
		for _, r := range m.Components {
			for _, c := range r.(discord.ActionRowComponent).Components {
				if menu, ok := c.(discord.StringSelectMenuComponent); ok {
					for _, o := range menu.Options {
						findable(t, o.Value)
					}
				}
			}
		}
		choices := render.Choices(p, typed, recent, found)
		if len(choices) > render.MaxChoices {
			t.Fatalf("%d choices", len(choices))
		}
		seen := map[string]bool{}
		for _, c := range choices {
			shown(t, c.Name, render.MaxChoiceName)
			shown(t, c.Value, render.MaxChoiceValue)
			findable(t, c.Value)
			if seen[c.Value] {
				t.Fatalf("%q is there twice", c.Value)
			}
			seen[c.Value] = true
		}
	})
}

// findable is what the core takes for a query.
func findable(t *rapid.T, value string) {
	t.Helper()
	if _, refusal := music.ParseQuery(value); refusal != nil {
		t.Fatalf("%q cannot be asked for: %+v", value, refusal)
	}
}

func TestTheFormIsOneDiscordTakes(t *testing.T) {
	for _, locale := range languages {
		p := printer(t, locale)
		rapid.Check(t, func(t *rapid.T) {
			m := render.AddModal(p, command.Press{Bot: music.BotID(drawID(t, "bot")), Play: music.PlayID(drawID(t, "play"))})
			shown(t, m.ID, command.MaxID)
			shown(t, m.Title, render.MaxFormTitle)
			fields := map[string]string{}
			for _, i := range m.Inputs {
				shown(t, i.Label, render.MaxFieldLabel)
				shown(t, i.Placeholder, render.MaxFormHint)
				fields[i.ID] = "ocean"
			}
			got, refusal := command.ParseModal(m.ID, fields)
			if refusal != nil || got.Action != (music.Enqueue{Query: "ocean"}) {
				t.Fatalf("what the form sends is not understood: %+v %+v", got, refusal)
			}
		})
	}
}
