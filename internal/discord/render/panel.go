package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// Panel returns the now-playing message of a player. It shows what changes only
// when something happens: no position that would be wrong a second later.
func Panel(p *i18n.Printer, v music.NowView) Message {
	if v.Track == nil {
		return Message{Embed: silent(p, v)}
	}
	return sounding(p, v, i18n.FieldLength, length(p, v.Track.Length, v.Track.Stream))
}

// nowPlaying is the panel as an answer: it says where the track is at this moment.
func nowPlaying(p *i18n.Printer, v *music.NowView) Message {
	if v == nil {
		v = &music.NowView{}
	}
	if v.Track == nil || v.Track.Stream {
		return Panel(p, *v)
	}
	at := i18n.Clock(v.Position)
	if v.Track.Length > 0 {
		at += " / " + i18n.Clock(v.Track.Length)
	}
	return sounding(p, *v, i18n.FieldPosition, at)
}

// sounding is the panel of a play, with a field for time under the given name.
func sounding(p *i18n.Printer, v music.NowView, timeName i18n.ID, time string) Message {
	e := &Embed{
		Status: p.Text(i18n.PanelPlaying, nil),
		Title:  Text(named(p, v.Track.Title), MaxTitle),
		URL:    URL(v.Track.URI),
		Color:  colorPlaying,
	}
	switch {
	case v.NoNode:
		e.Status, e.Color = p.Text(i18n.PanelWaiting, nil), colorQuiet
		e.Description = p.Text(i18n.PanelNoNode, nil)
	case v.Paused:
		e.Status, e.Color = p.Text(i18n.PanelPaused, nil), colorHeld
	}
	e.add(p, i18n.FieldAuthor, Text(v.Track.Author, maxName))
	e.add(p, timeName, time)
	e.add(p, i18n.FieldBy, user(v.By))
	e.add(p, i18n.FieldVolume, p.Percent(v.Volume))
	e.add(p, i18n.FieldWaiting, waiting(p, v.Waiting))
	return Message{Embed: e}
}

// silent is the panel of a player on which nothing sounds.
func silent(p *i18n.Printer, v music.NowView) *Embed {
	e := &Embed{Title: p.Text(i18n.PanelNothing, nil), Color: colorQuiet}
	switch {
	case v.NoNode:
		e.Description = p.Text(i18n.PanelNoNode, nil)
	case v.Waiting > 0:
		e.Description = p.Count(i18n.PanelKept, v.Waiting, nil)
	default:
		e.Description = p.Text(i18n.PanelNothingHint, nil)
	}
	return e
}

func waiting(p *i18n.Printer, n int) string {
	if n <= 0 {
		return p.Text(i18n.NothingWaits, nil)
	}
	return p.Count(i18n.Tracks, n, nil)
}

// add appends a field; Discord takes none without a value.
func (e *Embed) add(p *i18n.Printer, name i18n.ID, value string) {
	if value != "" {
		e.Fields = append(e.Fields, Field{Name: p.Text(name, nil), Value: value})
	}
}
