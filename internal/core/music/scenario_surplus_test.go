package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// surplus is a guild in which a second bot plays a track, with fewer listeners
// than the first, and whose plan allows one.
func surplus(t *testing.T, stream bool) *bench {
	t.Helper()
	b := pooled(t)
	b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
	b.in(music.VoiceState{User: "3", Channel: quiet})
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: quiet, Text: text}, Do: music.Enqueue{Query: "z"}})
	z := track("z")
	if stream {
		z.Stream, z.Length = true, 0
	}
	b.in(music.Resolved{Slot: b.g.Player(other).Queue[0].ID, Tracks: []music.Track{z}})
	b.in(music.VoiceState{User: music.UserID(other), Channel: quiet, Session: "o", Bot: true})
	b.in(music.VoiceSnapshot{Bot: bot, States: []music.VoiceState{
		{User: music.UserID(bot), Channel: lounge, Session: "vs", Bot: true},
		{User: ana, Channel: lounge},
		{User: bruno, Channel: lounge},
		{User: "3", Channel: quiet},
		{User: music.UserID(other), Channel: quiet, Session: "o", Bot: true},
	}})
	b.in(music.EntitlementsChanged{Entitlements: entitled(1)})
	return b
}

func (b *bench) there(do music.Action) {
	b.t.Helper()
	b.in(music.Command{Actor: music.Actor{User: "3", Voice: quiet, Text: text}, Do: do})
}

func TestWhatMayNeverEndLeavesASurplusBot(t *testing.T) {
	leaves := func(t *testing.T, b *bench, at time.Time) {
		t.Helper()
		p := b.g.Player(other)
		if !p.SurplusAt.Equal(at) {
			t.Fatalf("it leaves at %s, not at %s", p.SurplusAt, at)
		}
		b.now = at.Add(-time.Second)
		b.in(music.Tick{})
		if b.g.Player(other).Play == nil {
			t.Fatal("it left too early")
		}
		b.now = at
		b.in(music.Tick{})
		if p := b.g.Player(other); p.Play != nil || p.Voice.Want != "" || !p.SurplusAt.IsZero() {
			t.Fatalf("it is still there: %+v", p)
		}
		b.notice(music.AnswerRefused)
	}
	t.Run("a stream", func(t *testing.T) {
		b := surplus(t, true)
		leaves(t, b, b.now.Add(music.SurplusWithin))
	})
	t.Run("what is paused", func(t *testing.T) {
		b := surplus(t, false)
		if at := b.g.Player(other).SurplusAt; !at.IsZero() {
			t.Fatalf("a track ends by itself, and it leaves at %s", at)
		}
		b.there(music.Pause{})
		leaves(t, b, b.now.Add(music.SurplusWithin))
	})
	t.Run("not what goes on", func(t *testing.T) {
		b := surplus(t, false)
		b.there(music.Pause{})
		b.now = b.now.Add(time.Minute)
		b.there(music.Resume{})
		if p := b.g.Player(other); !p.SurplusAt.IsZero() || p.Play == nil {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("not where the plan has room again", func(t *testing.T) {
		b := surplus(t, true)
		b.in(music.EntitlementsChanged{Entitlements: entitled(2)})
		if p := b.g.Player(other); !p.SurplusAt.IsZero() {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("not the one that may stay", func(t *testing.T) {
		b := surplus(t, true)
		b.do(ana, music.Pause{})
		if p := b.player(); !p.SurplusAt.IsZero() {
			t.Fatalf("%+v", p)
		}
	})
}
