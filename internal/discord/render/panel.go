package render

import (
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// shownNext is how many places of the queue a panel names.
const shownNext = 3

// Panel returns the now-playing message of a player as it is at a time: what
// sounds and how far it has come, what comes next, and the controls.
func Panel(p *i18n.Printer, v music.NowView, at time.Time) Message {
	if v.Track == nil {
		return Message{Embed: silent(p, v), Components: silentControls(p, v)}
	}
	position := v.Position
	if !v.Anchor.At.IsZero() {
		position = v.Anchor.PositionAt(at)
	}
	return Message{Embed: sounding(p, v, position), Components: controls(p, v)}
}

// nowPlaying is the panel as an answer. It has no controls: they are on the
// panel itself, and below an answer they would soon be those of an old track.
func nowPlaying(p *i18n.Printer, v *music.NowView) Message {
	if v == nil {
		v = &music.NowView{}
	}
	if v.Track == nil {
		return Message{Embed: silent(p, *v)}
	}
	return Message{Embed: sounding(p, *v, v.Position)}
}

// card is a track as an embed shows it.
func card(p *i18n.Printer, t *music.Track) *Embed {
	return &Embed{
		Title: Text(named(p, t.Title), MaxTitle), URL: URL(t.URI), Thumbnail: URL(t.Artwork), Color: colorPlaying,
	}
}

func sounding(p *i18n.Printer, v music.NowView, position time.Duration) *Embed {
	e := card(p, v.Track)
	hint := e.state(p, v)
	e.Description = strings.TrimPrefix(hint+"\n\n"+progress(p, v.Track, position), "\n\n")
	e.add(p, i18n.FieldAuthor, Text(v.Track.Author, maxName))
	e.add(p, i18n.FieldBy, user(v.By))
	e.add(p, i18n.FieldVolume, p.Percent(v.Volume))
	e.add(p, i18n.FieldLoop, loop(p, v.Loop))
	e.add(p, i18n.FieldWaiting, waiting(p, v.Waiting))
	e.upNext(p, v)
	return e
}

// state sets what the panel says first and returns what to do about it. Where
// several things are so, the one that has to end first is said.
func (e *Embed) state(p *i18n.Printer, v music.NowView) (hint string) {
	status, sign := i18n.PanelPlaying, "▶️ "
	switch {
	case v.Halted:
		status, sign, e.Color = i18n.PanelHalted, "⚠️ ", colorBroken
		hint = p.Count(i18n.PanelHaltedHint, max(v.Waiting, 0), nil)
	case v.NoNode:
		status, sign, e.Color = i18n.PanelWaiting, "⏳ ", colorQuiet
		hint = p.Text(i18n.PanelNoNode, nil)
	case v.Suppressed:
		status, sign, e.Color = i18n.PanelSuppressed, "✋ ", colorHeld
		hint = p.Text(i18n.PanelSuppressedHint, nil)
	case v.Paused:
		status, sign, e.Color = i18n.PanelPaused, "⏸️ ", colorHeld
		hint = p.Text(i18n.PanelPausedHint, nil)
	}
	e.Status = sign + p.Text(status, nil)
	return hint
}

// silent is the panel of a player on which nothing sounds.
func silent(p *i18n.Printer, v music.NowView) *Embed {
	e := &Embed{Title: p.Text(i18n.PanelNothing, nil), Color: colorQuiet}
	switch {
	case v.Halted && v.Waiting > 0:
		e.Title, e.Color = p.Text(i18n.PanelHalted, nil), colorBroken
		e.Description = p.Count(i18n.PanelHaltedHint, v.Waiting, nil)
	case v.NoNode:
		e.Description = p.Text(i18n.PanelNoNode, nil)
	case v.Waiting > 0:
		e.Description = p.Count(i18n.PanelKept, v.Waiting, nil)
	default:
		e.Description = p.Text(i18n.PanelNothingHint, nil)
	}
	e.upNext(p, v)
	return e
}

// upNext names the first places that wait, without links: there is not room
// for long addresses.
func (e *Embed) upNext(p *i18n.Printer, v music.NowView) {
	if len(v.Next) == 0 {
		return
	}
	var lines []string
	shown := v.Next[:min(len(v.Next), shownNext)]
	for _, q := range shown {
		lines = append(lines, "`"+p.Number(q.Position)+".` "+slotTitle(p, q, bold(named(p, q.Title), maxLineTitle)))
	}
	if rest := v.Waiting - len(shown); rest > 0 {
		lines = append(lines, p.Count(i18n.PanelMore, rest, nil))
	}
	e.Fields = append(e.Fields, Field{Name: p.Text(i18n.FieldNext, nil), Value: strings.Join(lines, "\n"), Wide: true})
}

func waiting(p *i18n.Printer, n int) string {
	if n <= 0 {
		return p.Text(i18n.NothingWaits, nil)
	}
	return p.Count(i18n.Tracks, n, nil)
}

// loop names what is repeated; a mode that is not known is none.
func loop(p *i18n.Printer, m music.LoopMode) string {
	switch m {
	case music.LoopTrack:
		return p.Text(i18n.LoopTrack, nil)
	case music.LoopQueue:
		return p.Text(i18n.LoopQueue, nil)
	default:
		return p.Text(i18n.LoopOff, nil)
	}
}

// add appends a field; Discord takes none without a value.
func (e *Embed) add(p *i18n.Printer, name i18n.ID, value string) {
	if value != "" {
		e.Fields = append(e.Fields, Field{Name: p.Text(name, nil), Value: value})
	}
}
