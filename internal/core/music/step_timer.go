package music

import (
	"slices"
	"time"
)

// loaded takes a guild up from its rows. What was asked of the outside before
// is asked again; timers stay quiet until voice and nodes have been looked at.
func (s *step) loaded(b Loaded) {
	s.g.alive = b.AliveUntil
	if s.g.alive.IsZero() {
		s.g.alive = s.now
	}
	s.g.unseen, s.g.unchecked, s.g.unheard = nil, nil, true
	for _, p := range s.g.Players {
		if p.Voice.Want != "" && !slices.Contains(s.g.Away, p.Bot) {
			s.g.unseen = append(s.g.unseen, p.Bot)
		}
		if p.Play != nil && p.Node != "" {
			s.g.unchecked = append(s.g.unchecked, p.Bot)
		}
		if p.Unready > 0 {
			for _, q := range p.Queue {
				if q.State != SlotReady {
					s.effects = append(s.effects, Resolve{Slot: q.ID, Query: q.Query(), Limit: s.room(p.Bot) + 1})
				}
			}
		}
		s.touch(p.Bot, AspectVoice|AspectNode|AspectPanel)
	}
	s.settleRecovery()
}

func without(bots []BotID, bot BotID) []BotID {
	i := slices.Index(bots, bot)
	if i < 0 {
		return bots
	}
	return slices.Concat(bots[:i], bots[i+1:])
}

func (s *step) seen(bot BotID)    { s.g.unseen = without(s.g.unseen, bot) }
func (s *step) checked(bot BotID) { s.g.unchecked = without(s.g.unchecked, bot) }

// settleRecovery ends the recovery once everything was looked at. Deadlines
// that passed while nobody looked get some time more.
func (s *step) settleRecovery() {
	if s.g.alive.IsZero() || s.g.Recovering() {
		return
	}
	s.g.alive = time.Time{}
	for _, held := range slices.Clone(s.g.Players) {
		s.grace(held)
		// What was put off while it was not known what is really so.
		s.touch(held.Bot, AspectVoice|AspectNode)
	}
}

func (s *step) grace(held *Player) {
	later := s.now.Add(OverdueGrace)
	due := func(t time.Time) bool { return !t.IsZero() && !t.After(s.now) }
	if due(held.IdleAt) || due(held.EmptyAt) || due(held.Voice.JoinBy) || due(held.SurplusAt) {
		p := s.edit(held.Bot)
		for _, t := range []*time.Time{&p.IdleAt, &p.EmptyAt, &p.Voice.JoinBy, &p.SurplusAt} {
			if due(*t) {
				*t = later
			}
		}
	}
	if held.Unready == 0 || !slices.ContainsFunc(held.Queue, func(q *Slot) bool { return due(q.Deadline()) }) {
		return
	}
	p := s.edit(held.Bot)
	p.Queue = slices.Clone(p.Queue)
	for i, q := range p.Queue {
		if due(q.Deadline()) {
			w, asked := *q, *q.Pending
			asked.Deadline = later
			w.Pending = &asked
			p.Queue[i] = &w
		}
	}
}

// Deadline returns when the guild wants a Tick, zero for never. While it
// recovers it wants none.
func (g *Guild) Deadline() time.Time {
	var first time.Time
	soon := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if g.Recovering() {
		return first
	}
	for _, p := range g.Players {
		soon(p.Voice.JoinBy)
		soon(p.IdleAt)
		soon(p.EmptyAt)
		soon(p.AskedAt)
		soon(p.Kept.Until)
		soon(p.SurplusAt)
		soon(p.Play.overBy())
		if p.Unready == 0 {
			continue
		}
		ready := false
		for _, q := range p.Queue {
			soon(q.Deadline())
			ready = ready || q.State == SlotReady
		}
		if ready && p.Play == nil && !p.Halted && !p.SilentSince.IsZero() {
			soon(p.SilentSince.Add(SilenceWithin))
		}
	}
	return first
}

