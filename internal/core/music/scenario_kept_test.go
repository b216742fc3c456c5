package music_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

const third = music.BotID("902")

// late lets the deadline of a guild come.
func (b *bench) late() {
	b.t.Helper()
	d := b.g.Deadline()
	if d.IsZero() {
		b.t.Fatal("nothing is due")
	}
	b.now = d
	b.in(music.Tick{})
}

func TestAnHeirThatCannotJoinIsFollowedByTheNext(t *testing.T) {
	b := pooled(t)
	b.in(music.BotPresent{Bot: third})
	id := b.player().Play.ID
	b.in(music.BotAway{Bot: bot})
	if p := b.g.Player(other); p == nil || p.Play == nil {
		t.Fatalf("the first heir has %+v", p)
	}
	b.late()
	event[music.JoinFailed](b)
	p := b.g.Player(third)
	if p == nil || p.Play == nil || p.Play.ID != id || len(p.Queue) != 2 || p.Voice.Want != lounge {
		t.Fatalf("the second heir has %+v", p)
	}
	b.in(music.VoiceState{User: music.UserID(third), Channel: lounge, Session: "o", Bot: true})
	if p := b.g.Player(third); len(p.Tried) != 0 || p.Play == nil {
		t.Fatalf("it has joined: %+v", p)
	}
}

// unheirable is a guild whose queue no bot could go on with.
func unheirable(t *testing.T) *bench {
	t.Helper()
	b := pooled(t)
	b.in(music.BotAway{Bot: bot})
	b.late()
	e := event[music.QueueKept](b)
	if e.Bot != other || e.Channel != lounge || e.Tracks != 3 {
		t.Fatalf("%+v", e)
	}
	b.notice(music.AnswerQueueKept)
	p := b.g.Player(other)
	if p.Voice.Want != "" || p.Play != nil || !p.Kept.Waits() || len(p.Queue) != 3 || p.Queue[0].Track.Title() != "a" {
		t.Fatalf("it keeps %+v", p)
	}
	return b
}

// arrives lets a bot join, and says what it plays.
func (b *bench) arrives(who music.BotID) string {
	b.t.Helper()
	b.in(music.VoiceState{User: music.UserID(who), Channel: lounge, Session: "o", Bot: true})
	p := b.g.Player(who)
	if p == nil || p.Play == nil || p.Voice.Want != lounge || p.Kept.Waits() {
		b.t.Fatalf("%s has %+v", who, p)
	}
	return p.Play.Track.Title()
}

func TestAKeptQueueGoesOn(t *testing.T) {
	t.Run("by a join", func(t *testing.T) {
		b := unheirable(t)
		b.do(ana, music.Join{})
		if got := b.arrives(other); got != "a" || len(b.g.Player(other).Queue) != 2 {
			t.Fatalf("it plays %s", got)
		}
	})
	t.Run("by a request, which comes last", func(t *testing.T) {
		b := unheirable(t)
		b.do(ana, music.Enqueue{Query: "d"})
		b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track("d")}})
		if got := b.arrives(other); got != "a" {
			t.Fatalf("it plays %s", got)
		}
		if q := b.g.Player(other).Queue; len(q) != 3 || q[2].Track.Title() != "d" {
			t.Fatalf("behind it wait %d", len(q))
		}
	})
	t.Run("by another bot where the one that keeps it is gone", func(t *testing.T) {
		b := unheirable(t)
		b.in(music.BotAway{Bot: bot, Back: true})
		b.in(music.BotAway{Bot: other})
		b.do(ana, music.Join{})
		if got := b.arrives(bot); got != "a" || len(b.g.Player(other).Queue) != 0 {
			t.Fatalf("it plays %s", got)
		}
	})
	t.Run("by another bot where the one that keeps it was removed", func(t *testing.T) {
		b := unheirable(t)
		b.in(music.BotAway{Bot: bot, Back: true})
		b.in(music.BotRemoved{Bot: other})
		if p := b.player(); !p.Kept.Waits() || len(p.Queue) != 3 {
			t.Fatalf("it keeps %+v", p)
		}
		b.do(ana, music.Join{})
		if got := b.arrives(bot); got != "a" {
			t.Fatalf("it plays %s", got)
		}
	})
	t.Run("and is kept again where nobody can join", func(t *testing.T) {
		b := unheirable(t)
		b.do(ana, music.Join{})
		b.late()
		if p := b.g.Player(other); !p.Kept.Waits() || len(p.Queue) != 3 {
			t.Fatalf("it keeps %+v", p)
		}
		if a, ok := b.answer(); !ok || a.Refusal == nil || a.Refusal.Reason != music.ReasonJoinTimeout {
			t.Fatalf("who asked got %+v", a)
		}
	})
}

