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
	if _, ok := c.Do.(ShowQueue); ok && p == nil {
		p = s.g.Player(s.keeper(c.Bot, c.Actor.Voice))
	}
	if p == nil {
		r := Refusal{Reason: ReasonNothingPlaying}
		if _, ok := c.Do.(ShowQueue); ok {
			r.Reason = ReasonQueueEmpty
		}
		s.refuse(c.Reply, r)
		return
	}
	if do, ok := c.Do.(ShowQueue); ok {
		v := s.g.QueuePage(p, do.Page, PageSize, s.now)
		s.respond(c.Reply, Answer{Kind: AnswerQueue, Queue: &v})
		return
	}
	if p.Play == nil {
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	}
	a := Answer{Kind: AnswerNowPlaying}
	if _, ok := c.Do.(Grab); ok {
		a.Kind = AnswerGrab
	}
	v := s.g.Now(p, s.now)
	a.Now = &v
	s.respond(c.Reply, a)
}

// Now returns what sounds on a player at a time.
func (g *Guild) Now(p *Player, now time.Time) NowView {
	v := NowView{
		Bot: p.Bot, Channel: p.Voice.Want, Paused: p.Paused, Volume: p.Volume, Waiting: len(p.Queue),
		Halted: p.Halted, Suppressed: p.Voice.Suppressed, Loop: p.Loop, Previous: len(p.History) > 0,
		Next: lines(p.Queue, 0, UpNext),
	}
	if p.Play != nil {
		t := p.Play.Track.Shown()
		v.Play, v.Track, v.By = p.Play.ID, &t, p.Play.By
		v.Position = p.Play.PositionAt(now)
		v.NoNode = p.Node == ""
		v.Sounding, v.Anchor = p.Play.Phase == PhaseSounding, p.Play.Anchor
	}
	return v
}

// QueuePage returns one page of what waits on a player. Pages count from 1; one
// that is not there becomes the nearest that is.
func (g *Guild) QueuePage(p *Player, page, size int, now time.Time) QueueView {
	page, pages := paged(page, len(p.Queue), size)
	v := QueueView{Now: g.Now(p, now), Page: page, Pages: pages, Total: len(p.Queue)}
	for _, q := range p.Queue {
		v.Length += q.Track.Length()
	}
	v.Slots = lines(p.Queue, (page-1)*size, size)
	return v
}

// paged returns a page that there is, the nearest to the one asked for, and how
// many there are.
func paged(page, total, size int) (at, pages int) {
	pages = max(1, (total+size-1)/size)
	return min(max(page, 1), pages), pages
}

// lines returns what is shown of n places of a queue, from one on.
func lines(queue []*Slot, from, n int) []QueueLine {
	queue = queue[from:min(from+n, len(queue))]
	if len(queue) == 0 {
		return nil
	}
	out := make([]QueueLine, len(queue))
	for i, q := range queue {
		out[i] = QueueLine{
			Slot: q.ID, Position: from + i + 1, State: q.State, Title: q.Track.Title(), URI: q.Track.URI(),
			Length: q.Track.Length(), Stream: q.Track.Stream(), By: q.By,
		}
		if q.State != SlotReady {
			out[i].Title = q.Query().Text
		}
	}
	return out
}
