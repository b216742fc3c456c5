package music

import (
	"slices"
	"strings"
	"time"
)

// setVoice keeps who is where. The order by user makes the result the same
// whichever order the states came in.
func (s *step) setVoice(v VoiceState) {
	i, ok := slices.BinarySearchFunc(s.g.voices, v.User, func(x VoiceState, u UserID) int {
		return strings.Compare(string(x.User), string(u))
	})
	v.Session = ""
	switch {
	case ok && s.g.voices[i] == v, !ok && v.Channel == "":
		return
	case ok && v.Channel == "":
		s.g.voices = slices.Concat(s.g.voices[:i], s.g.voices[i+1:])
	case ok:
		s.g.voices = slices.Clone(s.g.voices)
		s.g.voices[i] = v
	default:
		s.g.voices = slices.Concat(s.g.voices[:i], []VoiceState{v}, s.g.voices[i:])
	}
}

// voicesOf keeps the last word about everybody who is in a channel, by user.
func voicesOf(states []VoiceState) []VoiceState {
	out := slices.Clone(states)
	slices.SortStableFunc(out, func(a, b VoiceState) int { return strings.Compare(string(a.User), string(b.User)) })
	n := 0
	for i, v := range out {
		if v.Channel == "" || i+1 < len(out) && out[i+1].User == v.User {
			continue
		}
		v.Session = ""
		out[n] = v
		n++
	}
	return out[:n]
}

func (s *step) voiceState(v VoiceState) {
	s.setVoice(v)
	if held := s.g.Player(BotID(v.User)); held != nil {
		s.botVoice(held, v)
	}
}

// botVoice is a bot of ours seen in a channel, or in none.
func (s *step) botVoice(held *Player, v VoiceState) {
	was := held.Voice
	if v.Channel == "" {
		s.botGoneFromVoice(held)
		return
	}
	if was.Channel == v.Channel && was.Session == v.Session && was.Suppressed == v.Suppressed &&
		(was.Want == v.Channel && was.JoinBy.IsZero() || was.Reset) {
		return
	}
	p := s.edit(held.Bot)
	p.Voice.Channel, p.Voice.Suppressed, p.Voice.Gone = v.Channel, v.Suppressed, false
	if was.Gone {
		was.JoinBy = time.Time{}
	}
	if v.Session != "" {
		p.Voice.Session = v.Session
	}
	switch {
	case was.Want == "":
		// It was told to leave, or somebody dragged it in: it leaves again.
		s.touch(p.Bot, AspectVoice)
		return
	case was.Reset:
		return
	case was.Want != v.Channel && !was.JoinBy.IsZero():
		// What it was asked before is overtaken; it is still on its way to Want.
		s.touch(p.Bot, AspectVoice)
		return
	case was.Want != v.Channel && s.occupant(v.Channel, held.Bot) != "":
		// Another of ours plays there, and never two in one channel: it goes back.
		p.Voice.JoinBy = s.now.Add(JoinWithin)
		s.touch(p.Bot, AspectVoice)
		return
	case was.Want != v.Channel:
		p.Voice.Want = v.Channel
		s.emit(VoiceMoved{Bot: p.Bot, From: was.Want, To: v.Channel})
		p.EmptyAt = time.Time{}
	case was.Channel != v.Channel:
		s.emit(VoiceJoined{Bot: p.Bot, Channel: v.Channel})
	}
	p.Voice.JoinBy, p.Tried = time.Time{}, nil
	for _, o := range p.Owed {
		s.respond(o.To, o.Answer)
	}
	p.Owed = nil
	s.suppression(p, was)
	s.touch(p.Bot, AspectNode|AspectPanel)
}

