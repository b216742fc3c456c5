package music

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// replaced returns a queue in which n slots from i on are others. It never
// writes to the one it is given.
func replaced(q []*Slot, i, n int, with ...*Slot) []*Slot {
	out := make([]*Slot, 0, len(q)-n+len(with))
	out = append(out, q[:i]...)
	out = append(out, with...)
	return append(out, q[i+n:]...)
}

// slot finds a slot that is not ready.
func (s *step) slot(id SlotID) (*Player, int) {
	for _, p := range s.g.Players {
		if p.Unready == 0 {
			continue
		}
		if i := slices.IndexFunc(p.Queue, func(q *Slot) bool { return q.ID == id }); i >= 0 {
			return p, i
		}
	}
	return nil, 0
}

func (s *step) enqueue(c Command, do Enqueue) {
	q, refusal := ParseQuery(do.Query)
	if refusal != nil {
		s.refuse(c.Reply, *refusal)
		return
	}
	bot, refusal := s.choose(c)
	if refusal != nil {
		s.refuse(c.Reply, *refusal)
		return
	}
	room := s.room(bot)
	if from := s.keeper(bot, c.Actor.Voice); from != "" {
		room = s.room(from)
	}
	if room <= 0 {
		limit := s.g.Entitlements.QueueLength
		s.refuse(c.Reply, Refusal{Reason: ReasonQueueFull, Limit: limit, Plan: liftsQueue(limit)})
		return
	}
	s.takeUp(bot, c.Actor.Voice)
	p := s.edit(bot)
	slot := &Slot{
		ID: SlotID(s.id()), State: SlotPending, By: c.Actor.User, At: s.now,
		Pending: &Pending{Query: q, Deadline: s.now.Add(ResolveWithin), Reply: c.Reply},
	}
	at := len(p.Queue)
	if do.Next {
		at = 0
	}
	p.Queue = replaced(p.Queue, at, 0, slot)
	p.Unready++
	if p.Halted {
		p.Halted, p.Failures = false, nil
	}
	s.settleText(p, c.Actor.Text)
	s.connect(p, c.Actor.Voice)
	s.emit(PlayRequested{Bot: bot, Slot: slot.ID, Query: q.Text, By: slot.By, Next: do.Next})
	s.effects = append(s.effects, Resolve{Slot: slot.ID, Query: q, Limit: room})
	s.advance(p)
}

func liftsQueue(limit int) plan.Name {
	return plan.Lifts(limit, func(e plan.Entitlements) int { return e.QueueLength })
}

// room is how many more tracks a bot's queue may hold.
func (s *step) room(bot BotID) int {
	used := 0
	if p := s.g.Player(bot); p != nil {
		used = len(p.Queue)
	}
	return s.g.Entitlements.QueueLength - used
}

// settleText says where panels and notices go: where the member spoke, unless
// the guild has a channel for them.
func (s *step) settleText(p *Player, text ChannelID) {
	if to := s.g.Settings.Announce; to != "" {
		text = to
	}
	if text != "" && p.Text != text {
		p.Text = text
		s.touch(p.Bot, AspectPanel)
	}
}

func (s *step) resolved(r Resolved) {
	held, i := s.slot(r.Slot)
	if held == nil || held.Queue[i].State == SlotReady {
		return
	}
	old := held.Queue[i]
	if r.Failure == FailureNoNode {
		s.waitForNode(held, i)
		return
	}
	p := s.edit(held.Bot)
	if r.Failure != FailureNone || len(r.Tracks) == 0 {
		s.reject(p, i, rejection(r.Failure), Refusal{Reason: reasonOf(r.Failure), Query: old.Query().Text})
		s.advance(p)
		return
	}
	room := s.g.Entitlements.QueueLength - len(p.Queue) + 1
	if r.Playlist == "" {
		room = 1 // words may find many; the first one is what was asked for
	}
	tracks := r.Tracks[:min(len(r.Tracks), max(room, 1))]
	slots := make([]*Slot, len(tracks))
	var k Keeper
	for n := range tracks {
		slots[n] = &Slot{ID: old.ID, State: SlotReady, By: old.By, At: old.At}
		if n > 0 {
			slots[n].ID = SlotID(s.id())
		}
		slots[n].ID, slots[n].Track = k.Keep(slots[n].ID, &tracks[n])
	}
	p.Queue = replaced(p.Queue, i, 1, slots...)
	p.Unready--
	s.touch(p.Bot, AspectPanel)
	answer := s.queued(p, i, slots, r)
	s.advance(p)
	if p.Voice.Want == "" && !p.Kept.Waits() {
		// The plan has no room for the bot any more, and it left with its queue.
		s.refuse(old.Reply(), s.noBotFree())
		return
	}
	if p.Play != nil && p.Play.Slot == old.ID && r.Playlist == "" {
		answer.Kind, answer.Position = AnswerPlaying, 0
	}
	o := Owed{To: old.Reply(), Answer: answer}
	if r.Playlist == "" {
		o.Slot = old.ID
	}
	s.owe(p, o)
}

