package music_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// seen lets Discord say where the bot is.
func (b *bench) seen(ch music.ChannelID, session string) music.Result {
	b.t.Helper()
	return b.in(music.VoiceState{User: music.UserID(bot), Channel: ch, Session: session, Bot: true})
}

func (b *bench) notice(k music.AnswerKind) {
	b.t.Helper()
	for _, e := range b.last.Effects {
		if n, ok := e.(music.Notify); ok && n.Answer.Kind == k && n.Channel == text {
			return
		}
	}
	b.t.Fatalf("nobody is told %s: %+v", k, b.last.Effects)
}

// gone holds that a bot has nothing to do any more.
func (b *bench) gone() {
	b.t.Helper()
	p := b.player()
	if p.Play != nil || len(p.Queue) > 0 || p.Voice.Want != "" || len(p.Owed) > 0 {
		b.t.Fatalf("something is left: %+v", p)
	}
}

func TestAFullChannelIsGivenUp(t *testing.T) {
	b := newBench(t)
	b.as(ana, lounge, music.Join{})
	b.play("ocean")
	b.as(bruno, lounge, music.Enqueue{Query: "rain"})
	if d := b.g.Deadline(); d.Sub(b.now) != music.SilenceWithin && d.Sub(b.now) != music.JoinWithin {
		t.Fatalf("due in %s", d.Sub(b.now))
	}
	b.tick()
	refusals := 0
	for _, e := range b.last.Effects {
		if r, ok := e.(music.Respond); ok {
			b.refused(r.Answer, music.ReasonJoinTimeout)
			refusals++
		}
		if _, ok := e.(music.Notify); ok {
			t.Fatal("who is answered needs no notice")
		}
	}
	if refusals != 3 || b.now.Sub(start) != music.JoinWithin {
		t.Fatalf("%d were answered after %s", refusals, b.now.Sub(start))
	}
	event[music.JoinFailed](b)
	b.gone()
	// It got in after all, too late: it leaves again.
	b.seen(lounge, "s")
	if p := b.player(); p.Voice.Want != "" || p.Voice.Channel != lounge {
		t.Fatalf("%+v", p.Voice)
	}
	b.seen("", "")
	if b.player().Voice != (music.Voice{}) {
		t.Fatalf("%+v", b.player().Voice)
	}
}

func TestLeaveThenAtOncePlay(t *testing.T) {
	t.Run("in the same channel", func(t *testing.T) {
		b := listening(t, "b")
		b.kind(b.as(ana, lounge, music.Leave{}), music.AnswerLeft)
		b.play("again")
		if v := b.player().Voice; !v.Reset || v.Want != lounge {
			t.Fatalf("it has to be seen outside first: %+v", v)
		}
		b.seen("", "")
		b.waits()
		if p := b.player(); p.Voice.Reset || p.Voice.Want != lounge || p.Play == nil || p.Play.Track.Title() != "again" {
			t.Fatalf("its leaving was taken for a kick: %+v", p)
		}
		b.seen(lounge, "s2")
		if a, ok := b.answer(); !ok || a.Kind != music.AnswerPlaying {
			t.Fatalf("got %+v", a)
		}
	})
	t.Run("elsewhere while still on its way", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Join{})
		b.as(ana, lounge, music.Leave{})
		b.as(bruno, quiet, music.Join{})
		b.seen(lounge, "s")
		if v := b.player().Voice; v.Want != quiet || v.JoinBy.IsZero() {
			t.Fatalf("the first join was taken for a move: %+v", v)
		}
		b.seen("", "")
		if v := b.player().Voice; v.Want != quiet || v.JoinBy.IsZero() || v.Channel != "" {
			t.Fatalf("leaving the first was taken for a kick: %+v", v)
		}
		b.seen(quiet, "s2")
		if a, ok := b.answer(); !ok || a.Kind != music.AnswerJoined || a.Channel != quiet {
			t.Fatalf("got %+v", a)
		}
	})
}

