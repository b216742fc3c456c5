package music_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// BenchmarkStep steps a guild through the life of its tracks, with twenty that
// wait: a request and what it found, the node's reports about a play, members
// who come and go, and one who looks at the queue. The inputs are made before;
// what is measured is steps.
func BenchmarkStep(b *testing.B) {
	base := newBench(b)
	base.play("first")
	base.joined()
	for i := range 20 {
		base.play(fmt.Sprintf("t%d", i))
	}
	base.sounding()
	type turn struct {
		g  music.Guild
		in music.Input
		at time.Time
	}
	var turns []turn
	g, now := base.g, base.now
	step := func(body music.Body) {
		now = now.Add(time.Second)
		in := music.Input{ID: fmt.Sprintf("interaction:%d", len(turns)), Guild: "7", Body: body}
		turns = append(turns, turn{g, in, now})
		base.last = music.Step(g, in, now)
		g = base.last.Guild
	}
	ask := func(a music.Action) music.Command {
		return music.Command{
			Actor: music.Actor{User: ana, Voice: lounge, Text: text, Bots: []music.BotAccess{{Bot: bot, Connect: true, Speak: true}}},
			Reply: music.ReplyTo{Surface: "discord", ID: fmt.Sprintf("i%d", len(turns)), Locale: "en"}, Do: a,
		}
	}
	for i := range 40 {
		step(ask(music.Enqueue{Query: "ocean"}))
		step(music.Resolved{Slot: base.slot(), Tracks: []music.Track{track(fmt.Sprintf("n%d", i))}})
		play := g.Player(bot).Play.ID
		step(music.PlayPosition{Bot: bot, Play: play, Position: time.Minute, Speed: 1})
		step(music.PlayPosition{Bot: bot, Play: play, Position: 2 * time.Minute, Speed: 1})
		step(music.VoiceState{User: bruno, Channel: []music.ChannelID{quiet, lounge}[i%2]})
		if i%4 == 0 {
			step(ask(music.ShowQueue{Page: 1}))
		}
		step(music.PlayEnded{Bot: bot, Play: play, Reason: music.EndFinished})
		play = g.Player(bot).Play.ID
		step(music.PlayStarted{Bot: bot, Play: play})
		step(music.PlayPosition{Bot: bot, Play: play, Position: 20 * time.Millisecond, Speed: 1})
	}
	if n := len(g.Player(bot).Queue); n != 20 {
		b.Fatalf("%d tracks wait", n)
	}
	b.ReportAllocs()
	b.ResetTimer()
	i := 0
	for b.Loop() {
		t := &turns[i]
		if r := music.Step(t.g, t.in, t.at); len(r.Guild.Players) != 1 {
			b.Fatal("the player is gone")
		}
		if i++; i == len(turns) {
			i = 0
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "steps/s")
}