func (s *step) botGoneFromVoice(held *Player) {
	was := held.Voice
	switch {
	case was.Channel == "":
		// Still on its way in, or never there.
	case was.Want == "":
		p := s.edit(held.Bot)
		p.Voice = Voice{}
		s.touch(p.Bot, AspectNode)
	case was.Gone:
	case was.Reset, !was.JoinBy.IsZero():
		// It left what it had to leave, and is on its way in.
		p := s.edit(held.Bot)
		p.Voice = Voice{Want: was.Want, JoinBy: was.JoinBy, Resets: was.Resets}
		s.touch(p.Bot, AspectVoice)
	case slices.Contains(s.g.Away, held.Bot):
		// Its voice ended with its connection; nobody threw it out.
		p := s.edit(held.Bot)
		s.freeze(p)
		p.Voice = Voice{Want: was.Want, JoinBy: s.now.Add(RejoinWithin), Resets: was.Resets}
		s.touch(p.Bot, AspectVoice)
	default:
		p := s.edit(held.Bot)
		s.freeze(p)
		p.Voice = Voice{Want: was.Want, Gone: true, JoinBy: s.now.Add(GoneGrace), Resets: was.Resets}
		s.touch(p.Bot, AspectNode|AspectPanel)
	}
}

// thrownOut ends what a bot does that somebody disconnected.
func (s *step) thrownOut(p *Player) {
	s.notify(p, Answer{Kind: AnswerDisconnected, Channel: p.Voice.Want})
	s.drop(p, "disconnected", "", Refusal{Reason: ReasonCancelled})
}

func (s *step) voiceServer(v VoiceServer) {
	held := s.g.Player(v.Bot)
	if held == nil || held.Voice.Want == "" {
		return
	}
	p := s.edit(v.Bot)
	if v.Endpoint == "" {
		p.Voice.Token, p.Voice.Endpoint = "", ""
		return
	}
	p.Voice.Token, p.Voice.Endpoint = v.Token, v.Endpoint
	s.touch(p.Bot, AspectNode)
}

func (s *step) voiceSnapshot(v VoiceSnapshot) {
	s.g.voices, s.g.unheard = voicesOf(v.States), false
	s.botBack(v.Bot)
	s.seen(v.Bot)
	held := s.g.Player(v.Bot)
	if held == nil {
		s.settleRecovery()
		return
	}
	i := slices.IndexFunc(v.States, func(st VoiceState) bool { return st.User == UserID(v.Bot) && st.Channel != "" })
	switch was := held.Voice; {
	case i >= 0:
		s.botVoice(held, v.States[i])
		if was.Want == "" || was.Reset {
			s.touch(held.Bot, AspectVoice)
		}
		s.missedServer(s.g.Player(v.Bot), was)
	case was.Want == "":
		if was.Channel != "" {
			s.edit(held.Bot).Voice = Voice{}
		}
	case was.Gone:
	default:
		// The connection that held its voice is gone; nobody threw it out.
		p := s.edit(held.Bot)
		s.freeze(p)
		p.Voice = Voice{Want: was.Want, JoinBy: was.JoinBy, Resets: was.Resets}
		if p.Voice.JoinBy.IsZero() {
			p.Voice.JoinBy = s.now.Add(RejoinWithin)
		}
		s.touch(p.Bot, AspectVoice)
	}
	s.settleRecovery()
}

// missedServer leaves and joins again where a snapshot shows that the voice
// server's update was missed: it is never sent a second time.
func (s *step) missedServer(held *Player, was Voice) {
	v := held.Voice
	switch {
	case v.Want == "" || v.Want != v.Channel || v.Reset:
	case v.Token == "", was.Channel != "" && (was.Channel != v.Channel || was.Session != v.Session):
		s.rejoin(s.edit(held.Bot))
	}
}

// rejoin makes a bot leave and join again, because its voice session is dead.
func (s *step) rejoin(p *Player) {
	s.freeze(p)
	p.Voice.Reset, p.Voice.JoinBy = true, s.now.Add(JoinWithin)
	p.Voice.Token, p.Voice.Endpoint = "", ""
	s.touch(p.Bot, AspectVoice)
}

