package music

import (
	"slices"
	"time"
)

// Bounds of the aggregate, in time and in number.
const (
	// ResolveWithin is how long a slot may be pending.
	ResolveWithin = 15 * time.Second
	// JoinWithin is how long a join may take. Discord says nothing at all when a channel is full.
	JoinWithin = 10 * time.Second
	// GoneGrace is how long a bot that left its channel for no reason that is
	// known may have been removed from the guild, which is told a little later.
	GoneGrace = 1500 * time.Millisecond
	// RejoinWithin is the same after the connection to Discord was lost.
	RejoinWithin = 30 * time.Second
	// SilenceWithin is how long a pending slot may keep a ready one waiting.
	SilenceWithin = 2 * time.Second
	// SurplusWithin is how long a play that is held, or has no end, may stay on a bot
	// that the plan has no room for any more.
	SurplusWithin = 10 * time.Minute
	// SkipWindow is how long a second member's skip means the same track.
	SkipWindow = 2 * time.Second
	// OverdueGrace is what a deadline that passed while nobody looked gets.
	OverdueGrace = 30 * time.Second
	// MaxFailures is how many plays may fail in a row.
	MaxFailures = 3
	// MaxRetries is how often a node may lose a play, and a voice session die, before it counts as failed.
	MaxRetries = 3
	// EndGrace is how long after a play's end the node's word for it may come.
	EndGrace = 15 * time.Second
	// LateReport is how long after a seek the node may still say that the play ended before it.
	LateReport = 5 * time.Second
	// MaxSpeed is how many times faster, or slower, than in reality a play may sound.
	MaxSpeed = 100
	// endTolerance is how near to its end a play that is gone counts as finished.
	endTolerance = 2 * time.Second
)

// Result is what a step brings.
type Result struct {
	// Guild is the guild after the step.
	Guild Guild
	// Changed is true where a row has to be written.
	Changed bool
	// Events are the facts that became true, in order.
	Events []Event
	// Effects are to be carried out once the rest is committed.
	Effects []Effect
}

// Step lets a guild react to an input at a time. It does not change g.
func Step(g Guild, in Input, now time.Time) Result {
	s := step{g: g, in: in, now: now.UTC().Round(0)}
	switch b := in.Body.(type) {
	case Command:
		s.command(b)
	case Loaded:
		s.loaded(b)
	case Resolved:
		s.resolved(b)
	case VoiceState:
		s.voiceState(b)
	case VoiceServer:
		s.voiceServer(b)
	case VoiceSnapshot:
		s.voiceSnapshot(b)
	case BotPresent:
		s.botPresent(b)
	case BotAway:
		s.botAway(b)
	case BotRemoved:
		s.botRemoved(b)
	case ChannelGone:
		s.channelGone(b)
	case Placed:
		s.placed(b)
	case NodeUp:
		s.nodeUp()
	case NodeDown:
		s.nodeDown(b)
	case NodeSnapshot:
		s.nodeSnapshot(b)
	case PlayStarted:
		s.playStarted(b)
	case PlayPosition:
		s.playPosition(b)
	case PlayEnded:
		s.playEnded(b)
	case PlayException:
		s.playException(b)
	case PlayStuck:
		s.playStuck(b)
	case VoiceClosed:
		s.voiceClosed(b)
	case EntitlementsChanged:
		s.entitlements(b)
	case Tick:
		s.tick()
	}
	return s.finish()
}

// step is the work of one Step: a guild whose parts are copied when they are
// first written to.
type step struct {
	g       Guild
	in      Input
	now     time.Time
	made    int
	changed bool
	// listed is true once g.Players is a slice of our own; own are the players that are.
	listed   bool
	own      []*Player
	events   []Event
	effects  []Effect
	converge []Converge
	// first is the first of own, and touched the first of converge: most steps
	// write to one player and need no slice for it.
	first   *Player
	touched Converge
}

func (s *step) id() string {
	s.made++
	return deriveID(s.now, s.in.ID, s.made)
}

func (s *step) emit(p Payload) {
	s.events = append(s.events, Event{ID: EventID(s.id()), Payload: p})
}

func (s *step) respond(to ReplyTo, a Answer) {
	if to.Owed() {
		if l := s.g.Settings.Language; l != "" {
			to.Locale = l
		}
		s.effects = append(s.effects, Respond{To: to, Answer: a})
	}
}

