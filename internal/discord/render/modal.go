package render

import (
	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// Modal is a form that opens when a button is pressed.
type Modal struct {
	ID, Title string
	Inputs    []Input
}

// Input is a line of a form, which has to be filled in.
type Input struct {
	ID, Label, Placeholder string
	// MaxLength is in characters.
	MaxLength int
}

// AddModal returns the form that a press of ControlAdd opens: it asks what to
// play. command.ParseModal reads what is typed there.
func AddModal(p *i18n.Printer, press command.Press) Modal {
	return Modal{
		ID:    command.ComponentID(command.ControlAdd, press.Bot, press.Play, ""),
		Title: p.Text(i18n.FormAdd, nil),
		Inputs: []Input{{
			ID: command.FieldQuery, Label: p.Text(i18n.FormAddQuery, nil), Placeholder: p.Text(i18n.FormAddHint, nil),
			MaxLength: music.MaxQuery,
		}},
	}
}

// Create returns the form as an interaction response takes it.
func (m Modal) Create() discord.ModalCreate {
	c := discord.ModalCreate{CustomID: m.ID, Title: m.Title}
	for _, i := range m.Inputs {
		c.Components = append(c.Components, discord.NewLabel(i.Label, discord.TextInputComponent{
			CustomID: i.ID, Style: discord.TextInputStyleShort, MaxLength: i.MaxLength, Required: true, Placeholder: i.Placeholder,
		}))
	}
	return c
}
