package music

import "slices"

// tooLate refuses a second member's skip of what was skipped just now: both
// meant the same track.
func (s *step) tooLate(c Command, held *Player) *Refusal {
	last := held.LastSkip
	another := last.By != "" && last.By != c.Actor.User && s.now.Sub(last.At) < SkipWindow
	if another && (held.Play == nil || !held.Play.Since.Before(last.At)) {
		return &Refusal{Reason: ReasonAlreadySkipped, User: last.By}
	}
	return nil
}

func (s *step) skip(c Command, held *Player) {
	if held.Halted {
		s.unhalt(c, held)
		return
	}
	r := s.tooLate(c, held)
	if r == nil && held.Play == nil {
		r = &Refusal{Reason: ReasonNothingPlaying}
	}
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	s.pass(c, s.edit(held.Bot))
}

// pass skips what plays and answers with what follows.
func (s *step) pass(c Command, p *Player) {
	t := p.Play.Track.Shown()
	s.skipped(p, c.Actor.User)
	s.advance(p)
	a := Answer{Kind: AnswerSkipped, Track: &t}
	// Where something is still looked up nobody knows yet what follows.
	if p.Play != nil || len(p.Queue) == 0 {
		now := s.g.Now(p, s.now)
		a.Now = &now
	}
	s.respond(c.Reply, a)
}

// skipTo goes on with a place of the queue. One that is not resolved yet comes
// to the front and plays as soon as it is.
func (s *step) skipTo(c Command, held *Player, do SkipTo) {
	i, r := place(held, do.Position, do.Slot)
	if r == nil && do.Slot == "" {
		r = s.tooLate(c, held)
	}
	if r == nil {
		r = s.noMore(held)
	}
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	p := s.edit(held.Bot)
	p.Halted, p.Failures = false, nil
	s.skipped(p, c.Actor.User)
	over, rest := p.Queue[:i], p.Queue[i:]
	if p.Loop == LoopQueue {
		p.Queue = slices.Concat(rest, over)
	} else {
		p.Queue = slices.Clone(rest)
		s.gone(p, over, "passed", c.Actor.User)
	}
	to := p.Queue[0]
	s.advance(p)
	a := Answer{Kind: AnswerSkippedTo, Track: to.shown(), Count: i}
	now := s.g.Now(p, s.now)
	a.Now = &now
	s.touch(p.Bot, AspectPanel)
	s.respond(c.Reply, a)
}

// previous plays what played before. What plays now comes after it.
func (s *step) previous(c Command, held *Player) {
	n := len(held.History)
	r := s.tooLate(c, held)
	switch {
	case r != nil:
	case n == 0:
		r = &Refusal{Reason: ReasonNoHistory}
	case len(held.Queue) >= s.g.Entitlements.QueueLength+HistoryLength:
		limit := s.g.Entitlements.QueueLength
		r = &Refusal{Reason: ReasonQueueFull, Limit: limit, Plan: liftsQueue(limit)}
	default:
		r = s.noMore(held)
	}
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	p := s.edit(held.Bot)
	back := p.History[n-1]
	p.History = replaced(p.History, n-1, 1)
	p.Halted, p.Failures = false, nil
	if w := s.over(p, "skipped", c.Actor.User, false); w != nil {
		q := &Slot{ID: w.Slot, State: SlotReady, Track: w.Track, By: w.By, At: s.now}
		p.Queue = replaced(p.Queue, 0, 0, q)
		s.emit(TrackQueued{Bot: p.Bot, Slot: q.ID, Position: 1, Track: q.Track.Info(), By: q.By})
	}
	p.LastSkip = SkipMark{By: c.Actor.User, At: s.now}
	if p.Loop == LoopQueue {
		s.unwind(p, back, c.Actor.User)
	}
	s.start(p, back.ID, back.Track, back.By)
	t := back.Track.Shown()
	now := s.g.Now(p, s.now)
	s.respond(c.Reply, Answer{Kind: AnswerPrevious, Track: &t, Now: &now})
}

// unwind takes the copy of a track out that a looping queue put at its end when
// the track was over: it plays again instead of waiting for its turn.
func (s *step) unwind(p *Player, back *Slot, by UserID) {
	for i, q := range slices.Backward(p.Queue) {
		if q.State == SlotReady && q.Track.key() == back.Track.key() {
			p.Queue = replaced(p.Queue, i, 1)
			s.gone(p, []*Slot{q}, "passed", by)
			return
		}
	}
}
