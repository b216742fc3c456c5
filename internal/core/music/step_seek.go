package music

import "time"

// MaxPosition is how far one may seek in a track whose length is not known.
const MaxPosition = 24 * time.Hour

// seek goes to another position of the play: a given one, so far forward or
// back, or the beginning. Forward beyond the end is a skip.
func (s *step) seek(c Command, held *Player) {
	w := held.Play
	switch {
	case w == nil:
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	case w.Track.Stream():
		s.refuse(c.Reply, Refusal{Reason: ReasonNotSeekable})
		return
	}
	from := w.PositionAt(s.now)
	var to time.Duration
	kind := AnswerSeeked
	switch do := c.Do.(type) {
	case Replay:
		kind = AnswerReplayed
	case Seek:
		to = max(do.To, 0)
		if !w.within(to) {
			s.refuse(c.Reply, Refusal{Reason: ReasonBeyondEnd, Limit: int(w.end() / time.Second)})
			return
		}
	case SeekBy:
		// So bounded the sum does not overflow, and is beyond the end anyway.
		if do.By < 0 {
			kind = AnswerRewound
		}
		to = max(from+min(max(do.By, -w.end()), w.end()), 0)
		if !w.within(to) {
			s.pass(c, s.edit(held.Bot))
			return
		}
	}
	p := s.edit(held.Bot)
	n := p.Play.anchored(Anchor{Position: to, At: s.now, Speed: p.Play.Anchor.Speed}, s.now)
	n.Seeks++
	p.Play = n
	s.emit(PlayerSeeked{
		Bot: p.Bot, Play: n.ID, FromMS: from.Milliseconds(), PositionMS: to.Milliseconds(), By: c.Actor.User,
	})
	s.touch(p.Bot, AspectNode|AspectPanel)
	t := n.Track.Shown()
	s.respond(c.Reply, Answer{Kind: kind, Track: &t, At: to, Paused: p.Paused})
}

// end is where the play is over, MaxPosition where nobody knows.
func (p *Play) end() time.Duration {
	if p.Track.Length() > 0 {
		return p.Track.Length()
	}
	return MaxPosition
}

func (p *Play) within(pos time.Duration) bool { return pos < p.end() }