func (s *step) voiceClosed(v VoiceClosed) {
	held := s.g.Player(v.Bot)
	if held == nil || held.Voice.Want == "" || held.Voice.Reset || held.Voice.Channel == "" {
		// A bot in no channel has no session that could die: this speaks of an
		// earlier one, and nothing would ever be seen to leave.
		return
	}
	switch v.Code {
	case 4014, 4022:
		// Kicked, moved, or the channel is gone: Discord says which, and only then it counts.
		return
	}
	p := s.edit(v.Bot)
	if p.Voice.Resets >= MaxRetries {
		s.notify(p, Answer{Kind: AnswerDisconnected, Channel: p.Voice.Want})
		s.drop(p, "disconnected", "", Refusal{Reason: ReasonCancelled})
		return
	}
	p.Voice.Resets++
	s.rejoin(p)
}

func (s *step) botPresent(b BotPresent) {
	if b.Name != "" && s.g.Name != b.Name {
		s.g.Name, s.changed = b.Name, true
	}
	if slices.Contains(s.g.Bots, b.Bot) {
		return
	}
	s.g.Bots = append(slices.Clip(s.g.Bots), b.Bot)
	s.changed = true
	s.emit(BotJoined{Bot: b.Bot})
	s.relieveAll()
}

func (s *step) botRemoved(b BotRemoved) {
	if i := slices.Index(s.g.Bots, b.Bot); i >= 0 {
		s.g.Bots = slices.Concat(s.g.Bots[:i], s.g.Bots[i+1:])
		s.changed = true
		s.emit(BotLeft(b))
	}
	s.g.Away = without(s.g.Away, b.Bot)
	held := s.g.Player(b.Bot)
	if held == nil {
		return
	}
	s.relieve(held)
	p := s.edit(b.Bot)
	p.Voice.Channel, p.Text = "", ""
	s.drop(p, "removed", "", Refusal{Reason: ReasonCancelled})
	i, _ := s.g.find(b.Bot)
	s.g.Players = slices.Delete(s.g.Players, i, i+1)
	s.seen(b.Bot)
	s.checked(b.Bot)
	s.settleRecovery()
}

func (s *step) channelGone(c ChannelGone) {
	s.forgetChannel(c.Channel)
	for _, held := range slices.Clone(s.g.Players) {
		if held.Text == c.Channel {
			s.edit(held.Bot).Text = ""
		}
		if c.Bot != "" && c.Bot != held.Bot {
			continue // it may have been moved out before, which is not known here yet
		}
		if held.Voice.Channel == c.Channel {
			// Nobody is in a channel that is not there, whether Discord says so or not.
			p := s.edit(held.Bot)
			p.Voice = Voice{Want: p.Voice.Want, JoinBy: p.Voice.JoinBy, Resets: p.Voice.Resets}
			s.touch(p.Bot, AspectVoice|AspectNode)
		}
		if held.Kept.Waits() && held.Kept.Channel == c.Channel {
			s.drop(s.edit(held.Bot), "channel_deleted", "", Refusal{Reason: ReasonCancelled})
		}
		if held.Voice.Want == c.Channel {
			p := s.edit(held.Bot)
			s.notify(p, Answer{Kind: AnswerDisconnected, Channel: c.Channel})
			s.drop(p, "channel_deleted", "", Refusal{Reason: ReasonCancelled})
		}
	}
}

func (s *step) entitlements(e EntitlementsChanged) {
	if s.g.Entitlements == e.Entitlements {
		return
	}
	s.g.Entitlements, s.changed = e.Entitlements, true
	s.emit(EntitlementsApplied{
		Plan: string(e.Entitlements.Plan), Bots: e.Entitlements.Bots,
		QueueLength: e.Entitlements.QueueLength, MaxVolume: e.Entitlements.MaxVolume,
	})
	for _, held := range s.g.Players {
		if held.Volume <= e.Entitlements.MaxVolume {
			continue
		}
		p := s.edit(held.Bot)
		p.Volume = e.Entitlements.MaxVolume
		s.emit(VolumeChanged{Bot: p.Bot, Volume: p.Volume})
		s.touch(p.Bot, AspectNode|AspectPanel)
	}
}
