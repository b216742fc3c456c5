package music

import (
	"slices"

	"github.com/atrilhq/platform/internal/core/plan"
)

// maxPool is how many bots a BotsView speaks of.
const maxPool = 100

// showHistory answers what was played: by the bot that a command names, else the
// one in the actor's channel, else one that is connected, else the one that
// played last, for history outlives a bot's leaving.
func (s *step) showHistory(c Command, do ShowHistory) {
	var p *Player
	rank := 0
	for _, q := range s.g.Players {
		if len(q.History) == 0 || c.Bot != "" && q.Bot != c.Bot {
			continue
		}
		n := 1
		switch {
		case q.Voice.Want == "":
		case q.Voice.Want == c.Actor.Voice:
			n = 3
		default:
			n = 2
		}
		if n > rank || n == rank && q.lastPlayed().After(p.lastPlayed()) {
			p, rank = q, n
		}
	}
	if p == nil {
		s.refuse(c.Reply, Refusal{Reason: ReasonNoHistory})
		return
	}
	v := s.g.HistoryPage(p, do.Page, PageSize)
	s.respond(c.Reply, Answer{Kind: AnswerHistory, History: &v})
}

// HistoryPage returns one page of what was played on a player, the latest first.
// Pages count from 1; one that is not there becomes the nearest that is.
func (g *Guild) HistoryPage(p *Player, page, size int) HistoryView {
	n := len(p.History)
	page, pages := paged(page, n, size)
	v := HistoryView{Bot: p.Bot, Page: page, Pages: pages, Total: n}
	for i := (page - 1) * size; i < min(page*size, n); i++ {
		q := p.History[n-1-i]
		v.Lines = append(v.Lines, HistoryLine{
			Position: i + 1, Title: q.Track.Title(), URI: q.Track.URI(), Length: q.Track.Length(), By: q.By, At: q.At,
		})
	}
	return v
}

func (s *step) showBots(c Command, do ShowBots) {
	v := s.g.Pool(do.Pool)
	s.respond(c.Reply, Answer{Kind: AnswerBots, Bots: &v})
}

// Pool returns what the bots of a pool do in the guild: those that are named
// first, in that order, and after them others that are here all the same.
func (g *Guild) Pool(first []BotID) BotsView {
	limit := g.Entitlements.Bots
	v := BotsView{Limit: limit, Plan: plan.Lifts(limit, func(e plan.Entitlements) int { return e.Bots })}
	for _, list := range [][]BotID{first, g.Bots} {
		for _, b := range list {
			known := slices.ContainsFunc(v.Bots, func(l BotLine) bool { return l.Bot == b })
			if b != "" && !known && len(v.Bots) < maxPool {
				v.Bots = append(v.Bots, g.botLine(b))
			}
		}
	}
	return v
}

func (g *Guild) botLine(b BotID) BotLine {
	l := BotLine{Bot: b, State: BotFree}
	p := g.Player(b)
	if p != nil {
		l.Waiting = len(p.Queue)
	}
	if p != nil && p.Voice.Want != "" {
		l.State, l.Channel = BotIn, p.Voice.Want
		if p.Play != nil {
			t := p.Play.Track.Shown()
			l.State, l.Track = BotPlaying, &t
			if p.Paused {
				l.State = BotPaused
			}
		}
	}
	switch {
	case !slices.Contains(g.Bots, b):
		l.State = BotMissing
	case slices.Contains(g.Away, b):
		l.State = BotOffline
	}
	return l
}
