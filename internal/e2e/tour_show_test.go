package e2e_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/atrilhq/platform/internal/sim/control"
)

// names replaces ids by what a person reads in their place.
func names(w control.World) *strings.Replacer {
	var pairs []string
	add := func(id, mention, name string) {
		if mention != "" {
			pairs = append(pairs, "<"+mention+id+">", name)
		}
		pairs = append(pairs, id, strings.TrimLeft(name, "@#"))
	}
	for _, g := range w.Guilds {
		for _, c := range g.Channels {
			add(c.ID, "#", "#"+c.Name)
		}
		for _, r := range g.Roles {
			add(r.ID, "@&", "@"+strings.TrimPrefix(r.Name, "@"))
		}
	}
	for _, u := range w.Users {
		add(u.ID, "@", "@"+u.Name)
	}
	for _, b := range w.Bots {
		add(b.ApplicationID, "@", "@"+b.Name)
	}
	return strings.NewReplacer(pairs...)
}

// changing is what differs from run to run: how far a track has come, when
// something was, and the ports of the sandbox.
var changing = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`[▰▱]+ \d+:\d\d / `), "▰▱ ∗:∗∗ / "},
	{regexp.MustCompile(`(🔴 [^·\n]* · )\d+:\d\d`), "${1}∗:∗∗"},
	{regexp.MustCompile(`<t:\d+:R>`), "<a moment ago>"},
	{regexp.MustCompile(`http://127\.0\.0\.1:\d+`), "http://sandbox"},
}

// stable keeps the position only of a track that is held.
func stable(s string, held bool) string {
	for i, c := range changing {
		if i > 0 || !held {
			s = c.what.ReplaceAllString(s, c.with)
		}
	}
	return s
}

// show writes a message as one reads it at Discord.
func show(m map[string]any) string {
	var b strings.Builder
	line := func(format string, args ...any) {
		if s := strings.TrimSpace(fmt.Sprintf(format, args...)); s != "" {
			b.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
		}
	}
	line("%s", text(m["content"]))
	for _, e := range list(m["embeds"]) {
		line("%s", bar(text(of(e["author"])["name"])))
		title := text(e["title"])
		if u := text(e["url"]); u != "" {
			title += " <" + u + ">"
		}
		line("%s", bar(title))
		line("%s", bar(text(e["description"])))
		for _, f := range list(e["fields"]) {
			value := text(f["value"])
			if strings.Contains(value, "\n") {
				value = "\n" + value
			}
			line("%s", bar(text(f["name"])+": "+value))
		}
		line("%s", bar(text(of(e["footer"])["text"])))
		if u := text(of(e["thumbnail"])["url"]); u != "" {
			line("%s", bar("(picture "+u+")"))
		}
	}
	for _, row := range list(m["components"]) {
		line("%s", components(list(row["components"])))
	}
	return strings.TrimRight(b.String(), "\n")
}

func bar(s string) string {
	if s == "" {
		return ""
	}
	return "┃ " + strings.ReplaceAll(s, "\n", "\n┃ ")
}

// components are buttons in a row, or a menu with what it offers.
func components(all []map[string]any) string {
	var out []string
	for _, c := range all {
		label := strings.TrimSpace(text(of(c["emoji"])["name"]) + " " + text(c["label"]))
		if u := text(c["url"]); u != "" {
			label += " ↗ " + u
		}
		if c["disabled"] == true {
			label += " (off)"
		}
		options := list(c["options"])
		if len(options) == 0 {
			out = append(out, "["+label+"]")
			continue
		}
		menu := "[" + text(c["placeholder"]) + " ▾]"
		for _, o := range options {
			menu += "\n  " + text(o["label"])
			if d := text(o["description"]); d != "" {
				menu += " — " + d
			}
		}
		out = append(out, menu)
	}
	return strings.Join(out, " ")
}

// showModal writes a form as one sees it.
func showModal(raw json.RawMessage) string {
	var m map[string]any
	if json.Unmarshal(raw, &m) != nil {
		return string(raw)
	}
	out := "form: " + text(m["title"])
	for _, c := range list(m["components"]) {
		in := of(c["component"])
		out += "\n  " + cmp.Or(text(c["label"]), text(in["label"])) + ": [" + text(in["placeholder"]) + "]"
	}
	return out
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func of(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []map[string]any {
	all, _ := v.([]any)
	out := make([]map[string]any, 0, len(all))
	for _, o := range all {
		out = append(out, of(o))
	}
	return out
}
