package music

import "time"

// PageSize is how many places of a queue a page shows.
const PageSize = 10

// show answers what sounds or what waits. Reading asks for no channel: the
// player of the actor's channel is shown, else the first that is connected.
func (s *step) show(c Command) {
	var p *Player
	for _, q := range s.g.Players {
		if q.Voice.Want == "" || (c.Bot != "" && q.Bot != c.Bot) {
			continue
		}
		if p == nil || (c.Actor.Voice != "" && q.Voice.Want == c.Actor.Voice) {
			p = q
		}
	}
	if p == nil {
		s.refuse(c.Reply, Refusal{Reason: ReasonNotConnected})
		return
	}
	switch do := c.Do.(type) {
	case ShowQueue:
		v := s.g.QueuePage(p, do.Page, PageSize, s.now)
		s.respond(c.Reply, Answer{Kind: AnswerQueue, Queue: &v})
	case ShowNowPlaying:
		if p.Play == nil {
			s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
			return
		}
		v := s.g.Now(p, s.now)
		s.respond(c.Reply, Answer{Kind: AnswerNowPlaying, Now: &v})
	}
}

// Now returns what sounds on a player at a time.
func (g *Guild) Now(p *Player, now time.Time) NowView {
	v := NowView{
		Bot: p.Bot, Channel: p.Voice.Want, Paused: p.Paused, Volume: p.Volume, Waiting: len(p.Queue),
	}
	if p.Play != nil {
		t := p.Play.Track
		v.Play, v.Track, v.By = p.Play.ID, &t, p.Play.By
		v.Position = p.Play.PositionAt(now)
		v.NoNode = p.Node == ""
	}
	return v
}

// QueuePage returns one page of what waits on a player. Pages count from 1; one
// that is not there becomes the nearest that is.
func (g *Guild) QueuePage(p *Player, page, size int, now time.Time) QueueView {
	pages := max(1, (len(p.Queue)+size-1)/size)
	page = min(max(page, 1), pages)
	v := QueueView{Now: g.Now(p, now), Page: page, Pages: pages, Total: len(p.Queue)}
	for _, q := range p.Queue {
		v.Length += q.Track.Length
	}
	from := (page - 1) * size
	for i, q := range p.Queue[from:min(from+size, len(p.Queue))] {
		line := QueueLine{
			Position: from + i + 1, State: q.State, Title: q.Track.Title, URI: q.Track.URI, Length: q.Track.Length, By: q.By,
		}
		if q.State != SlotReady {
			line.Title = q.Query.Text
		}
		v.Slots = append(v.Slots, line)
	}
	return v
}
