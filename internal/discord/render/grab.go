package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// Grab returns what sounds as a direct message.
func Grab(p *i18n.Printer, v music.NowView) Message {
	if v.Track == nil {
		return Message{Embed: silent(p, v)}
	}
	e := card(p, v.Track)
	e.Description = progress(p, v.Track, v.Position)
	e.add(p, i18n.FieldAuthor, Text(v.Track.Author, maxName))
	e.add(p, i18n.FieldBy, user(v.By))
	return Message{Embed: e}
}

// GrabSent says, to the member alone, that the direct message is there.
func GrabSent(p *i18n.Printer) Message {
	return Message{Content: "📬 " + p.Text(i18n.GrabSent, nil), Ephemeral: true}
}

// GrabClosed shows what sounds to a member who takes no direct messages.
func GrabClosed(p *i18n.Printer, v music.NowView) Message {
	return grabbed(p, &v, i18n.GrabClosed)
}

// grabbed is what sounds, for the member alone, with words above it.
func grabbed(p *i18n.Printer, v *music.NowView, words i18n.ID) Message {
	if v == nil || v.Track == nil {
		return Refusal(p, &music.Refusal{Reason: music.ReasonNothingPlaying})
	}
	m := Grab(p, *v)
	m.Content, m.Ephemeral = p.Text(words, nil), true
	return m
}
