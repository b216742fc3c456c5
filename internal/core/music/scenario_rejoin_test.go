package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// A voice session is dead, the bot leaves to come back, and Discord says
// nothing, because for it the bot was outside already.
func TestComesBackWhereDiscordNeverSaysThatItLeft(t *testing.T) {
	b := newBench(t)
	b.do(ana, music.Join{})
	b.in(music.VoiceState{User: music.UserID(bot), Channel: lounge, Session: "s1", Bot: true})
	b.do(ana, music.Enqueue{Query: "ocean"})
	b.in(music.VoiceClosed{Bot: bot, Code: 4006})
	p := b.g.Player(bot)
	if !p.Voice.Reset || p.Voice.JoinBy.IsZero() {
		t.Fatalf("the voice session was not given up: %+v", p.Voice)
	}
	waits := len(p.Queue)

	b.now = p.Voice.JoinBy
	b.in(music.Tick{})
	p = b.g.Player(bot)
	if p.Voice.Want != lounge || p.Voice.Reset || p.Voice.Channel != "" || !p.Voice.JoinBy.After(b.now) {
		t.Fatalf("it does not come back: %+v", p.Voice)
	}
	if len(p.Queue) != waits {
		t.Errorf("%d tracks wait of %d", len(p.Queue), waits)
	}
	wished := false
	for _, e := range b.last.Effects {
		c, ok := e.(music.Converge)
		wished = wished || ok && c.Bot == bot && c.Aspect&music.AspectVoice != 0
	}
	if !wished {
		t.Error("nobody is asked to bring it back")
	}

	// It is tried once: a channel that cannot be joined is given up.
	b.now = p.Voice.JoinBy.Add(time.Millisecond)
	b.in(music.Tick{})
	if v := b.g.Player(bot).Voice; v.Want != "" {
		t.Errorf("it tries for ever: %+v", v)
	}
}
