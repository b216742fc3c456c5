package music

func (s *step) command(c Command) {
	if r := Admit(c, s.g.Settings, s.g.Entitlements); r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	switch do := c.Do.(type) {
	case Enqueue:
		s.enqueue(c, do)
	case Join:
		s.join(c)
	case ShowQueue, ShowNowPlaying:
		s.show(c)
	default:
		p, r := s.target(c)
		if r != nil {
			s.refuse(c.Reply, *r)
			return
		}
		s.control(c, p)
	}
}

// control carries out a command on a player that is there.
func (s *step) control(c Command, held *Player) {
	if c.Play != "" && (held.Play == nil || held.Play.ID != c.Play) {
		s.refuse(c.Reply, Refusal{Reason: ReasonNotPlayer})
		return
	}
	switch do := c.Do.(type) {
	case Pause:
		s.pause(c, held)
	case Resume:
		s.resume(c, held)
	case Skip:
		s.skip(c, held)
	case Stop:
		p := s.edit(held.Bot)
		s.end(p, "stopped", c.Actor.User, false)
		n := s.clear(p, "stop", c.Actor.User, Refusal{Reason: ReasonCancelled})
		s.cancelOwed(p)
		p.Halted, p.Failures = false, nil
		s.respond(c.Reply, Answer{Kind: AnswerStopped, Count: n})
	case Leave:
		p := s.edit(held.Bot)
		ch := p.Voice.Want
		s.drop(p, "leave", c.Actor.User, Refusal{Reason: ReasonCancelled})
		s.respond(c.Reply, Answer{Kind: AnswerLeft, Channel: ch})
	case SetVolume:
		s.volume(c, held, do)
	}
}

// cancelOwed answers those whose track was stopped before the bot had joined. A
// join itself goes on.
func (s *step) cancelOwed(p *Player) {
	var kept []Owed
	for _, o := range p.Owed {
		if o.Answer.Kind == AnswerJoined {
			kept = append(kept, o)
			continue
		}
		s.refuse(o.To, Refusal{Reason: ReasonCancelled})
	}
	p.Owed = kept
}

func (s *step) join(c Command) {
	bot, r := s.choose(c)
	if r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	p := s.edit(bot)
	s.settleText(p, c.Actor.Text)
	s.connect(p, c.Actor.Voice)
	s.owe(p, c.Reply, Answer{Kind: AnswerJoined, Channel: c.Actor.Voice})
}

func (s *step) pause(c Command, held *Player) {
	switch {
	case held.Play == nil:
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	case held.Paused:
		s.refuse(c.Reply, Refusal{Reason: ReasonAlreadyPaused})
		return
	}
	p := s.edit(held.Bot)
	s.freeze(p)
	p.Paused = true
	s.emit(PlayerPaused{
		Bot: p.Bot, Play: p.Play.ID, By: c.Actor.User, PositionMS: p.Play.PositionAt(s.now).Milliseconds(),
	})
	s.touch(p.Bot, AspectNode|AspectPanel)
	t := p.Play.Track
	s.respond(c.Reply, Answer{Kind: AnswerPaused, Track: &t})
}

func (s *step) resume(c Command, held *Player) {
	if held.Halted {
		s.unhalt(c, held)
		return
	}
	switch {
	case held.Play == nil:
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	case !held.Paused:
		s.refuse(c.Reply, Refusal{Reason: ReasonNotPaused})
		return
	}
	p := s.edit(held.Bot)
	p.Paused = false
	w := *p.Play
	w.Anchor = Anchor{Position: w.Anchor.Position, At: s.now}
	if w.Phase == PhaseSounding {
		w.Anchor.Speed = 1
	}
	p.Play = &w
	s.emit(PlayerResumed{Bot: p.Bot, Play: p.Play.ID, By: c.Actor.User})
	s.touch(p.Bot, AspectNode|AspectPanel)
	t := p.Play.Track
	s.respond(c.Reply, Answer{Kind: AnswerResumed, Track: &t})
}

// unhalt starts again after too many errors, at a member's wish.
func (s *step) unhalt(c Command, held *Player) {
	if len(held.Queue) == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	}
	p := s.edit(held.Bot)
	p.Halted, p.Failures = false, nil
	s.advance(p)
	a := Answer{Kind: AnswerResumed}
	if p.Play != nil {
		t := p.Play.Track
		a.Track = &t
		s.emit(PlayerResumed{Bot: p.Bot, Play: p.Play.ID, By: c.Actor.User})
	} else {
		s.emit(PlayerResumed{Bot: p.Bot, By: c.Actor.User})
	}
	s.respond(c.Reply, a)
}

func (s *step) skip(c Command, held *Player) {
	if held.Halted {
		s.unhalt(c, held)
		return
	}
	last := held.LastSkip
	another := last.By != "" && last.By != c.Actor.User && s.now.Sub(last.At) < SkipWindow
	switch {
	case another && (held.Play == nil || !held.Play.Since.Before(last.At)):
		s.refuse(c.Reply, Refusal{Reason: ReasonAlreadySkipped, User: last.By})
		return
	case held.Play == nil:
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	}
	p := s.edit(held.Bot)
	t := p.Play.Track
	s.end(p, "skipped", c.Actor.User, false)
	p.LastSkip = SkipMark{By: c.Actor.User, At: s.now}
	s.advance(p)
	a := Answer{Kind: AnswerSkipped, Track: &t}
	if p.Play != nil {
		now := s.g.Now(p, s.now)
		a.Now = &now
	}
	s.respond(c.Reply, a)
}

func (s *step) volume(c Command, held *Player, do SetVolume) {
	if do.Percent == nil {
		s.respond(c.Reply, Answer{Kind: AnswerVolumeIs, Volume: held.Volume})
		return
	}
	if held.Volume != *do.Percent {
		p := s.edit(held.Bot)
		p.Volume = *do.Percent
		s.emit(VolumeChanged{Bot: p.Bot, Volume: p.Volume, By: c.Actor.User})
		s.touch(p.Bot, AspectNode|AspectPanel)
	}
	s.respond(c.Reply, Answer{Kind: AnswerVolume, Volume: *do.Percent})
}

// target finds the player that a command is about: the one it names, the one in
// the actor's channel, or for an operator the only one.
func (s *step) target(c Command) (*Player, *Refusal) {
	if c.Bot != "" {
		p := s.g.Player(c.Bot)
		switch {
		case p == nil || p.Voice.Want == "":
			return nil, &Refusal{Reason: ReasonNotConnected}
		case !c.Actor.Operator && c.Actor.Voice != p.Voice.Want:
			return nil, &Refusal{Reason: ReasonOtherChannel, Channel: p.Voice.Want}
		}
		return p, nil
	}
	var other *Player
	for _, p := range s.g.Players {
		switch {
		case p.Voice.Want == "":
		case p.Voice.Want == c.Actor.Voice, c.Actor.Operator && c.Actor.Voice == "":
			return p, nil
		case other == nil:
			other = p
		}
	}
	if other == nil {
		return nil, &Refusal{Reason: ReasonNotConnected}
	}
	return nil, &Refusal{Reason: ReasonOtherChannel, Channel: other.Voice.Want}
}
