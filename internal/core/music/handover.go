package music

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/plan"
)

// AskToSpeakWithin is how long a bot on a stage may be silent before members
// are told that somebody has to let it speak. Where it may, it unsuppresses itself.
const AskToSpeakWithin = 5 * time.Second

// botAway takes note of a bot that cannot be reached, and of its return.
func (s *step) botAway(b BotAway) {
	if b.Back {
		s.botBack(b.Bot)
		return
	}
	was := slices.Contains(s.g.Away, b.Bot)
	if was && !b.Gone || !slices.Contains(s.g.Bots, b.Bot) {
		return
	}
	if !was {
		s.g.Away, s.changed = append(slices.Clip(s.g.Away), b.Bot), true
		s.emit(BotWentAway{Bot: b.Bot})
	}
	if held := s.g.Player(b.Bot); held != nil {
		s.relieve(held)
	}
	if b.Gone {
		s.forsake(b.Bot)
	}
	// Nobody can look at its voice until it is back.
	s.seen(b.Bot)
	s.settleRecovery()
}

func (s *step) botBack(bot BotID) {
	if !slices.Contains(s.g.Away, bot) {
		return
	}
	s.g.Away, s.changed = without(s.g.Away, bot), true
	s.emit(BotCameBack{Bot: bot})
	s.touch(bot, AspectVoice)
	s.relieveAll()
}

// relieveAll hands over what the bots that are away still hold: one that could
// take it may have come.
func (s *step) relieveAll() {
	for _, bot := range s.g.Away {
		if held := s.g.Player(bot); held != nil {
			s.relieve(held)
		}
	}
}

// relieve hands the work of a bot that cannot do it to another one, if there is
// one.
func (s *step) relieve(held *Player) {
	if held.Kept.Waits() && !slices.Contains(s.g.Bots, held.Bot) {
		if to := s.substitute(held.Bot); to != "" {
			s.giveKept(held.Bot, to)
		}
		return
	}
	if held.Voice.Want == "" || held.Play == nil && len(held.Queue) == 0 && len(held.Owed) == 0 {
		return
	}
	to := s.substitute(held.Bot)
	if to == "" {
		return
	}
	s.handOver(held.Bot, to)
}

// substitute finds a bot that is here, has nothing to do and has not tried yet.
// The number of bots that play stays what it was, so no plan is asked.
func (s *step) substitute(bot BotID) BotID {
	var tried []BotID
	if held := s.g.Player(bot); held != nil {
		tried = held.Tried
	}
	for _, b := range s.g.Bots {
		if b == bot || slices.Contains(s.g.Away, b) || slices.Contains(tried, b) {
			continue
		}
		if p := s.g.Player(b); p == nil || p.Voice.Want == "" && !p.Kept.Waits() {
			return b
		}
	}
	return ""
}

// handOver gives everything that a bot holds to another, which goes to the same
// channel. What sounded is the same play, from where it was.
func (s *step) handOver(from, to BotID) {
	p := s.edit(from)
	q := s.edit(to)
	ch, playing := p.Voice.Want, p.Play
	if playing != nil {
		at := s.lastSeen()
		playing = playing.anchored(Anchor{Position: playing.PositionAt(at), At: s.now}, at)
		playing.Phase, playing.Retries = PhaseWanted, 0
	}
	tracks, before := len(p.Queue), q.History
	*q = Player{
		Bot: to, Voice: q.Voice, Node: q.Node, Play: playing, Paused: p.Paused, Volume: p.Volume, Text: p.Text,
		Halted: p.Halted, Failures: p.Failures, SilentSince: p.SilentSince, Owed: p.Owed, LastSkip: p.LastSkip,
		Loop: p.Loop, Unready: p.Unready, Queue: p.Queue, History: p.History,
		Tried: append(slices.Clip(p.Tried), to),
	}
	if len(q.History) == 0 {
		q.History = before
	}
	*p = Player{Bot: from, Voice: p.Voice, Node: p.Node, Volume: s.startVolume(), Text: p.Text}
	p.Voice.Want, p.Voice.JoinBy, p.Voice.Resets = "", time.Time{}, 0
	if p.Voice.Channel == "" {
		p.Voice = Voice{}
	}
	s.checked(from)
	s.emit(QueueHandedOver{From: from, To: to, Channel: ch, Tracks: tracks})
	s.touch(from, AspectVoice|AspectNode|AspectPanel)
	s.connect(q, ch)
	s.touch(to, AspectNode)
	s.notify(q, Answer{Kind: AnswerHandedOver, User: UserID(to), Channel: ch})
}

// occupant returns the bot that is wanted in a channel, other than one.
func (s *step) occupant(ch ChannelID, other BotID) BotID {
	for _, p := range s.g.Players {
		if p.Bot != other && p.Voice.Want == ch {
			return p.Bot
		}
	}
	return ""
}

// suppression follows whether a bot may speak on its stage.
func (s *step) suppression(p *Player, was Voice) {
	switch v := p.Voice; {
	case !v.Suppressed || v.Want != v.Channel:
		p.AskedAt = time.Time{}
	case !was.Suppressed || was.Channel != v.Channel:
		p.AskedAt = s.now.Add(AskToSpeakWithin)
		s.emit(VoiceSuppressed{Bot: p.Bot, Channel: v.Channel})
	}
}

// surplus is true where more bots play than the plan allows since it was
// changed, and this one has fewer listeners than those that may go on. While
// nobody knows who listens none is.
func (s *step) surplus(p *Player) bool {
	if s.g.unheard {
		return false
	}
	before, busy := 0, 0
	mine := s.g.Listeners(p.Voice.Want)
	for _, o := range s.g.Players {
		if o.Voice.Want == "" {
			continue
		}
		busy++
		if l := s.g.Listeners(o.Voice.Want); o.Bot != p.Bot && (l > mine || l == mine && o.Bot < p.Bot) {
			before++
		}
	}
	return busy > s.g.Entitlements.Bots && before >= s.g.Entitlements.Bots
}

// noBotFree refuses what would need more bots than the plan has.
func (s *step) noBotFree() Refusal {
	limit := s.g.Entitlements.Bots
	lifts := plan.Lifts(limit, func(e plan.Entitlements) int { return e.Bots })
	return Refusal{Reason: ReasonNoBotFree, Limit: limit, Plan: lifts}
}

// noMore refuses what would begin on a player that the plan has no room for:
// what sounds there goes on to its end, and that is all.
func (s *step) noMore(p *Player) *Refusal {
	if !s.surplus(p) {
		return nil
	}
	r := s.noBotFree()
	return &r
}
