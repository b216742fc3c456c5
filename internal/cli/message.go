package cli

import (
	"encoding/json"
	"strings"

	"github.com/atrilhq/platform/internal/output"
)

// message is what of a Discord message is readable in a terminal.
type message struct {
	ID        string `json:"id"`
	Content   string `json:"content"`
	Flags     int    `json:"flags"`
	Timestamp string `json:"timestamp"`
	Author    struct {
		Username string `json:"username"`
	} `json:"author"`
	Embeds []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		URL         string `json:"url"`
		Author      struct {
			Name string `json:"name"`
		} `json:"author"`
		Fields []struct {
			Name  string `json:"name"`
			Value string `json:"value"`
		} `json:"fields"`
		Footer struct {
			Text string `json:"text"`
		} `json:"footer"`
	} `json:"embeds"`
	Components []component `json:"components"`
}

type component struct {
	Type     int    `json:"type"`
	Label    string `json:"label"`
	CustomID string `json:"custom_id"`
	Content  string `json:"content"`
	Disabled bool   `json:"disabled"`
	// URL is where a link leads; it has no id.
	URL string `json:"url"`
	// Placeholder and Options are a menu's.
	Placeholder string `json:"placeholder"`
	Options     []struct {
		Label string `json:"label"`
	} `json:"options"`
	Components []component `json:"components"`
	Emoji      struct {
		Name string `json:"name"`
	} `json:"emoji"`
}

// ephemeral is the flag of a message that only one person sees.
const ephemeral = 1 << 6

func messageID(raw json.RawMessage) string {
	var m message
	_ = json.Unmarshal(raw, &m)
	return m.ID
}

// messageTable shows a message as lines: who, what, and which buttons. Mentions
// are shown by their names.
func messageTable(raw json.RawMessage, names *strings.Replacer) output.Table {
	var m message
	if json.Unmarshal(raw, &m) != nil || string(raw) == "null" {
		return output.Table{}
	}
	var lines []string
	say := func(text string) {
		for line := range strings.SplitSeq(strings.TrimRight(names.Replace(text), "\n"), "\n") {
			lines = append(lines, line)
		}
	}
	if m.Content != "" {
		say(m.Content)
	}
	for _, e := range m.Embeds {
		for _, text := range []string{e.Author.Name, e.Title, e.URL, e.Description} {
			if text != "" {
				say("| " + strings.ReplaceAll(text, "\n", "\n| "))
			}
		}
		for _, f := range e.Fields {
			say("| " + f.Name + ": " + strings.ReplaceAll(f.Value, "\n", "\n| "))
		}
		if e.Footer.Text != "" {
			say("| " + e.Footer.Text)
		}
	}
	for _, row := range m.Components {
		if text, buttons := row.read(); text != "" || buttons != "" {
			say(strings.TrimSpace(text + "\n" + buttons))
		}
	}
	who := output.Cell{Text: either(m.Author.Username, "?"), Tone: output.Dim}
	if m.Flags&ephemeral != 0 {
		who.Text += " (only for you)"
	}
	t := output.Table{Columns: []output.Column{{}, {}}, NoHeader: true}
	for i, line := range lines {
		left := who
		if i > 0 {
			left = output.Cell{}
		}
		t.Rows = append(t.Rows, []output.Cell{left, {Text: line}})
	}
	if len(lines) == 0 {
		t.Rows = append(t.Rows, []output.Cell{who, {Text: "-"}})
	}
	return t
}

// read returns the texts and the buttons of a component and all inside of it.
func (c component) read() (text, buttons string) {
	if c.Content != "" {
		text = c.Content
	}
	if (c.CustomID != "" || c.URL != "") && len(c.Components) == 0 {
		label := either(strings.TrimSpace(c.Emoji.Name+" "+c.Label), either(c.Placeholder, c.CustomID))
		if c.URL != "" {
			label = strings.TrimSpace(label + " " + c.URL)
		}
		if len(c.Options) > 0 {
			names := make([]string, len(c.Options))
			for i, o := range c.Options {
				names[i] = o.Label
			}
			label += ": " + strings.Join(names, " | ")
		}
		if c.Disabled {
			label += " (off)"
		}
		buttons = "[" + label + "]"
	}
	for _, inner := range c.Components {
		t, b := inner.read()
		text = strings.TrimSpace(text + "\n" + t)
		buttons = strings.TrimSpace(buttons + " " + b)
	}
	return text, buttons
}
