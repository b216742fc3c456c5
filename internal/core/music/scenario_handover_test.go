package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
)

const other = music.BotID("901")

// pooled is a guild in which a bot plays "a" with "b" and "c" behind it, and a
// second bot is free.
func pooled(t *testing.T) *bench {
	t.Helper()
	b := newBench(t)
	b.in(music.BotPresent{Bot: other})
	b.play("a")
	b.joined()
	b.sounding()
	b.play("b")
	b.play("c")
	return b
}

func TestARemovedBotHandsItsQueueOver(t *testing.T) {
	b := pooled(t)
	id := b.player().Play.ID
	b.now = b.now.Add(10 * time.Second)
	b.in(music.BotRemoved{Bot: bot})
	if b.player() != nil {
		t.Fatal("a bot that is not here has a player")
	}
	p := b.g.Player(other)
	if p == nil || p.Play == nil || p.Play.ID != id || len(p.Queue) != 2 || p.Voice.Want != lounge || p.Text != text {
		t.Fatalf("the other bot has %+v", p)
	}
	if at := p.Play.PositionAt(b.now); at < 10*time.Second || at > 11*time.Second || p.Play.Phase != music.PhaseWanted || p.Node != "" {
		t.Fatalf("it goes on from %s: %+v", at, p.Play)
	}
	if e := event[music.QueueHandedOver](b); e.From != bot || e.To != other || e.Channel != lounge || e.Tracks != 2 {
		t.Fatalf("%+v", e)
	}
	b.notice(music.AnswerHandedOver)
}

// What is removed from the guild is seen to leave its channel first.
func TestARemovedBotThatLeavesItsChannelFirst(t *testing.T) {
	b := pooled(t)
	id := b.player().Play.ID
	b.seen("", "")
	b.now = b.now.Add(200 * time.Millisecond)
	b.in(music.BotRemoved{Bot: bot})
	if p := b.g.Player(other); p == nil || p.Play == nil || p.Play.ID != id || len(p.Queue) != 2 || p.Voice.Want != lounge {
		t.Fatalf("the other bot has %+v", p)
	}
}

func TestARemovedBotWithNobodyToTakeOver(t *testing.T) {
	b := newBench(t)
	b.play("a")
	b.joined()
	b.in(music.BotRemoved{Bot: bot})
	if len(b.g.Players) != 0 || len(b.g.Bots) != 0 {
		t.Fatalf("something is left: %+v", b.g)
	}
}

func TestAnAwayBotIsRelieved(t *testing.T) {
	t.Run("by one that is free", func(t *testing.T) {
		b := pooled(t)
		b.in(music.BotAway{Bot: bot})
		p, old := b.g.Player(other), b.player()
		if p == nil || p.Play == nil || len(p.Queue) != 2 || old.Play != nil || len(old.Queue) != 0 || old.Voice.Want != "" {
			t.Fatalf("%+v took from %+v", p, old)
		}
		if old.Voice.Channel != lounge {
			t.Fatal("nobody saw it leave")
		}
		event[music.BotWentAway](b)
		// It is back and still in the channel, where another one plays now: it leaves.
		b.in(music.BotAway{Bot: bot, Back: true})
		event[music.BotCameBack](b)
		if !wishes(b, bot, music.AspectVoice) {
			t.Fatal("nobody asks it to leave")
		}
	})
	t.Run("by one that comes later", func(t *testing.T) {
		b := newBench(t)
		b.play("a")
		b.joined()
		b.sounding()
		b.in(music.BotAway{Bot: bot})
		if p := b.player(); p.Play == nil || p.Voice.Want != lounge {
			t.Fatalf("it was taken away with nobody to go on: %+v", p)
		}
		if a := b.do(ana, music.Enqueue{Query: "b"}); a.Refusal == nil || a.Refusal.Reason != music.ReasonBotOffline {
			t.Fatalf("got %+v", a)
		}
		b.in(music.BotPresent{Bot: other})
		if p := b.g.Player(other); p == nil || p.Play == nil {
			t.Fatalf("the new one has %+v", p)
		}
	})
	t.Run("and is not chosen", func(t *testing.T) {
		b := newBench(t)
		b.in(music.BotPresent{Bot: other})
		b.in(music.BotAway{Bot: bot})
		b.do(ana, music.Join{})
		if p := b.g.Player(other); p == nil || p.Voice.Want != lounge {
			t.Fatalf("the other one has %+v", p)
		}
	})
	t.Run("and nobody is left", func(t *testing.T) {
		b := newBench(t)
		b.in(music.BotAway{Bot: bot})
		if a := b.do(ana, music.Join{}); a.Refusal == nil || a.Refusal.Reason != music.ReasonBotOffline {
			t.Fatalf("got %+v", a)
		}
	})
}

