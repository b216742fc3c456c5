package render

import (
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// history returns a page of what was played.
func history(p *i18n.Printer, h *music.HistoryView) Message {
	if h == nil || len(h.Lines) == 0 {
		return Message{Content: p.Text(i18n.HistoryEmpty, nil)}
	}
	all := make([]string, len(h.Lines))
	for i, l := range h.Lines {
		all[i] = "`" + p.Number(l.Position) + ".` " + link(named(p, l.Title), l.URI, maxLineTitle) +
			inParentheses(length(p, l.Length, false)) + by(l.By) + ago(l.At)
	}
	return Message{
		Embed: &Embed{
			Title:       p.Text(i18n.HistoryTitle, nil),
			Description: page(all, func(left int) string { return p.Count(i18n.QueueMore, left, nil) }),
			Footer:      footer(p, h.Page, h.Pages, h.Total, 0),
			Color:       colorQuiet,
		},
		Components: pages(p, h.Bot, h.Page, h.Pages, pageControls{
			command.ControlHistoryFirst, command.ControlHistoryPrevious, command.ControlHistoryNext, command.ControlHistoryLast, command.ControlHistoryRefresh,
		}),
	}
}

// ago is a time that each member's client writes in its own words and zone, and
// keeps up to date. Source: the message formatting reference of Discord's API.
func ago(at time.Time) string {
	if s := at.Unix(); s > 0 && s < 1<<40 {
		return " · <t:" + strconv.FormatInt(s, 10) + ":R>"
	}
	return ""
}
