package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// answers are those of the last step, by the id of what they answer.
func (b *bench) answers() map[string]music.Answer {
	out := map[string]music.Answer{}
	for _, e := range b.last.Effects {
		if r, ok := e.(music.Respond); ok {
			out[r.To.ID] = r.Answer
		}
	}
	return out
}

// asks wants a track and returns the id of the question.
func (b *bench) asks(name string) string {
	b.t.Helper()
	id := time.Duration(b.n).String()
	b.play(name)
	return id
}

// Whoever asked for a track that was taken out again before the bot had joined
// is told that it was.
func TestWhatWasAskedForAndRemovedBeforeTheBotIsThere(t *testing.T) {
	b := newBench(t)
	first, second := b.asks("a"), b.asks("b")
	b.asks("c")
	a := b.do(bruno, music.Remove{From: 1})
	if a.Kind != music.AnswerRemoved || a.Track.Title != "b" {
		t.Fatalf("who removes is told %+v", a)
	}
	got, ok := b.answers()[second]
	if !ok || got.Kind != music.AnswerRemoved || got.Track == nil || got.Track.Title != "b" {
		t.Fatalf("who asked for it is told %+v", got)
	}
	b.do(bruno, music.Skip{})
	if got := b.answers()[first]; got.Kind != music.AnswerSkipped || got.Track.Title != "a" {
		t.Fatalf("who asked for what was skipped is told %+v", got)
	}
	b.joined()
	if all := b.g.Player(bot).Owed; len(all) != 0 {
		t.Fatalf("still owed are %+v", all)
	}
	b = newBench(t)
	b.asks("a")
	second, third := b.asks("b"), b.asks("c")
	b.do(bruno, music.Remove{From: 1})
	b.in(music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "vs", Bot: true})
	if all := b.answers(); len(all) != 2 || all[third].Kind != music.AnswerQueued || all[second].Kind != "" {
		t.Fatalf("when it is there, told are %+v", all)
	}
}

func TestGoingBackAndStandingStill(t *testing.T) {
	b := newBench(t)
	b.play("a")
	b.joined()
	b.sounding()
	b.play("b")
	b.do(ana, music.Seek{To: time.Minute})
	for name, c := range map[string]struct {
		do   music.Action
		kind music.AnswerKind
	}{
		"back":        {music.SeekBy{By: -10 * time.Second}, music.AnswerRewound},
		"forward":     {music.SeekBy{By: 10 * time.Second}, music.AnswerSeeked},
		"to":          {music.Seek{To: time.Minute}, music.AnswerSeeked},
		"again":       {music.Replay{}, music.AnswerReplayed},
		"swap itself": {music.Swap{A: 1, B: 1}, music.AnswerUnmoved},
		"move itself": {music.Move{From: 1, To: 1}, music.AnswerUnmoved},
	} {
		a := b.do(ana, c.do)
		if a.Kind != c.kind || a.Paused {
			t.Errorf("%s: %+v", name, a)
		}
		if c.kind == music.AnswerUnmoved && (len(b.last.Events) > 0 || b.last.Changed || a.Position != 1 || a.Track.Title != "b") {
			t.Errorf("%s changed something: %+v %+v", name, a, b.last.Events)
		}
	}
	b.do(ana, music.Pause{})
	for _, do := range []music.Action{music.SeekBy{By: -time.Second}, music.Seek{To: time.Second}, music.Replay{}} {
		if a := b.do(ana, do); !a.Paused {
			t.Errorf("%T while it is held: %+v", do, a)
		}
	}
}
