package music

import "time"

// remember keeps what was played as the latest of the history. A node says only
// every few seconds how far it is: what it took and nobody waited for is kept
// too, though it does not count as heard.
func (s *step) remember(p *Player, w *Play) {
	if !w.Heard && w.Phase == PhaseWanted {
		return
	}
	q := &Slot{ID: w.Slot, State: SlotPlayed, Track: w.Track, By: w.By, At: s.now}
	p.History = replaced(p.History, len(p.History), 0, q)
	if n := len(p.History); n > HistoryLength {
		p.History = p.History[n-HistoryLength:]
	}
}

// goRound puts what is over at the end of a queue that loops, as a new place. It
// is never refused: it was let in before.
func (s *step) goRound(p *Player, w *Play) {
	if p.Loop != LoopQueue {
		return
	}
	q := &Slot{ID: SlotID(s.id()), State: SlotReady, Track: w.Track, By: w.By, At: s.now}
	p.Queue = replaced(p.Queue, len(p.Queue), 0, q)
	s.emit(TrackQueued{Bot: p.Bot, Slot: q.ID, Position: len(p.Queue), Track: q.Track.Info(), By: q.By})
}

// loop sets what is played again, or says it.
func (s *step) loop(c Command, held *Player, do SetLoop) {
	if do.Mode == "" {
		s.respond(c.Reply, Answer{Kind: AnswerLoopIs, Loop: held.Loop.orOff()})
		return
	}
	if held.Loop.orOff() != do.Mode {
		s.setLoop(s.edit(held.Bot), do.Mode, c.Actor.User)
	}
	s.respond(c.Reply, Answer{Kind: AnswerLoop, Loop: do.Mode})
}

// setLoop keeps a mode, LoopOff as the empty one.
func (s *step) setLoop(p *Player, m LoopMode, by UserID) {
	if p.Loop.orOff() == m {
		return
	}
	p.Loop = m
	if m == LoopOff {
		p.Loop = ""
	}
	s.emit(LoopChanged{Bot: p.Bot, Loop: m, By: by})
	s.touch(p.Bot, AspectPanel)
}

func (m LoopMode) orOff() LoopMode {
	if m == "" {
		return LoopOff
	}
	return m
}

// lastPlayed returns when the latest of the history ended.
func (p *Player) lastPlayed() time.Time {
	if n := len(p.History); n > 0 {
		return p.History[n-1].At
	}
	return time.Time{}
}
