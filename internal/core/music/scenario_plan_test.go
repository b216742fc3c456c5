package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

const cara = music.UserID("3")

// crowded is a guild with two bots at work, ana and bruno with the second and
// cara with the first, whose plan lets one of them play. Both still sound.
func crowded(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.in(music.BotPresent{Bot: other})
	b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
	b.in(music.VoiceState{User: cara, Channel: quiet})
	b.in(music.Command{Actor: music.Actor{User: cara, Voice: quiet, Text: text}, Do: music.Enqueue{Query: "z"}})
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track("z")}})
	b.joined()
	b.sounding()
	b.do(ana, music.Enqueue{Query: "a"})
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track("a")}})
	b.in(music.VoiceState{User: music.UserID(other), Channel: lounge, Session: "o", Bot: true})
	b.in(music.Placed{Bot: other, Node: "n1"})
	b.in(music.EntitlementsChanged{Entitlements: entitled(1)})
	if p := b.player(); p.Voice.Want != quiet || p.Play == nil || b.g.Player(other).Play == nil {
		t.Fatalf("both sound: %+v", p)
	}
	return b
}

// who is the actor of cara's channel.
func (b *bench) cara(a music.Action) music.Answer {
	b.t.Helper()
	b.in(music.Command{
		Actor: music.Actor{User: cara, Voice: quiet, Text: text},
		Reply: music.ReplyTo{Surface: "test", ID: "c" + time.Duration(b.n).String()}, Do: a,
	})
	out, _ := b.answer()
	return out
}

// After a start nobody is known to listen anywhere: that is no reason to send
// away the bot that most people listen to.
func TestNoBotGoesForItsListenersBeforeTheyAreKnown(t *testing.T) {
	b := crowded(t)
	g, err := reload(b.g)
	if err != nil {
		t.Fatal(err)
	}
	b.g = g
	b.in(music.Loaded{AliveUntil: b.now})
	next := music.Resolved{Tracks: []music.Track{track("next")}}
	b.do(ana, music.Enqueue{Query: "next"})
	next.Slot = b.slot()
	b.in(next)
	b.in(music.PlayEnded{Bot: other, Play: b.g.Player(other).Play.ID, Reason: music.EndFinished})
	if p := b.g.Player(other); p.Voice.Want != lounge || p.Play == nil || p.Play.Track.Title() != "next" {
		t.Fatalf("the bot with two listeners was sent away: %+v", p)
	}
}

func TestATrackOfABotThatHasToGoIsRefused(t *testing.T) {
	b := crowded(t)
	b.cara(music.Enqueue{Query: "late"})
	slot := b.slot()
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
	if p := b.player(); p.Voice.Want != "" {
		t.Fatalf("it stays: %+v", p)
	}
	if a, ok := b.answer(); !ok || a.Refusal == nil || a.Refusal.Reason != music.ReasonNoBotFree {
		t.Fatalf("got %+v", a)
	}
	b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("late")}})
	if a, ok := b.answer(); ok {
		t.Fatalf("it was answered before: %+v", a)
	}

	t.Run("resolved while nothing plays", func(t *testing.T) {
		b := crowded(t)
		b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
		b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
		b.cara(music.Enqueue{Query: "late"})
		slot := b.slot()
		b.in(music.EntitlementsChanged{Entitlements: entitled(1)})
		b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("late")}})
		if p := b.player(); p.Voice.Want != "" {
			t.Fatalf("it stays: %+v", p)
		}
		if a, ok := b.answer(); !ok || a.Refusal == nil || a.Refusal.Reason != music.ReasonNoBotFree {
			t.Fatalf("the member reads %+v, and the bot has left", a)
		}
	})
}

// What sounds may end, but nothing else begins on a bot that the plan has no
// room for.
func TestNothingBeginsOnABotThatHasToGo(t *testing.T) {
	for name, do := range map[string]music.Action{"previous": music.Previous{}, "skipto": music.SkipTo{Position: 2}} {
		t.Run(name, func(t *testing.T) {
			b := crowded(t)
			b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
			for _, q := range []string{"b", "c", "d"} {
				b.cara(music.Enqueue{Query: q})
				b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track(q)}})
			}
			b.cara(music.Skip{})
			b.now = b.now.Add(time.Minute)
			b.in(music.EntitlementsChanged{Entitlements: entitled(1)})
			a := b.cara(do)
			if a.Refusal == nil || a.Refusal.Reason != music.ReasonNoBotFree || a.Refusal.Limit != 1 || a.Refusal.Plan == "" {
				t.Fatalf("got %+v", a)
			}
			for _, e := range b.last.Events {
				if begun, ok := e.Payload.(music.PlayBegun); ok {
					t.Fatalf("it began: %+v", begun)
				}
			}
		})
	}
}
