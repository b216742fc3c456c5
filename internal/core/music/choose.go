package music

import (
	"slices"
	"time"
)

// choose finds the bot that is to play in the actor's channel: the one that is
// there, else a free one that may.
func (s *step) choose(c Command) (BotID, *Refusal) {
	busy := 0
	var elsewhere ChannelID
	for _, p := range s.g.Players {
		switch p.Voice.Want {
		case "":
		case c.Actor.Voice:
			return s.reachable(p)
		default:
			busy++
			elsewhere = p.Voice.Want
		}
	}
	var denied *Refusal
	offline := false
	for _, bot := range s.candidates(c) {
		if p := s.g.Player(bot); p != nil && p.Voice.Want != "" {
			continue
		}
		if slices.Contains(s.g.Away, bot) {
			offline = true
			continue
		}
		if r := access(c.Actor, bot); r != nil {
			denied = r
			continue
		}
		if busy >= s.g.Entitlements.Bots {
			r := s.noBotFree()
			r.Channel = elsewhere
			return "", &r
		}
		return bot, nil
	}
	switch {
	case denied != nil:
		return "", denied
	case busy > 0:
		return "", &Refusal{Reason: ReasonOtherChannel, Channel: elsewhere}
	case offline:
		return "", &Refusal{Reason: ReasonBotOffline}
	}
	return "", &Refusal{Reason: ReasonNoBotFree}
}

// reachable returns the bot of a player, or whoever can take its place.
func (s *step) reachable(p *Player) (BotID, *Refusal) {
	if !slices.Contains(s.g.Away, p.Bot) {
		return p.Bot, nil
	}
	to := s.substitute(p.Bot)
	if to == "" {
		return "", &Refusal{Reason: ReasonBotOffline, Channel: p.Voice.Want}
	}
	s.handOver(p.Bot, to)
	return to, nil
}

// candidates are the bots of the guild, those the actor's surface prefers first.
func (s *step) candidates(c Command) []BotID {
	if c.Bot != "" {
		if slices.Contains(s.g.Bots, c.Bot) {
			return []BotID{c.Bot}
		}
		return nil
	}
	out := make([]BotID, 0, len(s.g.Bots))
	for _, a := range c.Actor.Bots {
		if slices.Contains(s.g.Bots, a.Bot) {
			out = append(out, a.Bot)
		}
	}
	for _, b := range s.g.Bots {
		if !slices.Contains(out, b) {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b BotID) int { return s.claim(a, c.Actor.Voice) - s.claim(b, c.Actor.Voice) })
	return out
}

// claim says how willingly a bot is brought to a channel, the smallest most: one
// that keeps the queue of it, one that keeps none, one that keeps another's.
func (s *step) claim(bot BotID, ch ChannelID) int {
	switch p := s.g.Player(bot); {
	case p == nil || !p.Kept.Waits():
		return 1
	case p.Kept.Channel == ch:
		return 0
	}
	return 2
}

// connect wants a player in a channel.
func (s *step) connect(p *Player, ch ChannelID) {
	if ch == "" || p.Voice.Want == ch && !p.Voice.Gone {
		return
	}
	// A bot that was told to leave and is still seen in voice has to be seen
	// outside first: its leaving would be taken for somebody's throwing it out.
	p.Voice.Reset = p.Voice.Reset || p.Voice.Channel != ""
	p.Voice.Want, p.Voice.Gone = ch, false
	p.Voice.JoinBy = s.now.Add(JoinWithin)
	p.IdleAt, p.EmptyAt = time.Time{}, time.Time{}
	s.touch(p.Bot, AspectVoice|AspectPanel)
}