func (s *step) tick() {
	if s.g.Recovering() {
		return
	}
	due := func(t time.Time) bool { return !t.IsZero() && !t.After(s.now) }
	for _, held := range slices.Clone(s.g.Players) {
		if held.Unready > 0 {
			s.expire(held, due)
		}
		if p := s.g.Player(held.Bot); due(p.Play.overBy()) {
			// The word for its end was lost; silence would last for ever.
			s.finished(s.edit(p.Bot), true)
		}
		if p := s.g.Player(held.Bot); due(p.AskedAt) {
			w := s.edit(p.Bot)
			w.AskedAt = time.Time{}
			if w.Voice.Suppressed && w.Voice.Channel == w.Voice.Want {
				s.notify(w, Answer{Kind: AnswerSuppressed, Channel: w.Voice.Want})
			}
		}
		switch p := s.g.Player(held.Bot); {
		case due(p.Kept.Until):
			s.drop(s.edit(p.Bot), "idle", "", Refusal{Reason: ReasonCancelled})
		case due(p.Voice.JoinBy) && p.Voice.Gone:
			s.thrownOut(s.edit(p.Bot))
		case due(p.Voice.JoinBy) && !p.Voice.Reset:
			s.joinFailed(s.edit(p.Bot))
		case due(p.SurplusAt):
			w, r := s.edit(p.Bot), s.noBotFree()
			s.notify(w, Answer{Kind: AnswerRefused, Refusal: &r})
			s.drop(w, "plan", "", r)
		case due(p.EmptyAt):
			w := s.edit(p.Bot)
			s.notify(w, Answer{Kind: AnswerLeftEmpty, Channel: w.Voice.Want})
			s.drop(w, "empty", "", Refusal{Reason: ReasonCancelled})
		case due(p.IdleAt):
			w := s.edit(p.Bot)
			s.notify(w, Answer{Kind: AnswerLeftIdle, Channel: w.Voice.Want})
			s.drop(w, "idle", "", Refusal{Reason: ReasonCancelled})
		case due(p.Voice.JoinBy):
			// It was not seen outside: Discord says nothing where it was there
			// already. It comes back in as if it had been.
			w := s.edit(p.Bot)
			w.Voice = Voice{Want: w.Voice.Want, JoinBy: s.now.Add(JoinWithin), Resets: w.Voice.Resets}
			s.touch(w.Bot, AspectVoice)
		}
	}
}

// expire fails the slots that were pending for too long, and lets a ready one
// pass those that still are when silence lasts too long.
func (s *step) expire(held *Player, due func(time.Time) bool) {
	for i := 0; i < len(held.Queue); {
		q := held.Queue[i]
		if q.State != SlotPending || !due(q.Deadline()) {
			i++
			continue
		}
		held = s.edit(held.Bot)
		s.reject(held, i, "timeout", Refusal{Reason: ReasonResolveTimeout, Query: q.Query().Text})
	}
	if held.Play == nil && !held.Halted && (len(held.Queue) > 0 || !held.SilentSince.IsZero()) {
		s.advance(s.edit(held.Bot))
	}
}

// joinFailed gives a join up. What came with it is not kept, unless the bot goes
// on for another one, and whoever waits for an answer gets this one.
func (s *step) joinFailed(p *Player) {
	ch := p.Voice.Want
	asked := len(p.Owed) > 0 || slices.ContainsFunc(p.Queue, func(q *Slot) bool { return q.Reply().Owed() })
	s.emit(JoinFailed{Bot: p.Bot, Channel: ch})
	if s.succeed(p) {
		return
	}
	if !asked {
		s.notify(p, Answer{Kind: AnswerJoinFailed, Channel: ch})
	}
	s.drop(p, "join_failed", "", Refusal{Reason: ReasonJoinTimeout, Channel: ch})
}
