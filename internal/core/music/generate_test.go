package music_test

import (
	"fmt"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

// dice draws a number from 0 to below n.
type dice func(n int) int

func pick[T any](d dice, of ...T) T { return of[d(len(of))] }

// source makes inputs that a guild may meet: most of them fit what it is doing,
// others are late, come twice or speak of what never was.
type source struct {
	roll dice
	n    int
	// slots and plays are those that were ever seen.
	slots []music.SlotID
	plays []music.PlayID
	last  []music.Body
}

var (
	pool     = []music.BotID{"900", "901", "902"}
	people   = []music.UserID{"1", "2", "3"}
	channels = []music.ChannelID{"50", "51", "52"}
	nodes    = []music.NodeName{"n1", "n2"}
)

// next returns an input and how much time passes before it.
func (s *source) next(g *music.Guild) (music.Input, time.Duration) {
	s.n++
	body := s.body(g)
	if _, ok := body.(music.Command); !ok {
		s.last = append(s.last, body)
	}
	wait := pick(s.roll, 0, time.Millisecond, 300*time.Millisecond, 2*time.Second, 11*time.Second, 40*time.Second, 6*time.Minute)
	return music.Input{ID: fmt.Sprintf("in-%d", s.n), Guild: g.ID, Body: body}, wait
}

// saw keeps what a step made, to speak of it later.
func (s *source) saw(r music.Result) {
	for _, e := range r.Effects {
		if x, ok := e.(music.Resolve); ok {
			s.slots = append(s.slots, x.Slot)
		}
	}
	for _, e := range r.Events {
		if x, ok := e.Payload.(music.PlayBegun); ok {
			s.plays = append(s.plays, x.Play)
		}
	}
}

func (s *source) body(g *music.Guild) music.Body {
	switch k := s.roll(100); {
	case k < 30:
		return s.command(g)
	case k < 45 && len(s.slots) > 0:
		return s.resolved()
	case k < 60:
		return s.voice(g)
	case k < 82:
		return s.node(g)
	case k < 85:
		return pick[music.Body](s.roll, music.NodeUp{Node: pick(s.roll, nodes...)}, music.NodeDown{Node: pick(s.roll, nodes...)})
	case k < 87 && s.roll(2) == 0:
		return music.BotAway{Bot: pick(s.roll, pool...), Back: s.roll(2) == 0, Gone: s.roll(4) == 0}
	case k < 87:
		return pick[music.Body](s.roll, music.BotPresent{Bot: pick(s.roll, pool...), Name: "demo"},
			music.BotRemoved{Bot: pick(s.roll, pool...)}, music.BotPresent{Bot: pick(s.roll, pool...)})
	case k < 89:
		e, _ := plan.Of(pick(s.roll, plan.Names()...))
		e.QueueLength = pick(s.roll, 1, 2, 5, 20)
		return music.EntitlementsChanged{Entitlements: e}
	case k < 90:
		return music.ChannelGone{Channel: pick(s.roll, "40", pick(s.roll, channels...))}
	case k < 92:
		return music.Loaded{AliveUntil: pick(s.roll, time.Time{}, start)}
	case k < 95 && len(s.last) > 0:
		return pick(s.roll, s.last...)
	}
	return music.Tick{}
}

func (s *source) command(g *music.Guild) music.Command {
	c := music.Command{
		Actor: music.Actor{User: pick(s.roll, people...), Voice: pick(s.roll, append(channels, channels[0], "")...), Text: pick(s.roll, "40", "41", music.ChannelID(""))},
		Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprintf("q-%d", s.n), Locale: "en"},
	}
	if s.roll(8) == 0 {
		c.Reply = music.ReplyTo{}
	}
	c.Actor.Operator = s.roll(8) == 0
	c.Actor.Admin = s.roll(4) == 0
	if s.roll(3) > 0 {
		for range s.roll(3) + 1 {
			c.Actor.Bots = append(c.Actor.Bots, music.BotAccess{Bot: pick(s.roll, pool...), Connect: s.roll(6) > 0, Speak: s.roll(6) > 0})
		}
	}
	if s.roll(8) == 0 {
		c.Bot = pick(s.roll, append(pool, "nobody")...)
	}
	if s.roll(10) == 0 {
		c.Play = s.play(g, pick(s.roll, pool...))
	}
	percent := s.roll(240) - 10
	if s.roll(3) == 0 {
		c.Do = s.order(g)
		return c
	}
	c.Do = pick[music.Action](s.roll, music.Enqueue{Query: pick(s.roll, "ocean", "https://a.test/x", "", "ftp://x/y")},
		music.Enqueue{Query: "rain"}, music.Enqueue{Query: "wind"}, music.Enqueue{Query: "first", Next: true}, music.Pause{}, music.Resume{},
		music.Skip{}, music.Skip{}, music.Stop{}, music.Leave{}, music.Join{}, music.ShowQueue{Page: s.roll(4)}, music.ShowNowPlaying{},
		music.SetVolume{}, music.SetVolume{Percent: &percent})
	return c
}