// A bot that plays there all the same does not lose its own queue to it.
func TestAKeptQueueWaitsForABotThatIsFree(t *testing.T) {
	b := unheirable(t)
	b.in(music.BotAway{Bot: bot, Back: true})
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: quiet, Text: text}, Do: music.Enqueue{Query: "z"}})
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{track("z")}})
	b.seen("", "")
	b.in(music.VoiceState{User: music.UserID(bot), Channel: quiet, Session: "o", Bot: true})
	b.seen(lounge, "o")
	b.do(ana, music.Enqueue{Query: "d"})
	if p := b.player(); p.Play == nil || p.Play.Track.Title() != "z" || len(p.Queue) != 1 {
		t.Fatalf("it plays %+v", p)
	}
	if p := b.g.Player(other); !p.Kept.Waits() || len(p.Queue) != 3 {
		t.Fatalf("the other keeps %+v", p)
	}
}

func TestAKeptQueueIsSeenAndEnds(t *testing.T) {
	b := unheirable(t)
	if a := b.do(ana, music.ShowQueue{}); a.Queue == nil || a.Queue.Total != 3 || a.Queue.Now.Track != nil {
		t.Fatalf("a member sees %+v", a)
	}
	g, err := reload(b.g)
	if err != nil {
		t.Fatal(err)
	}
	b.g = g
	b.in(music.Loaded{AliveUntil: b.now})
	if p := b.g.Player(other); !p.Kept.Waits() || len(p.Queue) != 3 {
		t.Fatalf("the next process keeps %+v", p)
	}
	b.late()
	if e := event[music.QueueCleared](b); e.Bot != other || e.Removed != 3 {
		t.Fatalf("%+v", e)
	}
	if p := b.g.Player(other); p.Kept.Waits() || len(p.Queue) != 0 || !b.g.Deadline().IsZero() {
		t.Fatalf("it still keeps %+v", p)
	}

	b = unheirable(t)
	b.in(music.ChannelGone{Channel: lounge})
	if p := b.g.Player(other); p.Kept.Waits() || len(p.Queue) != 0 {
		t.Fatalf("the channel is gone, and it keeps %+v", p)
	}
}

func TestABotThatNobodyHasAnyMore(t *testing.T) {
	t.Run("hands over", func(t *testing.T) {
		b := pooled(t)
		id := b.player().Play.ID
		b.in(music.BotAway{Bot: bot, Gone: true})
		p := b.g.Player(other)
		if p == nil || p.Play == nil || p.Play.ID != id || len(p.Queue) != 2 || b.player().Voice != (music.Voice{}) {
			t.Fatalf("%+v took over from %+v", p, b.player())
		}
	})
	t.Run("that was away before keeps it where nobody else is", func(t *testing.T) {
		b := newBench(t)
		b.play("a")
		b.joined()
		b.sounding()
		b.in(music.BotAway{Bot: bot})
		b.in(music.BotAway{Bot: bot, Gone: true})
		event[music.QueueKept](b)
		if p := b.player(); !p.Kept.Waits() || p.Voice != (music.Voice{}) || len(p.Queue) != 1 {
			t.Fatalf("%+v %+v", p, b.last.Events)
		}
		b.in(music.BotPresent{Bot: other})
		b.do(ana, music.Join{})
		if got := b.arrives(other); got != "a" {
			t.Fatalf("it plays %s", got)
		}
	})
	t.Run("does not hold its guild up", func(t *testing.T) {
		b := pooled(t)
		g, err := reload(b.g)
		if err != nil {
			t.Fatal(err)
		}
		b.g = g
		b.in(music.Loaded{AliveUntil: b.now})
		b.in(music.VoiceSnapshot{Bot: other})
		b.in(music.BotAway{Bot: bot, Gone: true})
		if p := b.g.Player(other); b.g.Recovering() || p.Play == nil || len(p.Queue) != 2 {
			t.Fatalf("recovering %v, the other has %+v", b.g.Recovering(), p)
		}
	})
	t.Run("leaves where it has nothing", func(t *testing.T) {
		b := newBench(t)
		b.do(ana, music.Join{})
		b.joined()
		b.in(music.BotAway{Bot: bot, Gone: true})
		if p := b.player(); p.Kept.Waits() || p.Voice != (music.Voice{}) {
			t.Fatalf("%+v", p)
		}
	})
}