// queued records that slots wait from place i on and returns the answer for it.
func (s *step) queued(p *Player, i int, slots []*Slot, r Resolved) Answer {
	if r.Playlist == "" {
		t := slots[0].Track.Shown()
		s.emit(TrackQueued{Bot: p.Bot, Slot: slots[0].ID, Position: i + 1, Track: t.Info(), By: slots[0].By})
		return Answer{Kind: AnswerQueued, Track: &t, Position: i + 1}
	}
	ids := make([]SlotID, len(slots))
	for n, q := range slots {
		ids[n] = q.ID
	}
	total := max(r.Total, len(r.Tracks))
	s.emit(PlaylistQueued{
		Bot: p.Bot, Name: r.Playlist, Added: len(slots), Total: total, Position: i + 1, By: slots[0].By, Slots: ids,
	})
	a := Answer{Kind: AnswerPlaylist, Title: r.Playlist, Added: len(slots), Total: total, Position: i + 1}
	if len(slots) < total {
		a.Limit = s.g.Entitlements.QueueLength
		a.Plan = liftsQueue(a.Limit)
	}
	return a
}

// owe gives an answer now, or once the bot has joined.
func (s *step) owe(p *Player, o Owed) {
	if !o.To.Owed() {
		return
	}
	if p.Voice.JoinBy.IsZero() {
		s.respond(o.To, o.Answer)
		return
	}
	p.Owed = append(slices.Clip(p.Owed), o)
}

// settleOwed gives the answer that waits for the bot to have joined and speaks of
// a slot: by now something else became of that.
func (s *step) settleOwed(p *Player, slot SlotID, a Answer) {
	for i, o := range p.Owed {
		if slot != "" && o.Slot == slot {
			s.respond(o.To, a)
			p.Owed = slices.Concat(p.Owed[:i], p.Owed[i+1:])
			return
		}
	}
}

// waitForNode keeps a slot that nobody could resolve until a node returns.
func (s *step) waitForNode(p *Player, i int) {
	old := p.Queue[i]
	if old.State == SlotWaiting {
		return
	}
	w := *old
	w.State, w.Pending = SlotWaiting, &Pending{Query: old.Query()}
	e := s.edit(p.Bot)
	e.Queue = replaced(e.Queue, i, 1, &w)
	s.owe(e, Owed{
		To: old.Reply(), Answer: Answer{Kind: AnswerWaitingForNode, Title: old.Query().Text, Position: i + 1}, Slot: old.ID,
	})
	s.advance(e)
}

// reject takes a slot that is not ready out of the queue and says why.
func (s *step) reject(p *Player, i int, why string, r Refusal) {
	old := p.Queue[i]
	p.Queue = replaced(p.Queue, i, 1)
	p.Unready--
	s.emit(TrackRejected{Bot: p.Bot, Slot: old.ID, Reason: why, By: old.By})
	s.refuse(old.Reply(), r)
	s.touch(p.Bot, AspectPanel)
}

func rejection(f ResolveFailure) string {
	if f == FailureNone {
		return string(FailureNotFound)
	}
	return string(f)
}

func reasonOf(f ResolveFailure) Reason {
	switch f {
	case FailureDenied:
		return ReasonAddressDenied
	case FailureUnknown:
		return ReasonURLUnsupported
	case FailureLoad:
		return ReasonLoadFailed
	case FailureNone, FailureNotFound, FailureNoNode:
	}
	return ReasonNotFound
}

// clear empties the queue and answers whoever still waited for a slot of it.
func (s *step) clear(p *Player, why string, by UserID, r Refusal) int {
	n := len(p.Queue)
	if n == 0 {
		return 0
	}
	if p.Unready > 0 {
		for _, q := range p.Queue {
			if q.State == SlotPending {
				s.refuse(q.Reply(), r)
			}
		}
	}
	p.Queue, p.Unready, p.SilentSince = nil, 0, time.Time{}
	s.emit(QueueCleared{Bot: p.Bot, Removed: n, By: by, Reason: why})
	s.touch(p.Bot, AspectPanel)
	return n
}
