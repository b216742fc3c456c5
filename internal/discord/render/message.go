package render

import (
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/snowflake/v2"
)

// Discord's limits, in characters. We count UTF-16 units, of which there are
// never fewer. Source: the message and embed objects in Discord's API reference.
const (
	MaxContent     = 2000
	MaxTitle       = 256
	MaxDescription = 4096
	MaxFieldName   = 256
	MaxFieldValue  = 1024
	MaxFooter      = 2048
	MaxAuthor      = 256
	// MaxEmbed bounds title, description, fields, footer and author together.
	MaxEmbed = 6000
)

// Message is what is shown: a sentence, an embed or both, and what can be
// pressed below them.
type Message struct {
	Content    string
	Embed      *Embed
	Components []Row
	// Ephemeral messages are seen only by the member who asked.
	Ephemeral bool
}

// Embed is the framed part of a message.
type Embed struct {
	// Status stands above the title, as plain text.
	Status string
	Title  string
	// URL is where the title leads; empty for nowhere.
	URL         string
	Description string
	// Thumbnail is the address of a picture; empty for none.
	Thumbnail string
	Fields    []Field
	// Footer stands at the end, as plain text.
	Footer string
	Color  int
}

// Field is a short named value. Fields stand side by side, wide ones alone.
type Field struct {
	Name, Value string
	Wide        bool
}

// The colours of embeds.
const (
	colorPlaying = 0x2E9E6B
	colorHeld    = 0xC9A227
	colorQuiet   = 0x7A808A
	colorBroken  = 0xC24B3F
)

// Create returns the message as an interaction response, a follow-up or a new
// message of a channel takes it.
func (m Message) Create() discord.MessageCreate {
	c := discord.MessageCreate{
		Content: m.Content, Embeds: m.embeds(), Components: m.rows(), AllowedMentions: noMentions(),
	}
	if m.Ephemeral {
		c.Flags = discord.MessageFlagEphemeral
	}
	return c
}

// Update returns the message as an edit: it replaces content, embeds and components, so
// that nothing of what stood there before is left. It has no flags, because an edit
// cannot change who sees the message.
func (m Message) Update() discord.MessageUpdate {
	embeds, rows := m.embeds(), m.rows()
	return discord.MessageUpdate{Content: &m.Content, Embeds: &embeds, Components: &rows, AllowedMentions: noMentions()}
}

// noMentions lets nobody be pinged. The lists are empty and not null: Discord
// takes a missing list as no restriction.
func noMentions() *discord.AllowedMentions {
	return &discord.AllowedMentions{Parse: []discord.AllowedMentionType{}, Roles: []snowflake.ID{}, Users: []snowflake.ID{}}
}

func (m Message) embeds() []discord.Embed {
	if m.Embed == nil {
		return []discord.Embed{}
	}
	e := discord.Embed{
		Title: m.Embed.Title, URL: m.Embed.URL, Description: m.Embed.Description, Color: m.Embed.Color,
	}
	if m.Embed.Status != "" {
		e.Author = &discord.EmbedAuthor{Name: m.Embed.Status}
	}
	if m.Embed.Footer != "" {
		e.Footer = &discord.EmbedFooter{Text: m.Embed.Footer}
	}
	if m.Embed.Thumbnail != "" {
		e.Thumbnail = &discord.EmbedResource{URL: m.Embed.Thumbnail}
	}
	for _, f := range m.Embed.Fields {
		inline := !f.Wide
		e.Fields = append(e.Fields, discord.EmbedField{Name: f.Name, Value: f.Value, Inline: &inline})
	}
	return []discord.Embed{e}
}
