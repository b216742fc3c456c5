package music

import (
	"slices"
	"time"
)

// KeepQueueFor is how long the queue of a player that no bot could go on with
// waits for somebody who asks for it.
const KeepQueueFor = 24 * time.Hour

// KeptQueue is a queue that waits for no bot in particular: the one that held it is
// in no channel, and none could take its place.
type KeptQueue struct {
	// Channel is where it was heard last: who asks for music there gets it.
	Channel ChannelID `json:"channel,omitempty"`
	// Until is when it is thrown away.
	Until time.Time `json:"until,omitzero"`
}

// Waits is true while a queue is kept.
func (k KeptQueue) Waits() bool { return !k.Until.IsZero() }

// succeed lets the next free bot try to join in the place of one that could not,
// and keeps the queue where none is left. It is false where nothing is kept.
func (s *step) succeed(p *Player) bool {
	if len(p.Tried) == 0 && !slices.Contains(s.g.Away, p.Bot) || p.Play == nil && len(p.Queue) == 0 {
		return false
	}
	if to := s.substitute(p.Bot); to != "" {
		s.handOver(p.Bot, to)
		return true
	}
	s.keep(p, "join_failed")
	return true
}

// forsake ends what a bot does whose account nobody has any more. What no other
// bot took over is kept.
func (s *step) forsake(bot BotID) {
	held := s.g.Player(bot)
	switch {
	case held == nil || held.Voice == (Voice{}):
		return
	case held.Voice.Want == "":
	case held.Play == nil && len(held.Queue) == 0:
		s.drop(s.edit(bot), "disconnected", "", Refusal{Reason: ReasonCancelled})
	default:
		s.keep(s.edit(bot), "disconnected")
	}
	s.edit(bot).Voice = Voice{}
	s.checked(bot)
}

// keep takes a player out of voice and keeps what it holds, what sounded in front.
func (s *step) keep(p *Player, why string) {
	ch := p.Voice.Want
	if w := s.over(p, "left", "", false); w != nil {
		q := &Slot{ID: w.Slot, State: SlotReady, Track: w.Track, By: w.By, At: s.now}
		p.Queue = replaced(p.Queue, 0, 0, q)
		s.emit(TrackQueued{Bot: p.Bot, Slot: q.ID, Position: 1, Track: q.Track.Info(), By: q.By})
	}
	s.emit(QueueKept{Bot: p.Bot, Channel: ch, Tracks: len(p.Queue)})
	s.notify(p, Answer{Kind: AnswerQueueKept, Channel: ch, Count: len(p.Queue)})
	for _, o := range p.Owed {
		s.refuse(o.To, Refusal{Reason: ReasonJoinTimeout, Channel: ch})
	}
	p.Owed = nil
	s.depart(p, why, "")
	p.Kept = KeptQueue{Channel: ch, Until: s.now.Add(KeepQueueFor)}
}

// keeper returns whose kept queue a bot gets when it is asked to a channel: its
// own, else that of this channel, else none.
func (s *step) keeper(bot BotID, ch ChannelID) BotID {
	switch p := s.g.Player(bot); {
	case p == nil:
	case p.Kept.Waits():
		return bot
	case p.Voice.Want != "":
		// It has a queue of its own.
		return ""
	}
	for _, p := range s.g.Players {
		if p.Kept.Waits() && p.Kept.Channel == ch {
			return p.Bot
		}
	}
	return ""
}

// takeUp lets a bot that is asked to a channel go on with the queue that is kept
// there. It is kept again if the bot cannot join.
func (s *step) takeUp(bot BotID, ch ChannelID) {
	from := s.keeper(bot, ch)
	if from == "" {
		return
	}
	p := s.edit(bot)
	if from != bot {
		s.giveKept(from, bot)
	}
	p.Kept, p.Tried = KeptQueue{}, []BotID{bot}
}

// giveKept moves a kept queue to another bot, which keeps it.
func (s *step) giveKept(from, to BotID) {
	p, q := s.edit(from), s.edit(to)
	q.Queue, q.Unready, q.Text, q.Kept = p.Queue, p.Unready, p.Text, p.Kept
	if len(p.History) > 0 {
		q.History = p.History
	}
	s.emit(QueueHandedOver{From: from, To: to, Channel: p.Kept.Channel, Tracks: len(p.Queue)})
	p.Queue, p.Unready, p.History, p.Kept = nil, 0, nil, KeptQueue{}
}
