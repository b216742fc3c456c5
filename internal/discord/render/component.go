package render

import "github.com/disgoorg/disgo/discord"

// Limits of components, in characters. Source: the component reference of
// Discord's API.
const (
	MaxRows        = 5
	MaxButtons     = 5 // in a row
	MaxOptions     = 25
	MaxButtonLabel = 80
	MaxOptionLabel = 100
	MaxOptionValue = 100
	MaxPlaceholder = 150
	MaxFormTitle   = 45
	MaxFieldLabel  = 45
	MaxFormHint    = 100
)

// Row is one line of components: up to five buttons, or one menu.
type Row struct {
	Buttons []Button
	Menu    *Menu
}

// Style says how a button looks.
type Style int

// The styles.
const (
	StyleQuiet Style = iota
	StyleMain
	StyleDanger
)

// Button is pressed. One with a URL leads there, and has no ID.
type Button struct {
	ID       string
	URL      string
	Emoji    string
	Label    string
	Style    Style
	Disabled bool
}

// Menu lets one option be picked.
type Menu struct {
	ID          string
	Placeholder string
	Options     []Option
}

// Option is what can be picked of a menu; Value is what the pick says.
type Option struct{ Label, Description, Value string }

func (m Message) rows() []discord.LayoutComponent {
	out := make([]discord.LayoutComponent, 0, len(m.Components))
	for _, r := range m.Components {
		var row discord.ActionRowComponent
		for _, b := range r.Buttons {
			row.Components = append(row.Components, b.create())
		}
		if r.Menu != nil {
			row.Components = append(row.Components, r.Menu.create())
		}
		out = append(out, row)
	}
	return out
}

func (b Button) create() discord.ButtonComponent {
	c := discord.ButtonComponent{Style: discord.ButtonStyleSecondary, CustomID: b.ID, Label: b.Label, Disabled: b.Disabled}
	switch {
	case b.URL != "":
		c.Style, c.URL, c.CustomID = discord.ButtonStyleLink, b.URL, ""
	case b.Style == StyleMain:
		c.Style = discord.ButtonStylePrimary
	case b.Style == StyleDanger:
		c.Style = discord.ButtonStyleDanger
	}
	if b.Emoji != "" {
		c.Emoji = &discord.ComponentEmoji{Name: b.Emoji}
	}
	return c
}

func (m Menu) create() discord.StringSelectMenuComponent {
	c := discord.StringSelectMenuComponent{CustomID: m.ID, Placeholder: m.Placeholder}
	for _, o := range m.Options {
		c.Options = append(c.Options, discord.StringSelectMenuOption{Label: o.Label, Value: o.Value, Description: o.Description})
	}
	return c
}
