package render

import (
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/i18n"
)

// Bots returns the pool as a guild sees it: who plays where, and for each bot
// that is not there a link by which invite says that it can be brought. Where
// invite is nil or returns no address, there is none.
func Bots(p *i18n.Printer, v music.BotsView, invite func(music.BotID) string) Message {
	all := make([]string, len(v.Bots))
	var links []Button
	for i, b := range v.Bots {
		all[i] = bot(p, i+1, b)
		if b.State != music.BotMissing || invite == nil || len(links) == MaxRows*MaxButtons {
			continue
		}
		if u := URL(invite(b.Bot)); u != "" {
			links = append(links, Button{URL: u, Label: p.Text(i18n.ButtonInvite, i18n.Args{"Number": p.Number(i + 1)})})
		}
	}
	var parts []string
	if len(all) > 0 {
		parts = append(parts, page(all, func(left int) string { return p.Count(i18n.BotsMore, left, nil) }))
	} else {
		parts = append(parts, p.Text(i18n.BotsNone, nil))
	}
	if v.Limit > 0 {
		parts = append(parts, p.Count(i18n.BotsLimit, v.Limit, nil)+lifted(p, v.Plan))
	}
	m := Message{Embed: &Embed{Title: p.Text(i18n.BotsTitle, nil), Description: strings.Join(parts, "\n\n"), Color: colorPlaying}}
	for len(links) > 0 {
		n := min(len(links), MaxButtons)
		m.Components = append(m.Components, Row{Buttons: links[:n:n]})
		links = links[n:]
	}
	return m
}

// bot returns a line about one bot. One that is not in the guild is named by its
// number: nobody there can see who it is.
func bot(p *i18n.Printer, n int, b music.BotLine) string {
	who := user(music.UserID(b.Bot))
	if b.State == music.BotMissing || who == "" {
		who = p.Text(i18n.BotNumber, i18n.Args{"Number": p.Number(n)})
	}
	where := i18n.Args{"Title": botTitle(p, b.Track), "Channel": channel(b.Channel)}
	var sign, does string
	switch b.State {
	case music.BotPlaying:
		sign, does = "▶️", p.Text(i18n.BotPlaying, where)
	case music.BotPaused:
		sign, does = "⏸️", p.Text(i18n.BotPaused, where)
	case music.BotIn:
		sign, does = "💤", p.Text(i18n.BotConnected, where)
	case music.BotOffline:
		sign, does = "⚠️", p.Text(i18n.BotOfflineNow, nil)
	case music.BotMissing:
		sign, does = "➕", p.Text(i18n.BotMissing, nil)
	case music.BotFree:
		sign, does = "🟢", p.Text(i18n.BotFree, nil)
	default: // a state that a newer core knows
		return "▫️ " + who
	}
	s := sign + " " + who + " " + does
	if b.Waiting > 0 {
		s += " · " + p.Count(i18n.BotWaiting, b.Waiting, nil)
	}
	return s
}

func botTitle(p *i18n.Printer, t *music.Track) string {
	if t == nil {
		return ""
	}
	return link(named(p, t.Title), t.URI, maxLineTitle)
}
