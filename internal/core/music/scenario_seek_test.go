package music_test

import (
	"math"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

func (b *bench) at(want time.Duration) {
	b.t.Helper()
	if got := b.player().Play.PositionAt(b.now); got != want {
		b.t.Fatalf("the play is at %s, want %s", got, want)
	}
}

// wants is true where the last step wants the node looked at.
func (b *bench) wants(a music.Aspect) bool {
	for _, e := range b.last.Effects {
		if c, ok := e.(music.Converge); ok && c.Aspect&a == a {
			return true
		}
	}
	return false
}

func TestSeek(t *testing.T) {
	for name, c := range map[string]struct {
		do   music.Action
		want time.Duration
		kind music.AnswerKind
	}{
		"forward":                {music.SeekBy{By: 10 * time.Second}, 70 * time.Second, music.AnswerSeeked},
		"back":                   {music.SeekBy{By: -10 * time.Second}, 50 * time.Second, music.AnswerRewound},
		"back before its start":  {music.SeekBy{By: -time.Hour}, 0, music.AnswerRewound},
		"back as far as can be":  {music.SeekBy{By: math.MinInt64}, 0, music.AnswerRewound},
		"to":                     {music.Seek{To: 2 * time.Minute}, 2 * time.Minute, music.AnswerSeeked},
		"to before its start":    {music.Seek{To: -time.Second}, 0, music.AnswerSeeked},
		"to just before its end": {music.Seek{To: 3*time.Minute - 1}, 3*time.Minute - 1, music.AnswerSeeked},
		"replay":                 {music.Replay{}, 0, music.AnswerReplayed},
	} {
		t.Run(name, func(t *testing.T) {
			b := listening(t, "second")
			b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: 50 * time.Second, Speed: 1})
			b.pass(10 * time.Second)
			play := b.player().Play.ID
			a := b.as(ana, lounge, c.do)
			if b.kind(a, c.kind); a.At != c.want || a.Track.Title != "first" {
				t.Fatalf("%+v", a)
			}
			b.at(c.want)
			if e := event[music.PlayerSeeked](b); e.FromMS != 60_000 || e.PositionMS != c.want.Milliseconds() || e.By != ana || e.Play != play {
				t.Fatalf("%+v", e)
			}
			if p := b.player().Play; p.Seeks != 1 || p.ID != play || p.Listened != 10*time.Second || !b.wants(music.AspectNode|music.AspectPanel) {
				t.Fatalf("%+v", p)
			}
			b.in(music.PlayPosition{Bot: bot, Play: play, Position: 61 * time.Second, Speed: 1})
			b.at(c.want) // said before the node had carried it out
			b.in(music.PlayPosition{Bot: bot, Play: play, Position: c.want + 40*time.Millisecond, Speed: 1, Seeks: 1})
			b.at(min(c.want+40*time.Millisecond, 3*time.Minute))
		})
	}
}

func TestSeekRefuses(t *testing.T) {
	stream := track("radio")
	stream.Stream, stream.Length = true, 0
	for name, c := range map[string]struct {
		track *music.Track
		do    music.Action
		want  music.Reason
		limit int
	}{
		"to its end":           {nil, music.Seek{To: 3 * time.Minute}, music.ReasonBeyondEnd, 180},
		"as far as can be":     {nil, music.Seek{To: math.MaxInt64}, music.ReasonBeyondEnd, 180},
		"in a stream":          {&stream, music.Seek{To: time.Second}, music.ReasonNotSeekable, 0},
		"forward in a stream":  {&stream, music.SeekBy{By: time.Second}, music.ReasonNotSeekable, 0},
		"a stream from start":  {&stream, music.Replay{}, music.ReasonNotSeekable, 0},
		"too far in a mystery": {&music.Track{Title: "mystery", Identifier: "m", Source: "test"}, music.Seek{To: 25 * time.Hour}, music.ReasonBeyondEnd, 86_400},
	} {
		t.Run(name, func(t *testing.T) {
			b := listening(t)
			if c.track != nil {
				b.by(ana, *c.track)
				b.as(ana, lounge, music.Skip{})
			}
			a := b.as(ana, lounge, c.do)
			if b.refused(a, c.want); a.Refusal.Limit != c.limit {
				t.Fatalf("%+v", a.Refusal)
			}
		})
	}
	t.Run("nothing plays", func(t *testing.T) {
		b := listening(t)
		b.ends()
		for _, do := range []music.Action{music.Seek{}, music.SeekBy{}, music.Replay{}} {
			b.refused(b.as(ana, lounge, do), music.ReasonNothingPlaying)
		}
	})
}

func TestForwardBeyondTheEndSkips(t *testing.T) {
	for _, by := range []time.Duration{3 * time.Minute, math.MaxInt64} {
		b := listening(t, "second")
		b.kind(b.as(ana, lounge, music.SeekBy{By: by}), music.AnswerSkipped)
		b.plays("second")
		if event[music.PlayFinished](b).Reason != "skipped" {
			t.Fatal("it was no skip")
		}
		b.refused(b.as(bruno, lounge, music.Skip{}), music.ReasonAlreadySkipped)
	}
}

