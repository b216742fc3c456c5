package music

import (
	"hash/fnv"
	"slices"
)

// shown is what people are shown of a place: its track, or while that is not
// known one that has the query for a title.
func (s *Slot) shown() *Track {
	t := s.Track.Shown()
	if s.State == SlotPending || s.State == SlotWaiting {
		t = Track{Title: s.Query().Text}
	}
	return &t
}

// key is what two places of the same track have in common.
func (t *Track) key() string {
	switch {
	case t.ISRC != "":
		return "isrc " + t.ISRC
	case t.URI != "":
		return "uri " + t.URI
	}
	return "id " + t.Source + " " + t.Identifier
}

// place finds a place of a queue by its slot or by its position, from 1.
func place(p *Player, position int, slot SlotID) (int, *Refusal) {
	if slot != "" {
		i := slices.IndexFunc(p.Queue, func(q *Slot) bool { return q.ID == slot })
		if i < 0 {
			return 0, &Refusal{Reason: ReasonGoneFromQueue}
		}
		return i, nil
	}
	return position - 1, positions(p, position)
}

// positions refuses those that a queue does not have.
func positions(p *Player, all ...int) *Refusal {
	if len(p.Queue) == 0 {
		return &Refusal{Reason: ReasonQueueEmpty}
	}
	for _, n := range all {
		if n < 1 || n > len(p.Queue) {
			return &Refusal{Reason: ReasonNoSuchPosition, Limit: len(p.Queue)}
		}
	}
	return nil
}

// gone records that slots were taken out of a queue and answers whoever still
// waited for one.
func (s *step) gone(p *Player, slots []*Slot, why string, by UserID) {
	if len(slots) == 0 {
		return
	}
	ids := make([]SlotID, len(slots))
	for i, q := range slots {
		ids[i] = q.ID
		if q.State != SlotReady {
			p.Unready--
			s.refuse(q.Reply(), Refusal{Reason: ReasonCancelled})
		}
		s.settleOwed(p, q.ID, Answer{Kind: AnswerRemoved, Count: 1, Track: q.shown()})
	}
	s.emit(QueueRemoved{Bot: p.Bot, Slots: ids, Reason: why, By: by})
	s.touch(p.Bot, AspectPanel)
}

// remove takes places out of the queue.
func (s *step) remove(c Command, held *Player, do Remove) {
	if len(held.Queue) == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonQueueEmpty})
		return
	}
	out, why, r := removal(held, do)
	if r == nil && len(out) == 0 {
		r = &Refusal{Reason: ReasonNothingToRemove, User: do.By}
	}
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	p := s.edit(held.Bot)
	kept := make([]*Slot, 0, len(p.Queue)-len(out))
	next := 0
	for _, q := range p.Queue {
		if next < len(out) && out[next] == q {
			next++
			continue
		}
		kept = append(kept, q)
	}
	p.Queue = kept
	s.gone(p, out, why, c.Actor.User)
	s.advance(p)
	a := Answer{Kind: AnswerRemoved, Count: len(out)}
	if len(out) == 1 {
		a.Track = out[0].shown()
	}
	s.respond(c.Reply, a)
}

// removal returns what is to be removed, in the order of the queue.
func removal(p *Player, do Remove) (out []*Slot, why string, r *Refusal) {
	switch {
	case do.Slot != "":
		i, r := place(p, 0, do.Slot)
		if r != nil {
			return nil, "", r
		}
		return p.Queue[i : i+1], "slot", nil
	case do.Duplicates:
		had := make(map[string]bool, len(p.Queue))
		for _, q := range p.Queue {
			if q.State != SlotReady {
				continue
			}
			k := q.Track.key()
			if had[k] {
				out = append(out, q)
			}
			had[k] = true
		}
		return out, "duplicates", nil
	case do.By != "":
		for _, q := range p.Queue {
			if q.By == do.By {
				out = append(out, q)
			}
		}
		return out, "member", nil
	}
	to := do.To
	if to == 0 {
		to = do.From
	}
	if r := positions(p, do.From, to); r != nil {
		return nil, "", r
	}
	why = "range"
	if to == do.From {
		why = "position"
	}
	// Which end is named first makes no difference.
	return p.Queue[min(do.From, to)-1 : max(do.From, to)], why, nil
}

