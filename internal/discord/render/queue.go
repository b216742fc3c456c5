package render

import (
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
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
	e.Footer = footer(p, q.Page, q.Pages, q.Total, q.Length)
	return Message{Embed: e, Components: pages(p, q.Now.Bot, q.Page, q.Pages, pageControls{
		command.ControlQueueFirst, command.ControlQueuePrevious, command.ControlQueueNext, command.ControlQueueLast, command.ControlQueueRefresh,
	})}
}

func footer(p *i18n.Printer, page, of, total int, all time.Duration) string {
	if total == 0 {
		return ""
	}
	parts := []string{p.Text(i18n.QueuePage, i18n.Args{"Page": p.Number(page), "Pages": p.Number(of)})}
	parts = append(parts, p.Count(i18n.Tracks, total, nil))
	if all > 0 {
		parts = append(parts, p.Length(all))
	}
	return strings.Join(parts, " · ")
}

func lines(p *i18n.Printer, slots []music.QueueLine) string {
	all := make([]string, len(slots))
	for i, s := range slots {
		all[i] = line(p, s)
	}
	return page(all, func(left int) string { return p.Count(i18n.QueueMore, left, nil) })
}

// page joins lines as long as there is room, and says how many are left out.
func page(all []string, more func(left int) string) string {
	used := 0
	for i, l := range all {
		used += units(l) + 1
		if used > maxLines {
			return strings.Join(append(all[:i:i], more(len(all)-i)), "\n")
		}
	}
	return strings.Join(all, "\n")
}

func line(p *i18n.Printer, s music.QueueLine) string {
	t := slotTitle(p, s, link(named(p, s.Title), s.URI, maxLineTitle))
	return "`" + p.Number(s.Position) + ".` " + t + by(s.By)
}

// slotTitle says what is known of a place of the queue beside its title.
func slotTitle(p *i18n.Printer, s music.QueueLine, title string) string {
	switch s.State {
	case music.SlotPending:
		return p.Text(i18n.QueuePending, i18n.Args{"Title": title})
	case music.SlotWaiting:
		return p.Text(i18n.QueueWaiting, i18n.Args{"Title": title})
	case music.SlotReady:
		return title + inParentheses(length(p, s.Length, s.Stream))
	case music.SlotPlayed:
	}
	return title
}

// by names who asked for a track, behind it.
func by(u music.UserID) string {
	if s := user(u); s != "" {
		return " · " + s
	}
	return ""
}
