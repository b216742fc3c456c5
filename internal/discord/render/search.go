package render

import (
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// Limits of suggestions while one types. Source: the application command option
// choice of Discord's API.
const (
	MaxChoices     = 25
	MaxChoiceName  = 100
	MaxChoiceValue = 100
)

// Choice is a suggestion while one types: what is shown, and what is sent
// instead of what was typed.
type Choice struct{ Name, Value string }

// Search returns what was found as a menu, for the member who asked alone: what
// is picked comes back as a query. Where nothing was found it says so.
func Search(p *i18n.Printer, query string, found []music.Track) Message {
	menu := &Menu{ID: command.ComponentID(command.ControlPick, "", "", ""), Placeholder: p.Text(i18n.MenuPick, nil)}
	seen := map[string]bool{}
	for _, t := range found {
		value := queryFor(t)
		if value == "" || seen[value] || len(menu.Options) == MaxOptions {
			continue
		}
		seen[value] = true
		menu.Options = append(menu.Options, Option{
			Label: plain(named(p, t.Title), MaxOptionLabel), Value: value, Description: about(p, t),
		})
	}
	if len(menu.Options) == 0 {
		return Refusal(p, &music.Refusal{Reason: music.ReasonNotFound, Query: query})
	}
	return Message{
		Content: "🔎 " + p.Text(i18n.SearchTitle, i18n.Args{"Query": Text(query, maxQuery)}) + "\n" + p.Text(i18n.SearchHint, nil),
		Components: []Row{{Menu: menu}, {Buttons: []Button{{
			ID: command.ComponentID(command.ControlCancel, "", "", ""), Label: p.Text(i18n.ButtonCancel, nil),
		}}}},
		Ephemeral: true,
	}
}

// SearchClosed replaces the menu of a search that was cancelled.
func SearchClosed(p *i18n.Printer) Message {
	return Message{Content: p.Text(i18n.SearchClosed, nil), Ephemeral: true}
}

// about returns author and length of a track, for below its title.
func about(p *i18n.Printer, t music.Track) string {
	parts := []string{plain(t.Author, maxName/2), length(p, t.Length, t.Stream)}
	return strings.Trim(strings.Join(parts, " · "), " ·")
}

// Choices returns what is suggested to a member who typed something: of the
// member's recent tracks those that have all the words, then what was found. No
// track is there twice.
func Choices(p *i18n.Printer, typed string, recent, found []music.Track) []Choice {
	out := []Choice{}
	seen := map[string]bool{}
	add := func(t music.Track) {
		value := queryFor(t)
		if value == "" || seen[value] || len(out) == MaxChoices {
			return
		}
		seen[value] = true
		out = append(out, Choice{Name: choiceName(p, t), Value: value})
	}
	words := strings.Fields(strings.ToLower(plain(typed, music.MaxQuery)))
	for _, t := range recent {
		if hasAll(strings.ToLower(t.Title+" "+t.Author+" "+t.URI), words) {
			add(t)
		}
	}
	for _, t := range found {
		add(t)
	}
	return out
}

func hasAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// choiceName returns title, author and length. The title is cut first.
func choiceName(p *i18n.Printer, t music.Track) string {
	rest := about(p, t)
	if rest != "" {
		rest = " · " + rest
	}
	return plain(named(p, t.Title), MaxChoiceName-units(rest)) + rest
}

// queryFor returns the query that finds a track again: its address where there
// is room for it, otherwise its words. It is empty where there are neither.
func queryFor(t music.Track) string {
	if q, r := music.ParseQuery(t.URI); r == nil && q.URL && q.Text == t.URI && units(t.URI) <= MaxChoiceValue {
		return t.URI
	}
	words := strings.TrimSuffix(plain(t.Title+" "+t.Author, MaxChoiceValue), "…")
	// A title that looks like an address is none that this track is at.
	if q, r := music.ParseQuery(words); r != nil || q.URL {
		return ""
	}
	return words
}
