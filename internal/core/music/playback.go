package music

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// advance starts the next track where nothing plays. A pending slot in front
// keeps its place until silence would last too long.
func (s *step) advance(p *Player) {
	if p.Play != nil || p.Halted {
		return
	}
	if s.surplus(p) {
		limit := s.g.Entitlements.Bots
		r := Refusal{Reason: ReasonNoBotFree, Limit: limit, Plan: plan.Lifts(limit, func(e plan.Entitlements) int { return e.Bots })}
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

func (s *step) begin(p *Player, i int) {
	q := p.Queue[i]
	p.Queue = replaced(p.Queue, i, 1)
	p.SilentSince = time.Time{}
	p.Paused = false
	p.Play = &Play{
		ID: PlayID(s.id()), Slot: q.ID, Track: q.Track, By: q.By, Phase: PhaseWanted, Since: s.now,
		Anchor: Anchor{At: s.now},
	}
	s.emit(PlayBegun{
		Bot: p.Bot, Play: p.Play.ID, Slot: q.ID, Channel: p.Voice.Want, Track: q.Track.Info(), By: q.By,
	})
	s.touch(p.Bot, AspectNode|AspectPanel)
}

// end is the end of a play, for a reason. It does not start the next.
func (s *step) end(p *Player, reason string, by UserID, synthesised bool) {
	if p.Play == nil {
		return
	}
	s.emit(PlayFinished{
		Bot: p.Bot, Play: p.Play.ID, Slot: p.Play.Slot, Reason: reason, By: by,
		HeardMS: p.Play.PositionAt(s.now).Milliseconds(), Synthesised: synthesised,
	})
	p.Play, p.Paused = nil, false
	s.touch(p.Bot, AspectNode|AspectPanel)
}

// finished ends a play that came to its end and starts the next.
func (s *step) finished(p *Player, synthesised bool) {
	s.end(p, "finished", "", synthesised)
	p.Failures = nil
	s.advance(p)
}

// failed ends a play that could not be played, and stops trying after too many.
func (s *step) failed(p *Player, reason string) {
	track := p.Play.Track
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
	w := *p.Play
	w.Anchor = Anchor{Position: p.Play.PositionAt(at), At: s.now}
	w.Phase = PhaseWanted
	w.Retries++
	p.Play = &w
	s.touch(p.Bot, AspectNode)
}

// freeze holds the position where it is, because what plays it is gone.
func (s *step) freeze(p *Player) {
	if p.Play == nil || p.Play.Anchor.Speed == 0 {
		return
	}
	w := *p.Play
	w.Anchor = Anchor{Position: p.Play.PositionAt(s.now), At: s.now}
	p.Play = &w
}

// drop ends everything a player does, in voice too.
func (s *step) drop(p *Player, why string, by UserID, r Refusal) {
	s.end(p, "left", by, false)
	s.clear(p, why, by, r)
	for _, o := range p.Owed {
		s.refuse(o.To, r)
	}
	p.Owed = nil
	p.Halted, p.Failures = false, nil
	// Its reasons to leave go with it, even while nobody looks at voices: a
	// deadline of a bot that is wanted nowhere would come due for ever.
	p.IdleAt, p.EmptyAt, p.AskedAt = time.Time{}, time.Time{}, time.Time{}
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