func (s *step) refuse(to ReplyTo, r Refusal) {
	s.respond(to, Answer{Kind: AnswerRefused, Refusal: &r})
}

// notify tells the channel of a player something that nobody asked for.
func (s *step) notify(p *Player, a Answer) {
	if p.Text != "" {
		s.effects = append(s.effects, Notify{Key: "notice:" + s.id(), Bot: p.Bot, Channel: p.Text, Answer: a})
	}
}

// touch says that what is wanted of a player changed.
func (s *step) touch(bot BotID, a Aspect) {
	if s.touched.Aspect == 0 || s.touched.Bot == bot {
		s.touched.Bot = bot
		s.touched.Aspect |= a
		return
	}
	for i := range s.converge {
		if s.converge[i].Bot == bot {
			s.converge[i].Aspect |= a
			return
		}
	}
	s.converge = append(s.converge, Converge{Bot: bot, Aspect: a})
}

// edit returns a bot's player to write to, a new one if it had none.
func (s *step) edit(bot BotID) *Player {
	i, ok := s.g.find(bot)
	if ok && (s.g.Players[i] == s.first || slices.Contains(s.own, s.g.Players[i])) {
		return s.g.Players[i]
	}
	s.changed = true
	s.list()
	var p *Player
	if ok {
		w := *s.g.Players[i]
		p = &w
		s.g.Players[i] = p
	} else {
		p = &Player{Bot: bot, Volume: s.startVolume()}
		s.g.Players = slices.Insert(s.g.Players, i, p)
	}
	if s.first == nil {
		s.first = p
	} else {
		s.own = append(s.own, p)
	}
	return p
}

// startVolume is what a player starts with. The settings may be of a plan that
// the guild has no more.
func (s *step) startVolume() int { return min(s.g.Settings.Volume, s.g.Entitlements.MaxVolume) }

func (s *step) list() {
	if !s.listed {
		s.g.Players = slices.Clone(s.g.Players)
		s.listed = true
	}
}

// playing returns the player of a bot if it plays this play, nil otherwise:
// reports about another play are ignored, and so is what a node still says of a
// play that was taken from it.
func (s *step) playing(bot BotID, play PlayID) *Player {
	p := s.g.Player(bot)
	if p == nil || p.Play == nil || p.Play.ID != play || p.Node == "" {
		return nil
	}
	return p
}

func (s *step) finish() Result {
	for _, p := range s.g.Players {
		s.settle(p)
	}
	if s.touched.Aspect != 0 {
		s.effects = append(s.effects, s.touched)
	}
	for _, c := range s.converge {
		s.effects = append(s.effects, c)
	}
	return Result{Guild: s.g, Changed: s.changed, Events: s.events, Effects: s.effects}
}

// settle sets or clears the reasons to leave. Nothing is decided from voices
// that have not been looked at yet.
func (s *step) settle(p *Player) {
	if p.Kept.Waits() && len(p.Queue) == 0 {
		p = s.edit(p.Bot)
		p.Kept = KeptQueue{}
	}
	idle := p.Voice.Want != "" && p.Play == nil && (p.Halted || len(p.Queue) == 0)
	if idle != !p.IdleAt.IsZero() {
		w := s.edit(p.Bot)
		w.IdleAt = time.Time{}
		if idle {
			w.IdleAt = s.now.Add(s.g.Settings.Idle)
		}
		p = w
	}
	if s.g.unheard || len(s.g.unseen) > 0 {
		return
	}
	empty := p.Voice.Want != "" && p.Voice.Channel == p.Voice.Want && s.g.Listeners(p.Voice.Channel) == 0
	if empty != !p.EmptyAt.IsZero() {
		w := s.edit(p.Bot)
		w.EmptyAt = time.Time{}
		if empty {
			w.EmptyAt = s.now.Add(s.g.Settings.Empty)
		}
		p = w
	}
	endless := p.Play != nil && (p.Paused || p.Play.Track.Stream()) && s.surplus(p)
	if endless != !p.SurplusAt.IsZero() {
		w := s.edit(p.Bot)
		w.SurplusAt = time.Time{}
		if endless {
			w.SurplusAt = s.now.Add(SurplusWithin)
		}
	}
}