func (s *source) resolved() music.Resolved {
	recent := s.slots[max(0, len(s.slots)-4):]
	r := music.Resolved{Slot: pick(s.roll, append(recent, pick(s.roll, s.slots...), "never")...)}
	switch k := s.roll(10); {
	case k < 2:
		r.Failure = pick(s.roll, music.FailureNotFound, music.FailureDenied, music.FailureUnknown, music.FailureLoad)
	case k < 3:
		r.Failure = music.FailureNoNode
	case k < 5:
		r.Playlist, r.Total = "list", 9
		for i := range s.roll(8) {
			r.Tracks = append(r.Tracks, track(fmt.Sprintf("p%d", i)))
		}
	default:
		t := track("t")
		t.Length = pick(s.roll, 0, 5*time.Second, 3*time.Minute)
		r.Tracks = []music.Track{t}
		if s.roll(6) == 0 {
			r.Tracks = append(r.Tracks, track("another"))
		}
	}
	return r
}

func (s *source) voice(g *music.Guild) music.Body {
	b := pick(s.roll, pool...)
	at := pick(s.roll, append(channels, "", "")...)
	if p := g.Player(b); p != nil && s.roll(3) > 0 {
		at = p.Voice.Want
		if p.Voice.Reset {
			at = ""
		}
	}
	mine := music.VoiceState{User: music.UserID(b), Channel: at, Session: pick(s.roll, "s1", "s2"), Bot: true, Suppressed: s.roll(6) == 0}
	theirs := music.VoiceState{User: pick(s.roll, people...), Channel: pick(s.roll, append(channels, "")...)}
	switch s.roll(8) {
	case 0, 1, 2:
		return mine
	case 3, 4:
		return theirs
	case 5:
		return music.VoiceServer{Bot: b, Token: "tok", Endpoint: pick(s.roll, "", "v.test:1", "v.test:2")}
	case 6:
		return music.VoiceClosed{Bot: b, Code: pick(s.roll, 4006, 4014, 4022, 4009, 1006)}
	}
	return music.VoiceSnapshot{Bot: b, States: []music.VoiceState{theirs, mine}[:s.roll(3)]}
}

func (s *source) play(g *music.Guild, b music.BotID) music.PlayID {
	if p := g.Player(b); p != nil && p.Play != nil && s.roll(4) > 0 {
		return p.Play.ID
	}
	if len(s.plays) > 0 && s.roll(2) > 0 {
		return pick(s.roll, s.plays...)
	}
	return "foreign"
}

func (s *source) node(g *music.Guild) music.Body {
	b := pick(s.roll, pool...)
	play := s.play(g, b)
	switch s.roll(9) {
	case 0, 1:
		return music.Placed{Bot: b, Node: pick(s.roll, append(nodes, "")...)}
	case 2:
		return music.PlayStarted{Bot: b, Play: play}
	case 3, 4:
		return music.PlayPosition{Bot: b, Play: play, Position: time.Duration(s.roll(200)-5) * time.Second, Speed: pick(s.roll, 1, 1, 0, 1.5, -1, 1e9), Seeks: s.seeks(g, b)}
	case 5:
		return music.PlayEnded{Bot: b, Play: play, Reason: pick(s.roll, music.EndFinished, music.EndFinished, music.EndLoadFailed,
			music.EndStopped, music.EndReplaced, music.EndCleanup), Seeks: s.seeks(g, b)}
	case 6:
		return pick[music.Body](s.roll, music.PlayException{Bot: b, Play: play, Message: "threw"}, music.PlayStuck{Bot: b, Play: play})
	}
	return music.NodeSnapshot{
		Bot: b, Node: pick(s.roll, nodes...), Play: pick(s.roll, play, ""), Position: time.Duration(s.roll(180)) * time.Second,
		Paused: s.roll(4) == 0, Fresh: s.roll(3) == 0,
		Seeks: s.seeks(g, b),
	}
}
