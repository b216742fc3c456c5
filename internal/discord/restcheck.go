package discord

import (
	"fmt"

	"github.com/disgoorg/disgo/discord"
)

// Discord's limits on what is sent, so that a fault of ours is found before a
// request is spent on it
// (https://discord.com/developers/docs/resources/message#create-message,
// https://discord.com/developers/docs/interactions/receiving-and-responding).
const (
	contentLimit = 2000 // characters
	embedCount   = 10
	rowCount     = 5  // rows of components in a message
	layoutCount  = 40 // components of a message that is made of them alone
	choiceCount  = 25
	choiceLimit  = 100 // characters of a choice's name and text
	titleLimit   = 45  // characters of a form's title
)

func (q *request) message(m discord.MessageCreate) {
	q.content(m.Content, len(m.Embeds))
	q.rows(len(m.Components), m.Flags)
}

func (q *request) edit(m discord.MessageUpdate) {
	embeds, flags := 0, discord.MessageFlags(0)
	if m.Embeds != nil {
		embeds = len(*m.Embeds)
	}
	if m.Flags != nil {
		flags = *m.Flags
	}
	if m.Content != nil {
		q.content(*m.Content, embeds)
	} else {
		q.content("", embeds)
	}
	if m.Components != nil {
		q.rows(len(*m.Components), flags)
	}
}

func (q *request) content(s string, embeds int) {
	if longer(s, contentLimit) {
		q.refuse(fmt.Sprintf("a message has at most %d characters", contentLimit))
	}
	if embeds > embedCount {
		q.refuse(fmt.Sprintf("a message has at most %d embeds", embedCount))
	}
}

func (q *request) rows(n int, flags discord.MessageFlags) {
	limit := rowCount
	if flags.Has(discord.MessageFlagIsComponentsV2) {
		limit = layoutCount
	}
	if n > limit {
		q.refuse(fmt.Sprintf("this message has at most %d rows of components", limit))
	}
}

// choices checks what is offered; no choices are an empty list on the wire.
func (q *request) choices(a discord.AutocompleteResult) discord.AutocompleteResult {
	if a.Choices == nil {
		a.Choices = []discord.AutocompleteChoice{}
	}
	if len(a.Choices) > choiceCount {
		q.refuse(fmt.Sprintf("at most %d choices can be offered", choiceCount))
	}
	for _, c := range a.Choices {
		value := "-"
		if s, ok := c.(discord.AutocompleteChoiceString); ok {
			value = s.Value
		}
		if name := c.ChoiceName(); name == "" || longer(name, choiceLimit) || value == "" || longer(value, choiceLimit) {
			q.refuse(fmt.Sprintf("a choice has a name and a value of 1 to %d characters", choiceLimit))
		}
	}
	return a
}

func (q *request) modal(m discord.ModalCreate) {
	if !isCustomID(m.CustomID) || m.Title == "" || longer(m.Title, titleLimit) {
		q.refuse(fmt.Sprintf("a form has an id of 1 to %d and a title of 1 to %d characters", customIDLimit, titleLimit))
	}
	if n := len(m.Components); n < 1 || n > rowCount {
		q.refuse(fmt.Sprintf("a form has 1 to %d fields", rowCount))
	}
}