// move puts a place of the queue somewhere else.
func (s *step) move(c Command, held *Player, do Move) {
	if r := positions(held, do.From, do.To); r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	q := held.Queue[do.From-1]
	if do.From == do.To {
		s.respond(c.Reply, Answer{Kind: AnswerUnmoved, Track: q.shown(), Position: do.To})
		return
	}
	p := s.edit(held.Bot)
	p.Queue = replaced(replaced(p.Queue, do.From-1, 1), do.To-1, 0, q)
	s.emit(QueueMoved{Bot: p.Bot, Slot: q.ID, From: do.From, To: do.To, By: c.Actor.User})
	s.touch(p.Bot, AspectPanel)
	s.advance(p)
	s.respond(c.Reply, Answer{Kind: AnswerMoved, Track: q.shown(), Position: do.To})
}

// swap exchanges two places of the queue.
func (s *step) swap(c Command, held *Player, do Swap) {
	if r := positions(held, do.A, do.B); r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	a, b := held.Queue[do.A-1], held.Queue[do.B-1]
	if do.A == do.B {
		s.respond(c.Reply, Answer{Kind: AnswerUnmoved, Track: a.shown(), Position: do.A})
		return
	}
	p := s.edit(held.Bot)
	p.Queue = slices.Clone(p.Queue)
	p.Queue[do.A-1], p.Queue[do.B-1] = b, a
	s.emit(QueueMoved{Bot: p.Bot, Slot: a.ID, From: do.A, To: do.B, Other: b.ID, By: c.Actor.User})
	s.touch(p.Bot, AspectPanel)
	s.advance(p)
	s.respond(c.Reply, Answer{Kind: AnswerSwapped, Track: a.shown(), Position: do.B, Other: b.shown()})
}

// shuffle mixes what waits. How is decided by the id of the input, so that a
// second run mixes in the same way.
func (s *step) shuffle(c Command, held *Player) {
	n := len(held.Queue)
	if n == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonQueueEmpty})
		return
	}
	if n > 1 {
		p := s.edit(held.Bot)
		p.Queue = slices.Clone(p.Queue)
		h := fnv.New64a()
		_, _ = h.Write([]byte(s.in.ID))
		d := deck(h.Sum64())
		for i := n - 1; i > 0; i-- {
			j := d.below(i + 1)
			p.Queue[i], p.Queue[j] = p.Queue[j], p.Queue[i]
		}
		s.emit(QueueShuffled{Bot: p.Bot, Count: n, By: c.Actor.User})
		s.touch(p.Bot, AspectPanel)
		s.advance(p)
	}
	s.respond(c.Reply, Answer{Kind: AnswerShuffled, Count: n})
}

// deck is a sequence of numbers that its seed decides, SplitMix64 as Steele, Lea
// and Flood describe it. It stays the same whatever the standard library does.
type deck uint64

func (d *deck) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below returns a number from 0 to below n. A queue is so short that what the
// remainder prefers is nothing.
func (d *deck) below(n int) int { return int(d.next() % uint64(n)) } //nolint:gosec // n is the length of a queue

// clearQueue empties the queue at a member's wish. What plays goes on.
func (s *step) clearQueue(c Command, held *Player) {
	if len(held.Queue) == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonQueueEmpty})
		return
	}
	p := s.edit(held.Bot)
	n := s.clear(p, "clear", c.Actor.User, Refusal{Reason: ReasonCancelled})
	kept := make([]Owed, 0, len(p.Owed))
	for _, o := range p.Owed {
		switch o.Answer.Kind {
		case AnswerQueued, AnswerPlaylist, AnswerWaitingForNode:
			s.refuse(o.To, Refusal{Reason: ReasonCancelled})
		default:
			kept = append(kept, o)
		}
	}
	p.Owed = slices.Clip(kept)
	if len(kept) == 0 {
		p.Owed = nil
	}
	s.respond(c.Reply, Answer{Kind: AnswerCleared, Count: n})
}