func TestKickedAndMoved(t *testing.T) {
	t.Run("kicked", func(t *testing.T) {
		b := listening(t, "b")
		b.in(music.VoiceClosed{Bot: bot, Code: 4014})
		if b.player().Play == nil {
			t.Fatal("the node's word alone counted")
		}
		b.as(bruno, lounge, music.Enqueue{Query: "pending"})
		b.seen("", "")
		if p := b.player(); p.Play == nil || len(p.Queue) == 0 || wishes(b, bot, music.AspectVoice) {
			t.Fatalf("it may have been removed from the guild: %+v", p)
		}
		at := b.now
		b.tick()
		if b.now.Sub(at) != music.GoneGrace {
			t.Fatalf("decided after %s", b.now.Sub(at))
		}
		a, _ := b.answer()
		b.refused(a, music.ReasonCancelled)
		b.notice(music.AnswerDisconnected)
		b.gone()
	})
	t.Run("kicked and called again at once", func(t *testing.T) {
		b := listening(t, "b")
		b.seen("", "")
		b.as(ana, lounge, music.Enqueue{Query: "c"})
		if p := b.player(); p.Voice.Gone || p.Voice.Want != lounge || p.Play == nil || !wishes(b, bot, music.AspectVoice) {
			t.Fatalf("it does not come back: %+v", p)
		}
	})
	t.Run("moved by an admin", func(t *testing.T) {
		b := listening(t, "b")
		play := b.player().Play.ID
		b.in(music.VoiceState{User: ana, Channel: quiet})
		b.in(music.VoiceClosed{Bot: bot, Code: 4014})
		b.seen(quiet, "vs")
		if e := event[music.VoiceMoved](b); e.From != lounge || e.To != quiet {
			t.Fatalf("%+v", e)
		}
		b.in(music.VoiceServer{Bot: bot, Token: "new", Endpoint: "voice.test:443"})
		if p := b.player(); p.Play.ID != play || p.Voice.Token != "new" || !p.Voice.Ready() || !p.EmptyAt.IsZero() {
			t.Fatalf("%+v", p)
		}
		b.refused(b.as(bruno, lounge, music.Skip{}), music.ReasonOtherChannel)
	})
	t.Run("a channel is deleted", func(t *testing.T) {
		b := listening(t, "b")
		b.in(music.ChannelGone{Channel: lounge})
		if event[music.VoiceLeft](b).Reason != "channel_deleted" {
			t.Fatal("the reason")
		}
		b.gone()
		// Nobody says that it left what is not there.
		b.as(ana, quiet, music.Join{})
		if v := b.player().Voice; v.Reset || v.Channel != "" {
			t.Fatalf("it waits to leave a channel that is gone: %+v", v)
		}
	})
	t.Run("its text channel is deleted", func(t *testing.T) {
		b := listening(t)
		b.in(music.ChannelGone{Channel: text})
		if p := b.player(); p.Text != "" || p.Play == nil {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("removed from the guild", func(t *testing.T) {
		b := listening(t, "b")
		b.as(ana, lounge, music.Enqueue{Query: "pending"})
		b.in(music.BotRemoved{Bot: bot})
		a, _ := b.answer()
		b.refused(a, music.ReasonCancelled)
		if b.player() != nil || len(b.g.Bots) != 0 {
			t.Fatalf("%+v", b.g)
		}
		b.refused(b.as(ana, lounge, music.Join{}), music.ReasonNoBotFree)
	})
}

func TestVoiceSessions(t *testing.T) {
	t.Run("a null endpoint waits for the next", func(t *testing.T) {
		b := listening(t)
		b.in(music.VoiceServer{Bot: bot, Token: "secret"})
		if b.player().Voice.Ready() {
			t.Fatal("the old server is still used")
		}
		b.in(music.VoiceServer{Bot: bot, Token: "secret", Endpoint: "voice.test:443"})
		if !b.player().Voice.Ready() {
			t.Fatal("the same endpoint was not taken again")
		}
	})
	t.Run("a dead session is left and joined again", func(t *testing.T) {
		b := listening(t)
		b.pass(time.Minute)
		at := b.player().Play.PositionAt(b.now)
		b.in(music.VoiceClosed{Bot: bot, Code: 4006})
		b.pass(5 * time.Second)
		if p := b.player(); !p.Voice.Reset || p.Play.PositionAt(b.now) != at {
			t.Fatalf("%+v", p)
		}
		b.seen("", "")
		b.in(music.VoiceClosed{Bot: bot, Code: 4006})
		if b.player().Voice.Reset {
			t.Fatal("a late close has it leave what it left already")
		}
		b.seen(lounge, "s2")
		b.in(music.VoiceServer{Bot: bot, Token: "t2", Endpoint: "v"})
		if p := b.player(); !p.Voice.Ready() || p.Play == nil {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("too many dead sessions end it", func(t *testing.T) {
		b := listening(t)
		for i := range music.MaxRetries + 1 {
			b.in(music.VoiceClosed{Bot: bot, Code: 4006})
			if i < music.MaxRetries {
				b.seen("", "")
				b.seen(lounge, "s")
			}
		}
		b.notice(music.AnswerDisconnected)
		b.gone()
	})
	t.Run("cleanup keeps the play", func(t *testing.T) {
		b := listening(t)
		play := b.player().Play.ID
		b.in(music.PlayEnded{Bot: bot, Play: play, Reason: music.EndCleanup})
		if p := b.player(); p.Play.ID != play || p.Play.Phase != music.PhaseWanted || !p.Voice.Reset {
			t.Fatalf("%+v", p)
		}
	})
	t.Run("it rejoins where a snapshot shows a missed server", func(t *testing.T) {
		b := newBench(t)
		b.play("ocean")
		b.in(music.VoiceSnapshot{Bot: bot, States: []music.VoiceState{{User: music.UserID(bot), Channel: lounge, Session: "s", Bot: true}}})
		if v := b.player().Voice; !v.Reset || v.JoinBy.IsZero() {
			t.Fatalf("%+v", v)
		}
	})
	t.Run("a lost connection rejoins", func(t *testing.T) {
		b := listening(t)
		b.in(music.VoiceSnapshot{Bot: bot, States: []music.VoiceState{{User: ana, Channel: lounge}}})
		if p := b.player(); p.Voice.Want != lounge || p.Voice.Channel != "" || p.Voice.JoinBy.Sub(b.now) != music.RejoinWithin || p.Play == nil {
			t.Fatalf("%+v", p)
		}
		b.tick()
		b.notice(music.AnswerJoinFailed)
		b.gone()
	})
}

func TestTimersToLeave(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		b := listening(t)
		b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished})
		since := b.now
		b.tick()
		b.notice(music.AnswerLeftIdle)
		if b.now.Sub(since) != music.DefaultSettings().Idle {
			t.Fatalf("after %s", b.now.Sub(since))
		}
		b.gone()
	})
	t.Run("empty", func(t *testing.T) {
		b := listening(t)
		b.in(music.VoiceState{User: ana})
		if !b.player().EmptyAt.IsZero() {
			t.Fatal("bruno still listens")
		}
		b.in(music.VoiceState{User: bruno, Channel: quiet})
		due := b.player().EmptyAt
		b.in(music.VoiceState{User: bruno, Channel: lounge})
		if due.IsZero() || !b.player().EmptyAt.IsZero() {
			t.Fatal("somebody came back")
		}
		b.in(music.VoiceState{User: bruno})
		b.tick()
		b.notice(music.AnswerLeftEmpty)
		b.gone()
	})
	t.Run("a word for the end that never came", func(t *testing.T) {
		b := listening(t, "b")
		b.tick()
		if e := event[music.PlayFinished](b); !e.Synthesised || e.HeardMS != 180_000 || b.player().Play.Track.Title() != "b" {
			t.Fatalf("%+v", e)
		}
	})
}

// Who resumes while the bot has to leave and come back is obeyed, but the play
// does not count as sounding before its node says so.
func TestResumingWhileVoiceIsRenewed(t *testing.T) {
	b := listening(t)
	b.in(music.VoiceClosed{Bot: bot, Code: 4006})
	b.as(ana, lounge, music.Pause{})
	b.pass(2 * time.Second)
	b.kind(b.as(ana, lounge, music.Resume{}), music.AnswerResumed)
	if p := b.player(); p.Paused || p.Play.Anchor.Speed != 0 || !p.Voice.Reset {
		t.Fatalf("%+v", p.Play)
	}
	said := music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: time.Second, Speed: 1}
	b.in(said)
	if p := b.player().Play; p.Anchor.Speed != 0 {
		t.Fatalf("what the node said before is believed: %+v", p)
	}
	b.seen("", "")
	b.seen(lounge, "new")
	b.in(said)
	if p := b.player().Play; p.Anchor.Speed != 1 {
		t.Fatalf("its node is not believed: %+v", p)
	}
}
