package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// ends lets the node say that what plays came to its end.
func (b *bench) ends() {
	b.t.Helper()
	b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
}

func (b *bench) plays(want string) {
	b.t.Helper()
	if p := b.player().Play; p == nil || p.Track.Title() != want {
		b.t.Fatalf("%+v plays, want %s", p, want)
	}
}

func (b *bench) heard(want ...string) {
	b.t.Helper()
	h := b.player().History
	if len(h) != len(want) {
		b.t.Fatalf("%d were played, want %v", len(h), want)
	}
	for i, q := range h {
		if q.Track.Title() != want[i] || q.State != music.SlotPlayed {
			b.t.Fatalf("%+v was played, want %v", q, want)
		}
	}
}

func TestSkipTo(t *testing.T) {
	t.Run("a position", func(t *testing.T) {
		b := listening(t, "a", "b", "c")
		a := b.as(ana, lounge, music.SkipTo{Position: 2})
		if b.kind(a, music.AnswerSkippedTo); a.Count != 1 || a.Track.Title != "b" || a.Now.Track.Title != "b" {
			t.Fatalf("%+v", a)
		}
		b.plays("b")
		b.waits("c")
		b.heard("first")
		if e := event[music.QueueRemoved](b); e.Reason != "passed" || len(e.Slots) != 1 {
			t.Fatalf("%+v", e)
		}
		b.refused(b.as(bruno, lounge, music.SkipTo{Position: 1}), music.ReasonAlreadySkipped)
		b.kind(b.as(bruno, lounge, music.SkipTo{Slot: b.player().Queue[0].ID}), music.AnswerSkippedTo)
	})
	t.Run("a slot from an old panel", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.in(music.Command{
			Actor: music.Actor{User: ana, Voice: lounge}, Reply: music.ReplyTo{Surface: "test", ID: "x"}, Bot: bot, Play: "old",
			Do: music.SkipTo{Slot: b.player().Queue[1].ID},
		})
		b.plays("b")
	})
	t.Run("passes over what is pending, and answers for it", func(t *testing.T) {
		b := listening(t)
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		b.play("b")
		b.refused(b.as(ana, lounge, music.SkipTo{Position: 2}), music.ReasonCancelled)
		if b.plays("b"); b.player().Unready != 0 {
			t.Fatal("a slot is still counted")
		}
	})
	t.Run("what is pending comes to the front", func(t *testing.T) {
		b := listening(t, "a")
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		slot := b.slot()
		a := b.as(ana, lounge, music.SkipTo{Position: 2})
		if a.Track == nil || a.Track.Title != "slow" || b.player().Play != nil || b.player().SilentSince != b.now {
			t.Fatalf("%+v %+v", a, b.player())
		}
		b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("slow")}})
		b.plays("slow")
	})
	t.Run("turns a queue that loops", func(t *testing.T) {
		b := listening(t, "a", "b", "c", "d")
		b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
		b.as(ana, lounge, music.SkipTo{Position: 3})
		b.plays("c")
		b.waits("d", "first", "a", "b")
	})
	t.Run("starts a halted queue again", func(t *testing.T) {
		b := listening(t, "a", "b", "c", "d", "e")
		for range music.MaxFailures {
			b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed})
		}
		b.as(ana, lounge, music.SkipTo{Position: 2})
		if b.plays("d"); b.player().Halted {
			t.Fatal("still halted")
		}
	})
}

func TestPrevious(t *testing.T) {
	t.Run("there and back again", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.ends()
		b.sounding()
		b.heard("first")
		a := b.as(ana, lounge, music.Previous{})
		if b.kind(a, music.AnswerPrevious); a.Track.Title != "first" || a.Now.Previous {
			t.Fatalf("%+v", a)
		}
		b.plays("first")
		b.waits("a", "b")
		b.heard()
		if e := event[music.TrackQueued](b); e.Position != 1 || e.Track.Title != "a" {
			t.Fatalf("%+v", e)
		}
		b.refused(b.as(bruno, lounge, music.Skip{}), music.ReasonAlreadySkipped)
		b.refused(b.as(ana, lounge, music.Previous{}), music.ReasonNoHistory)
		b.sounding()
		b.ends()
		b.plays("a")
		b.heard("first")
	})
	t.Run("while nothing plays", func(t *testing.T) {
		b := listening(t)
		b.ends()
		if b.player().Play != nil {
			t.Fatal("something plays")
		}
		b.as(ana, lounge, music.Previous{})
		b.plays("first")
		b.waits()
		if !b.player().IdleAt.IsZero() {
			t.Fatal("it is about to leave")
		}
	})
	t.Run("after too many errors", func(t *testing.T) {
		b := listening(t, "a", "b", "c", "d")
		b.ends()
		for range music.MaxFailures {
			b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndLoadFailed})
		}
		b.as(ana, lounge, music.Previous{})
		if b.plays("first"); b.player().Halted {
			t.Fatal("still halted")
		}
	})
	t.Run("what was never heard is no history", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.as(ana, lounge, music.Skip{})
		b.as(ana, lounge, music.Skip{})
		b.heard("first")
	})
	t.Run("takes its copy out of a queue that loops", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.as(ana, lounge, music.SetLoop{Mode: music.LoopQueue})
		b.ends()
		b.sounding()
		b.waits("b", "first")
		b.as(ana, lounge, music.Previous{})
		b.plays("first")
		b.waits("a", "b")
	})
	t.Run("an old panel means another play", func(t *testing.T) {
		b := listening(t, "a")
		old := b.player().Play.ID
		b.ends()
		b.in(music.Command{Actor: music.Actor{User: ana, Voice: lounge}, Reply: music.ReplyTo{Surface: "test", ID: "x"}, Bot: bot, Play: old, Do: music.Previous{}})
		a, _ := b.answer()
		b.refused(a, music.ReasonNotPlayer)
	})
	t.Run("does not let the queue grow without bound", func(t *testing.T) {
		b := listening(t)
		b.ends()
		b.g.Entitlements.QueueLength = 1
		p := *b.player()
		for i := range 1 + music.HistoryLength {
			p.Queue = append(p.Queue, &music.Slot{ID: music.SlotID(time.Duration(i).String()), State: music.SlotReady, Track: keptTrack("x"), By: ana})
		}
		p.Play, b.g.Players = &music.Play{ID: "p", Slot: "s", Track: keptTrack("now"), By: ana, Phase: music.PhaseWanted}, []*music.Player{&p}
		b.refused(b.as(ana, lounge, music.Previous{}), music.ReasonQueueFull)
	})
}