// A bot whose connection is gone loses its voice by it; that is nobody's wish.
func TestAnAwayBotThatLosesItsVoiceKeepsItsQueue(t *testing.T) {
	b := newBench(t)
	b.play("a")
	b.joined()
	b.sounding()
	b.in(music.BotAway{Bot: bot})
	b.now = b.now.Add(5 * time.Second)
	b.seen("", "")
	p := b.player()
	if p.Play == nil || p.Voice.Want != lounge || p.Voice.JoinBy.IsZero() || p.Play.Anchor.Speed != 0 {
		t.Fatalf("%+v %+v", p, p.Play)
	}
	b.in(music.VoiceSnapshot{Bot: bot})
	if len(b.g.Away) != 0 || !wishes(b, bot, music.AspectVoice) {
		t.Fatalf("a snapshot of its own shows that it is back: %+v", b.g.Away)
	}
}

func TestAGuildWithAnAwayBotRecovers(t *testing.T) {
	b := newBench(t)
	b.play("a")
	b.joined()
	b.in(music.BotAway{Bot: bot})
	g, err := reload(b.g)
	if err != nil {
		t.Fatal(err)
	}
	b.g = g
	b.in(music.Loaded{AliveUntil: b.now})
	b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Play: b.player().Play.ID})
	if b.g.Recovering() {
		t.Fatal("it waits for the voice of a bot that cannot be asked")
	}
}

func TestABotThatWasMovedToAnotherBotGoesBack(t *testing.T) {
	b := pooled(t)
	b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: quiet, Text: text}, Do: music.Join{}})
	b.in(music.VoiceState{User: music.UserID(other), Channel: quiet, Session: "o", Bot: true})
	b.seen(quiet, "vs")
	if v := b.player().Voice; v.Want != lounge || v.JoinBy.IsZero() || !wishes(b, bot, music.AspectVoice) {
		t.Fatalf("two bots are wanted in one channel: %+v", v)
	}
}

func TestASilencedBotOnAStage(t *testing.T) {
	b := newBench(t)
	b.play("a")
	on := music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "vs", Bot: true, Suppressed: true}
	b.in(on)
	event[music.VoiceSuppressed](b)
	b.now = b.g.Deadline()
	b.in(music.Tick{})
	b.notice(music.AnswerSuppressed)
	b.in(on)
	b.in(music.Tick{})
	for _, e := range b.last.Effects {
		if n, ok := e.(music.Notify); ok {
			t.Fatalf("it was said before: %+v", n)
		}
	}

	b = newBench(t)
	b.play("a")
	b.in(on)
	on.Suppressed = false
	b.in(on)
	if p := b.player(); !p.AskedAt.IsZero() || p.Voice.Suppressed {
		t.Fatalf("it may speak: %+v", p)
	}
}

func TestADowngrade(t *testing.T) {
	b := pooled(t)
	e := entitled(2)
	b.in(music.EntitlementsChanged{Entitlements: e})
	b.do(ana, music.SetVolume{Percent: new(150)})
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: quiet, Text: text}, Do: music.Enqueue{Query: "z"}})
	b.in(music.VoiceState{User: "3", Channel: quiet})
	b.in(music.Resolved{Slot: b.g.Player(other).Queue[0].ID, Tracks: []music.Track{track("z")}})
	b.in(music.VoiceState{User: music.UserID(other), Channel: quiet, Session: "o", Bot: true})
	b.in(music.Placed{Bot: other, Node: "n1"})

	e.Bots, e.MaxVolume = 1, 100
	b.in(music.EntitlementsChanged{Entitlements: e})
	if v := b.player().Volume; v != 100 {
		t.Fatalf("the volume is %d", v)
	}
	if p := b.g.Player(other); p.Play == nil {
		t.Fatal("what sounds goes on to its end")
	}
	b.in(music.PlayEnded{Bot: other, Play: b.g.Player(other).Play.ID, Reason: music.EndFinished})
	if p := b.g.Player(other); p.Voice.Want != "" {
		t.Fatalf("the bot with fewer listeners goes: %+v", p)
	}
	b.notice(music.AnswerRefused)
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
	if p := b.player(); p.Play == nil || p.Play.Track.Title() != "b" {
		t.Fatalf("the other one plays on: %+v", p)
	}
}

func wishes(b *bench, bot music.BotID, a music.Aspect) bool {
	for _, e := range b.last.Effects {
		if c, ok := e.(music.Converge); ok && c.Bot == bot && c.Aspect&a != 0 {
			return true
		}
	}
	return false
}

// entitled is the smallest plan with another number of bots.
func entitled(bots int) plan.Entitlements {
	e := plan.Default()
	e.Bots = bots
	return e
}
