package music

import (
	"slices"
	"time"
)

func (s *step) placed(b Placed) {
	held := s.g.Player(b.Bot)
	if held == nil || held.Node == b.Node {
		return
	}
	s.place(s.edit(b.Bot), b.Node)
	s.settleRecovery()
}

// place gives a player another node, or none. What the last one played is
// wanted again from where it was, and nobody has to look there any more.
func (s *step) place(p *Player, node NodeName) {
	if p.Play != nil && p.Node != "" {
		at := s.lastSeen()
		w := p.Play.anchored(Anchor{Position: p.Play.PositionAt(at), At: s.now}, at)
		w.Phase = PhaseWanted
		p.Play = w
	}
	p.Node = node
	s.emit(PlayerPlaced{Bot: p.Bot, Node: node})
	s.touch(p.Bot, AspectNode|AspectPanel)
	s.checked(p.Bot)
}

// nodeUp tries again what no node could do before.
func (s *step) nodeUp() {
	for _, p := range s.g.Players {
		if p.Unready > 0 {
			for _, q := range p.Queue {
				if q.State == SlotWaiting {
					s.effects = append(s.effects, Resolve{Slot: q.ID, Query: q.Query(), Limit: s.room(p.Bot) + 1})
				}
			}
		}
		if p.Play != nil && p.Node == "" {
			s.touch(p.Bot, AspectNode)
		}
	}
}

// nodeDown takes its players from a node. They keep where they were.
func (s *step) nodeDown(b NodeDown) {
	for _, held := range slices.Clone(s.g.Players) {
		if held.Node != b.Node || b.Node == "" {
			continue
		}
		s.place(s.edit(held.Bot), "")
	}
	s.settleRecovery()
}

// lastSeen is until when what played is known to have played: now, or for a
// guild that was just loaded until its predecessor was last alive.
func (s *step) lastSeen() time.Time {
	if s.g.alive.IsZero() {
		return s.now
	}
	return s.g.alive
}

func (s *step) nodeSnapshot(b NodeSnapshot) {
	held := s.g.Player(b.Bot)
	if held == nil {
		// A bot that was removed while nobody looked may have left a player there.
		if b.Play != "" {
			s.touch(b.Bot, AspectNode)
		}
		return
	}
	if held.Node == "" || b.Node != "" && b.Node != held.Node {
		// It says nothing of what plays elsewhere, but may have to be stopped.
		s.touch(b.Bot, AspectNode)
		return
	}
	defer s.settleRecovery()
	s.checked(b.Bot)
	switch {
	case held.Play == nil:
		if b.Play != "" {
			s.touch(b.Bot, AspectNode)
		}
	case held.Play.ID == b.Play:
		s.confirm(held, b)
	default:
		at := s.now
		if b.Fresh {
			at = s.lastSeen()
		}
		p := s.edit(b.Bot)
		if l := p.Play.Track.Length(); l > 0 && p.Play.PositionAt(at) >= l-endTolerance && p.Play.Phase == PhaseSounding {
			s.finished(p, true)
			return
		}
		if b.Fresh && p.Play.Phase == PhaseWanted {
			s.touch(p.Bot, AspectNode)
			return
		}
		s.lost(p, at)
	}
}

// confirm takes over what a node says of the play that is wanted.
func (s *step) confirm(held *Player, b NodeSnapshot) {
	if b.Paused != held.Paused {
		s.touch(held.Bot, AspectNode)
	}
	if b.Seeks != held.Play.Seeks {
		// It has not gone where it was sent yet: its position is of before.
		s.touch(held.Bot, AspectNode)
		return
	}
	if b.Position <= 0 && held.Play.Phase != PhaseSounding {
		// It was taken and gives no sound yet; since when is known already.
		return
	}
	speed := held.Play.Anchor.Speed
	if b.Position > 0 && speed == 0 && !held.Paused {
		speed = 1
	}
	s.anchor(held, b.Position, speed)
}

// anchor keeps where the node is in a play. The first position above 0 is when
// the play was heard: a node says that a track started before it has audio.
func (s *step) anchor(held *Player, pos time.Duration, speed float64) {
	p := s.edit(held.Bot)
	// While its voice is renewed nobody hears it, whatever the node said before.
	if p.Paused || p.Voice.Reset || !(speed*MaxSpeed >= 1 && speed <= MaxSpeed) {
		speed = 0
	}
	pos = max(pos, 0)
	w := p.Play.anchored(Anchor{Position: pos, At: s.now, Speed: speed}, s.now)
	if pos > 0 && w.Phase != PhaseSounding {
		w.Phase, w.Retries = PhaseSounding, 0
		p.Voice.Resets = 0
		if !w.Heard {
			w.Heard = true
			s.emit(PlaySounding{Bot: p.Bot, Play: w.ID, Node: p.Node})
		}
	}
	p.Play = w
}

func (s *step) playStarted(b PlayStarted) {
	held := s.playing(b.Bot, b.Play)
	if held == nil || held.Play.Phase != PhaseWanted {
		return
	}
	p := s.edit(b.Bot)
	w := *p.Play
	w.Phase = PhaseStarted
	p.Play = &w
}

func (s *step) playPosition(b PlayPosition) {
	if held := s.playing(b.Bot, b.Play); held != nil && b.Seeks == held.Play.Seeks {
		s.anchor(held, b.Position, b.Speed)
	}
}

// playEnded reacts to a play's end. That the current play was replaced is the
// end of an earlier sounding of it, told late.
func (s *step) playEnded(b PlayEnded) {
	if s.playing(b.Bot, b.Play) == nil || b.Reason == EndReplaced {
		return
	}
	p := s.edit(b.Bot)
	switch b.Reason {
	case EndFinished:
		if s.overtaken(p.Play, b) {
			s.lost(p, s.now)
			return
		}
		s.finished(p, false)
	case EndLoadFailed:
		s.failed(p, "failed")
	case EndCleanup:
		// The voice link of the player is dead; the play goes on over a new one.
		s.lost(p, s.now)
		if p.Play != nil && p.Voice.Channel != "" && !p.Voice.Reset {
			s.rejoin(p)
		}
	case EndStopped:
		s.lost(p, s.now)
	case EndReplaced:
	}
}

// overtaken is true for an end that a member has just sought away from: the node
// had come to it before it heard of the seek, and plays from there when asked
// again. A node that does not say which seek it has carried out is believed
// wherever that end may be the real one.
func (s *step) overtaken(w *Play, b PlayEnded) bool {
	return b.Seeks < w.Seeks && s.now.Sub(w.Anchor.At) < LateReport && w.PositionAt(s.now) < w.end()-endTolerance
}

func (s *step) playException(b PlayException) {
	if s.playing(b.Bot, b.Play) != nil {
		s.emit(PlayFailed{Bot: b.Bot, Play: b.Play, Reason: "exception", Detail: short(b.Message)})
	}
}

// playStuck acts itself: the node says it once and keeps the track.
func (s *step) playStuck(b PlayStuck) {
	if s.playing(b.Bot, b.Play) == nil {
		return
	}
	p := s.edit(b.Bot)
	s.emit(PlayFailed{Bot: b.Bot, Play: b.Play, Reason: "stuck"})
	s.failed(p, "stuck")
}