func TestSeekWhilePaused(t *testing.T) {
	b := listening(t)
	b.as(ana, lounge, music.Pause{})
	b.as(ana, lounge, music.Seek{To: time.Minute})
	b.pass(time.Minute)
	if b.at(time.Minute); !b.player().Paused || b.player().Play.ListenedAt(b.now) != 0 {
		t.Fatalf("%+v", b.player().Play)
	}
	b.as(ana, lounge, music.Resume{})
	b.pass(time.Second)
	b.at(61 * time.Second)
}

func TestASnapshotFromBeforeASeekSaysNothingOfThePosition(t *testing.T) {
	b := listening(t)
	play := b.player().Play.ID
	b.as(ana, lounge, music.Seek{To: time.Minute})
	b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Play: play, Position: 2 * time.Second})
	if b.at(time.Minute); !b.wants(music.AspectNode) {
		t.Fatal("the node is not asked again")
	}
	b.in(music.NodeSnapshot{Bot: bot, Node: "n1", Play: play, Position: 62 * time.Second, Seeks: 1})
	b.at(62 * time.Second)
}

// TestListened follows a play through everything that stops the sound.
func TestListened(t *testing.T) {
	b := listening(t, "second")
	b.now = b.now.Add(10 * time.Second)
	b.as(ana, lounge, music.Pause{})
	b.pass(time.Hour)
	b.as(ana, lounge, music.Resume{})
	b.pass(5 * time.Second)
	b.as(ana, lounge, music.Seek{To: 2 * time.Minute})
	b.pass(5 * time.Second)
	b.in(music.NodeDown{Node: "n1"})
	b.pass(time.Minute)
	b.in(music.Placed{Bot: bot, Node: "n2"})
	b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: 125 * time.Second, Speed: 2, Seeks: 1})
	b.pass(10 * time.Second)
	b.as(bruno, lounge, music.Skip{})
	e := event[music.PlayFinished](b)
	if e.ListenedMS != 30_000 || e.HeardMS != 145_000 || !e.Heard || e.Node != "n2" || e.Requester != ana || e.By != bruno ||
		e.Track.Title != "first" || e.StartedAt != start.UnixMilli() {
		t.Fatalf("%+v", e)
	}
	t.Run("no longer than the track lasts", func(t *testing.T) {
		b := listening(t)
		b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: 170 * time.Second, Speed: 1})
		b.tick()
		if e := event[music.PlayFinished](b); !e.Synthesised || e.ListenedMS != 10_000 {
			t.Fatalf("%+v", e)
		}
	})
	t.Run("nothing where nothing was heard", func(t *testing.T) {
		b := listening(t, "second")
		b.as(ana, lounge, music.Skip{})
		b.pass(time.Minute)
		b.as(ana, lounge, music.Skip{})
		if e := event[music.PlayFinished](b); e.Heard || e.ListenedMS != 0 {
			t.Fatalf("%+v", e)
		}
	})
}

// A member goes back in the last moment. The node had come to the end before it
// heard of that: the play goes on where the member wants it.
func TestASeekOvertakesAnEnd(t *testing.T) {
	near := func(t *testing.T) *bench {
		b := listening(t, "second")
		b.in(music.PlayPosition{Bot: bot, Play: b.player().Play.ID, Position: 179 * time.Second, Speed: 1})
		b.pass(900 * time.Millisecond)
		return b
	}
	ended := func(b *bench, seeks int) {
		b.in(music.PlayEnded{Bot: bot, Play: b.player().Play.ID, Reason: music.EndFinished, Seeks: seeks})
	}
	for name, do := range map[string]music.Action{"seek": music.Seek{To: 10 * time.Second}, "rewind": music.SeekBy{By: -time.Minute}, "replay": music.Replay{}} {
		t.Run(name, func(t *testing.T) {
			b := near(t)
			a := b.as(ana, lounge, do)
			id := b.player().Play.ID
			b.pass(50 * time.Millisecond)
			ended(b, 0)
			p := b.player().Play
			if p.ID != id || p.Phase != music.PhaseWanted || !b.wants(music.AspectNode) {
				t.Fatalf("%+v", p)
			}
			if d := p.PositionAt(b.now) - a.At; d < 0 || d > time.Second {
				t.Fatalf("it goes on at %s", p.PositionAt(b.now))
			}
			b.in(music.PlayPosition{Bot: bot, Play: id, Position: a.At + time.Second, Speed: 1, Seeks: 1})
			b.pass(time.Minute)
			ended(b, 1)
			if p := b.player().Play; p.Track.Title() != "second" {
				t.Fatalf("its real end is not believed: %+v", p)
			}
		})
	}
	t.Run("but not one that comes much later", func(t *testing.T) {
		b := near(t)
		b.as(ana, lounge, music.Seek{To: 10 * time.Second})
		b.pass(music.LateReport)
		ended(b, 0)
		if p := b.player().Play; p.Track.Title() != "second" {
			t.Fatalf("a node that does not count seeks is not believed: %+v", p)
		}
	})
	t.Run("nor one where the play ends anyway", func(t *testing.T) {
		b := near(t)
		b.as(ana, lounge, music.Seek{To: 179 * time.Second})
		ended(b, 0)
		if p := b.player().Play; p.Track.Title() != "second" {
			t.Fatalf("its end is not believed: %+v", p)
		}
	})
}
