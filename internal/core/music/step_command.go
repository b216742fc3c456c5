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
	case ShowQueue, ShowNowPlaying, Grab:
		s.show(c)
	case ShowHistory:
		s.showHistory(c, do)
	case ShowBots:
		s.showBots(c, do)
	case ShowSettings:
		s.showSettings(c)
	case ChangeSettings:
		s.changeSettings(c, do.Change)
	case Search:
		// It changes nothing and is answered where it was born; here nobody can.
		s.refuse(c.Reply, Refusal{Reason: ReasonUnknownOperation})
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
	if c.Play != "" && ofPlay(c.Do) && (held.Play == nil || held.Play.ID != c.Play) {
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
	case SkipTo:
		s.skipTo(c, held, do)
	case Previous:
		s.previous(c, held)
	case Seek, SeekBy, Replay:
		s.seek(c, held)
	case Remove:
		s.remove(c, held, do)
	case Move:
		s.move(c, held, do)
	case Swap:
		s.swap(c, held, do)
	case Shuffle:
		s.shuffle(c, held)
	case Clear:
		s.clearQueue(c, held)
	case SetLoop:
		s.loop(c, held, do)
	case Stop:
		s.stop(c, held)
	case Leave:
		p := s.edit(held.Bot)
		ch := p.Voice.Want
		s.drop(p, "leave", c.Actor.User, Refusal{Reason: ReasonCancelled})
		s.respond(c.Reply, Answer{Kind: AnswerLeft, Channel: ch})
	case SetVolume:
		s.volume(c, held, do)
	}
}

// ofPlay is true for a command that means the play a panel showed, and would hit
// another one if that was over.
func ofPlay(a Action) bool {
	switch a.(type) {
	case Pause, Resume, Skip, Previous, Seek, SeekBy, Replay, Stop, Leave:
		return true
	}
	return false
}

func (s *step) stop(c Command, held *Player) {
	if held.Play == nil && len(held.Queue) == 0 && len(held.Owed) == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	}
	p := s.edit(held.Bot)
	s.end(p, "stopped", c.Actor.User, false)
	n := s.clear(p, "stop", c.Actor.User, Refusal{Reason: ReasonCancelled})
	s.cancelOwed(p)
	p.Halted, p.Failures = false, nil
	s.setLoop(p, LoopOff, c.Actor.User)
	s.respond(c.Reply, Answer{Kind: AnswerStopped, Count: n})
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
	s.takeUp(bot, c.Actor.Voice)
	p := s.edit(bot)
	s.settleText(p, c.Actor.Text)
	s.connect(p, c.Actor.Voice)
	s.advance(p)
	s.owe(p, Owed{To: c.Reply, Answer: Answer{Kind: AnswerJoined, Channel: c.Actor.Voice}})
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
	t := p.Play.Track.Shown()
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
	a := Anchor{Position: p.Play.Anchor.Position, At: s.now}
	if p.Play.Phase == PhaseSounding && !p.Voice.Reset {
		a.Speed = 1
	}
	p.Play = p.Play.anchored(a, s.now)
	s.emit(PlayerResumed{Bot: p.Bot, Play: p.Play.ID, By: c.Actor.User})
	s.touch(p.Bot, AspectNode|AspectPanel)
	t := p.Play.Track.Shown()
	s.respond(c.Reply, Answer{Kind: AnswerResumed, Track: &t})
}

// unhalt starts again after too many errors, at a member's wish.
func (s *step) unhalt(c Command, held *Player) {
	if len(held.Queue) == 0 {
		s.refuse(c.Reply, Refusal{Reason: ReasonNothingPlaying})
		return
	}
	if r := s.noMore(held); r != nil {
		s.refuse(c.Reply, *r)
		return
	}
	p := s.edit(held.Bot)
	p.Halted, p.Failures = false, nil
	s.advance(p)
	a := Answer{Kind: AnswerResumed}
	if p.Play != nil {
		t := p.Play.Track.Shown()
		a.Track = &t
		s.emit(PlayerResumed{Bot: p.Bot, Play: p.Play.ID, By: c.Actor.User})
	} else {
		s.emit(PlayerResumed{Bot: p.Bot, By: c.Actor.User})
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
