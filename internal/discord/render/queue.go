package render

import (
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// maxLines is how much of a page is written, in UTF-16 units: what stands around
// it stays within MaxDescription and, together, within MaxEmbed.
const maxLines = 3000

// queue returns a page of what waits.
func queue(p *i18n.Printer, q *music.QueueView) Message {
	if q == nil || q.Now.Track == nil && q.Total == 0 && len(q.Slots) == 0 {
		return Message{Content: p.Text(i18n.QueueEmpty, nil)}
	}
	e := &Embed{Title: p.Text(i18n.QueueTitle, nil), Color: colorPlaying}
	var parts []string
	switch {
	case q.Now.Track == nil && q.Now.NoNode:
		e.Color = colorQuiet
		parts = append(parts, p.Text(i18n.PanelNoNode, nil))
	case q.Now.Track != nil:
		id := i18n.QueueNow
		switch {
		case q.Now.NoNode:
			id, e.Color = i18n.QueueHeld, colorQuiet
		case q.Now.Paused:
			id, e.Color = i18n.QueuePausedAt, colorHeld
		}
		parts = append(parts, p.Text(id, i18n.Args{"Track": full(p, q.Now.Track)}))
	}
	if len(q.Slots) > 0 {
		parts = append(parts, lines(p, q.Slots))
	} else if q.Total == 0 {
		parts = append(parts, p.Text(i18n.QueueNothingElse, nil))
	}
	e.Description = strings.Join(parts, "\n\n")
	e.Footer = footer(p, q)
	return Message{Embed: e}
}

func footer(p *i18n.Printer, q *music.QueueView) string {
	if q.Total == 0 {
		return ""
	}
	parts := []string{p.Text(i18n.QueuePage, i18n.Args{"Page": p.Number(q.Page), "Pages": p.Number(q.Pages)})}
	parts = append(parts, p.Count(i18n.Tracks, q.Total, nil))
	if q.Length > 0 {
		parts = append(parts, p.Length(q.Length))
	}
	return strings.Join(parts, " · ")
}

func lines(p *i18n.Printer, slots []music.QueueLine) string {
	var b strings.Builder
	used := 0
	for i, s := range slots {
		l := line(p, s)
		used += units(l) + 1
		if used > maxLines {
			b.WriteString(p.Count(i18n.QueueMore, len(slots)-i, nil))
			break
		}
		b.WriteString(l + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func line(p *i18n.Printer, s music.QueueLine) string {
	t := link(named(p, s.Title), s.URI, maxLineTitle)
	switch s.State {
	case music.SlotPending:
		t = p.Text(i18n.QueuePending, i18n.Args{"Title": t})
	case music.SlotWaiting:
		t = p.Text(i18n.QueueWaiting, i18n.Args{"Title": t})
	case music.SlotReady:
		t += inParentheses(length(p, s.Length, false))
	}
	by := user(s.By)
	if by != "" {
		by = " · " + by
	}
	return "`" + p.Number(s.Position) + ".` " + t + by
}
