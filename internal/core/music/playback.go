package music

import (
	"slices"
	"time"
)

// advance starts the next track where nothing plays. A pending slot in front
// keeps its place until silence would last too long.
func (s *step) advance(p *Player) {
	if p.Play != nil || p.Halted || p.Kept.Waits() {
		return
	}
	if s.surplus(p) {
		r := s.noBotFree()
		s.notify(p, Answer{Kind: AnswerRefused, Refusal: &r})
		s.drop(p, "plan", "", r)
		return
	}
	i := slices.IndexFunc(p.Queue, func(q *Slot) bool { return q.State == SlotReady })
	switch {
	case i == 0, i > 0 && !p.SilentSince.IsZero() && !s.now.Before(p.SilentSince.Add(SilenceWithin)):
		s.begin(p, i)
	case len(p.Queue) == 0:
		p.SilentSince = time.Time{}
	case p.SilentSince.IsZero():
		p.SilentSince = s.now
	}
}

// begin takes a ready slot out of the queue and starts it.
func (s *step) begin(p *Player, i int) {
	q := p.Queue[i]
	p.Queue = replaced(p.Queue, i, 1)
	s.start(p, q.ID, q.Track, q.By)
}

// start wants a track to sound from its beginning.
func (s *step) start(p *Player, slot SlotID, t Kept, by UserID) {
	p.SilentSince = time.Time{}
	p.Paused = false
	p.Play = &Play{
		ID: PlayID(s.id()), Slot: slot, Track: t, By: by, Phase: PhaseWanted, Since: s.now,
		Anchor: Anchor{At: s.now},
	}
	s.emit(PlayBegun{
		Bot: p.Bot, Play: p.Play.ID, Slot: slot, Channel: p.Voice.Want, Track: t.Info(), By: by,
	})
	s.touch(p.Bot, AspectNode|AspectPanel)
}

// end is the end of a play, for a reason. It does not start the next. What was
// heard becomes history.
func (s *step) end(p *Player, reason string, by UserID, synthesised bool) {
	w := s.over(p, reason, by, synthesised)
	if w == nil || !w.Heard && (reason == "failed" || reason == "stuck") {
		return
	}
	s.remember(p, w)
}

// over ends a play and returns it, nil where there was none.
func (s *step) over(p *Player, reason string, by UserID, synthesised bool) *Play {
	w := p.Play
	if w == nil {
		return nil
	}
	s.emit(PlayFinished{
		Bot: p.Bot, Play: w.ID, Slot: w.Slot, Reason: reason, By: by,
		HeardMS: w.PositionAt(s.now).Milliseconds(), Synthesised: synthesised, Heard: w.Heard,
		ListenedMS: w.ListenedAt(s.now).Milliseconds(), StartedAt: w.Since.UnixMilli(),
		Requester: w.By, Node: p.Node, Track: w.Track.Info(),
	})
	p.Play, p.Paused = nil, false
	s.touch(p.Bot, AspectNode|AspectPanel)
	return w
}

// finished ends a play that came to its end and starts the next, or the same
// again where it loops. What gave no sound does not loop: it would go round as
// fast as a node can say that it ended.
func (s *step) finished(p *Player, synthesised bool) {
	p.Failures = nil
	if w := p.Play; p.Loop == LoopTrack && w.Heard && !s.surplus(p) {
		s.over(p, "finished", "", synthesised)
		s.start(p, w.Slot, w.Track, w.By)
		return
	}
	w := s.over(p, "finished", "", synthesised)
	s.remember(p, w)
	if w.Heard {
		s.goRound(p, w)
	}
	s.advance(p)
}

// skipped ends a play at a member's wish. It does not start the next.
func (s *step) skipped(p *Player, by UserID) {
	if w := s.over(p, "skipped", by, false); w != nil {
		t := w.Track.Shown()
		s.settleOwed(p, w.Slot, Answer{Kind: AnswerSkipped, Track: &t})
		s.remember(p, w)
		s.goRound(p, w)
	}
	p.LastSkip = SkipMark{By: by, At: s.now}
}

// failed ends a play that could not be played, and stops trying after too many.
func (s *step) failed(p *Player, reason string) {
	track := p.Play.Track.Shown()
	s.end(p, reason, "", false)
	p.Failures = append(slices.Clip(p.Failures), s.now)
	if n := len(p.Failures); n >= MaxFailures {
		p.Halted = true
		s.emit(PlayerHalted{Bot: p.Bot, Failures: n})
		s.notify(p, Answer{Kind: AnswerHalted, Count: n, Track: &track})
		return
	}
	s.notify(p, Answer{Kind: AnswerPlayFailed, Track: &track})
	s.advance(p)
}

// lost asks the node again for a play that it does not have any more, from
// where it was at a time.
func (s *step) lost(p *Player, at time.Time) {
	if p.Play.Retries >= MaxRetries {
		s.emit(PlayFailed{Bot: p.Bot, Play: p.Play.ID, Reason: "lost"})
		s.failed(p, "failed")
		return
	}
	w := p.Play.anchored(Anchor{Position: p.Play.PositionAt(at), At: s.now}, at)
	w.Phase = PhaseWanted
	w.Retries++
	p.Play = w
	s.touch(p.Bot, AspectNode)
}

// freeze holds the position where it is, because what plays it is gone.
func (s *step) freeze(p *Player) {
	if p.Play == nil || p.Play.Anchor.Speed == 0 {
		return
	}
	p.Play = p.Play.anchored(Anchor{Position: p.Play.PositionAt(s.now), At: s.now}, s.now)
}

// drop ends everything a player does, in voice too.
func (s *step) drop(p *Player, why string, by UserID, r Refusal) {
	s.end(p, "left", by, false)
	s.clear(p, why, by, r)
	for _, o := range p.Owed {
		s.refuse(o.To, r)
	}
	p.Owed = nil
	s.depart(p, why, by)
}

// depart takes a player that has nothing to do any more out of voice.
func (s *step) depart(p *Player, why string, by UserID) {
	p.Halted, p.Failures = false, nil
	p.Tried, p.Kept = nil, KeptQueue{}
	s.setLoop(p, LoopOff, by)
	// Its reasons to leave go with it, even while nobody looks at voices: a
	// deadline of a bot that is wanted nowhere would come due for ever.
	p.IdleAt, p.EmptyAt, p.AskedAt, p.SurplusAt = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	p.SilentSince = time.Time{}
	if p.Voice.Want != "" {
		s.emit(VoiceLeft{Bot: p.Bot, Channel: p.Voice.Want, Reason: why})
	}
	p.Voice.Want, p.Voice.JoinBy, p.Voice.Resets = "", time.Time{}, 0
	if p.Voice.Channel == "" {
		p.Voice = Voice{}
	}
	s.touch(p.Bot, AspectVoice|AspectNode|AspectPanel)
}
