package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

var start = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// bench drives one guild and keeps what came out of the last step.
type bench struct {
	t    testing.TB
	g    music.Guild
	now  time.Time
	n    int
	last music.Result
}

const (
	bot    = music.BotID("900")
	ana    = music.UserID("1")
	bruno  = music.UserID("2")
	lounge = music.ChannelID("50")
	quiet  = music.ChannelID("51")
	text   = music.ChannelID("40")
)

func newBench(t testing.TB) *bench {
	b := &bench{t: t, g: music.New("7"), now: start}
	b.in(music.BotPresent{Bot: bot, Name: "demo"})
	b.in(music.VoiceState{User: ana, Channel: lounge})
	b.in(music.VoiceState{User: bruno, Channel: lounge})
	return b
}

func (b *bench) in(body music.Body) music.Result {
	b.t.Helper()
	b.n++
	b.last = music.Step(b.g, music.Input{ID: "in-" + string(rune('a'+b.n%26)) + time.Duration(b.n).String(), Guild: "7", Body: body}, b.now)
	b.g = b.last.Guild
	return b.last
}

func (b *bench) do(user music.UserID, a music.Action) music.Answer {
	b.t.Helper()
	b.in(music.Command{
		Actor: music.Actor{User: user, Voice: lounge, Text: text, Bots: []music.BotAccess{{Bot: bot, Connect: true, Speak: true}}},
		Reply: music.ReplyTo{Surface: "test", ID: time.Duration(b.n).String()}, Do: a,
	})
	a2, _ := b.answer()
	return a2
}

func (b *bench) answer() (music.Answer, bool) {
	for _, e := range b.last.Effects {
		if r, ok := e.(music.Respond); ok {
			return r.Answer, true
		}
	}
	return music.Answer{}, false
}

func (b *bench) player() *music.Player { return b.g.Player(bot) }

// slot returns the slot that the last step wants resolved.
func (b *bench) slot() music.SlotID {
	b.t.Helper()
	for _, e := range b.last.Effects {
		if r, ok := e.(music.Resolve); ok {
			return r.Slot
		}
	}
	b.t.Fatal("nothing is to be resolved")
	return ""
}

func keptTrack(name string) music.Kept {
	t := track(name)
	return music.Keep(&t)
}

func track(name string) music.Track {
	return music.Track{Encoded: "enc-" + name, Identifier: name, Title: name, Author: "somebody", Source: "test", Length: 3 * time.Minute}
}

// play asks for a track and resolves it.
func (b *bench) play(name string) {
	b.t.Helper()
	b.do(ana, music.Enqueue{Query: name})
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track(name)}})
}

// joined lets the bot arrive where it is wanted, and gives it a node.
func (b *bench) joined() {
	b.t.Helper()
	b.in(music.VoiceState{User: music.UserID(bot), Channel: b.player().Voice.Want, Session: "vs", Bot: true})
	b.in(music.VoiceServer{Bot: bot, Token: "secret", Endpoint: "voice.test:443"})
	b.in(music.Placed{Bot: bot, Node: "n1"})
}

// sounding lets the node play what is wanted.
func (b *bench) sounding() {
	b.t.Helper()
	b.in(music.PlayStarted{Bot: bot, Play: b.player().Play.ID})
	b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: 20 * time.Millisecond, Speed: 1})
}

func TestPlayFromNothingToSound(t *testing.T) {
	b := newBench(t)
	b.do(ana, music.Enqueue{Query: "ocean"})
	if p := b.player(); p.Voice.Want != lounge || len(p.Queue) != 1 || p.Queue[0].State != music.SlotPending {
		t.Fatalf("a pending slot keeps its place and voice is wanted: %+v", p)
	}
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track("ocean")}})
	if _, ok := b.answer(); ok {
		t.Fatal("the answer waits for the bot to have joined")
	}
	b.in(music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "vs", Bot: true})
	if a, ok := b.answer(); !ok || a.Kind != music.AnswerPlaying || a.Track.Title != "ocean" {
		t.Fatalf("got %+v", a)
	}
	b.in(music.VoiceServer{Bot: bot, Token: "secret", Endpoint: "voice.test:443"})
	b.in(music.Placed{Bot: bot, Node: "n1"})
	if p := b.player(); !p.Voice.Ready() || p.Play == nil || p.Node != "n1" {
		t.Fatalf("the node can be told: %+v", p)
	}
	b.sounding()
	if p := b.player(); p.Play.Phase != music.PhaseSounding || !p.Play.Heard {
		t.Fatalf("heard: %+v", p.Play)
	}
}
