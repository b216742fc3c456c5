package lavalink_test

import (
	"math"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/lavalink"
)

func TestFramesAreWeighedByPlayers(t *testing.T) {
	b := lavalink.NewBoard()
	b.Observe("a", 9, lavalink.Stats{Playing: 10, Frames: &lavalink.Frames{Sent: 3000}})
	b.Observe("b", 1, lavalink.Stats{Playing: 10, Frames: &lavalink.Frames{Sent: 2000, Deficit: 1000}})
	s, known := b.Stats()
	if !known || s.Frames == nil || s.Frames.Deficit != 100 || s.Frames.Sent != 2900 {
		t.Fatalf("stats %+v", s.Frames)
	}
	b.Forget("b")
	if s, _ := b.Stats(); s.Frames.Deficit != 0 {
		t.Fatalf("a session that is gone counts: %+v", s.Frames)
	}
	b.Observe("a", 0, lavalink.Stats{})
	if s, _ := b.Stats(); s.Frames != nil {
		t.Fatalf("frames of nobody: %+v", s.Frames)
	}
}

func TestABusierNodeScoresHigher(t *testing.T) {
	score := func(s lavalink.Stats, rtt time.Duration) float64 {
		b := lavalink.NewBoard()
		b.Observe("a", s.Playing, s)
		b.Measured(rtt)
		return b.Score()
	}
	calm := lavalink.Stats{Players: 12, Playing: 10, Cores: 4, SystemLoad: .2, MemoryUsed: 1 << 30, MemoryAllowed: 4 << 30}
	base := score(calm, 10*time.Millisecond)
	for name, change := range map[string]func(*lavalink.Stats){
		"playing": func(s *lavalink.Stats) { s.Playing++; s.Players++ },
		"idle":    func(s *lavalink.Stats) { s.Players++ },
		"cpu":     func(s *lavalink.Stats) { s.SystemLoad = .9 },
		"own cpu": func(s *lavalink.Stats) { s.NodeLoad = .9 },
		"deficit": func(s *lavalink.Stats) { s.Frames = &lavalink.Frames{Deficit: 300} },
		"nulled":  func(s *lavalink.Stats) { s.Frames = &lavalink.Frames{Nulled: 300} },
		"memory":  func(s *lavalink.Stats) { s.MemoryUsed = s.MemoryAllowed },
	} {
		s := calm
		change(&s)
		if got := score(s, 10*time.Millisecond); got <= base {
			t.Errorf("%s: %v, calm is %v", name, got, base)
		}
	}
	if far := score(calm, 200*time.Millisecond); far <= base || far >= base+1 {
		t.Errorf("latency makes it %v, near is %v", far, base)
	}
	if empty := lavalink.NewBoard().Score(); empty != 0 {
		t.Errorf("a board that knows nothing scores %v", empty)
	}
}

func TestAScoreIsAlwaysANumber(t *testing.T) {
	odd := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, -1}))
	rapid.Check(t, func(t *rapid.T) {
		b := lavalink.NewBoard()
		for n := range rapid.IntRange(1, 3).Draw(t, "sessions") {
			b.Observe(string(rune('a'+n)), rapid.IntRange(0, 1000).Draw(t, "weight"), lavalink.Stats{
				Players: rapid.IntRange(0, 10_000).Draw(t, "players"), Playing: rapid.IntRange(0, 10_000).Draw(t, "playing"),
				Cores: rapid.IntRange(0, 64).Draw(t, "cores"), SystemLoad: odd.Draw(t, "system"), NodeLoad: odd.Draw(t, "node"),
				MemoryUsed: rapid.Int64().Draw(t, "used"), MemoryAllowed: rapid.Int64().Draw(t, "allowed"),
				Frames: &lavalink.Frames{Sent: odd.Draw(t, "sent"), Nulled: odd.Draw(t, "nulled"), Deficit: odd.Draw(t, "deficit")},
			})
		}
		b.Measured(time.Duration(rapid.Int64().Draw(t, "rtt")))
		if s := b.Score(); math.IsNaN(s) || math.IsInf(s, 0) || s < 0 {
			t.Fatalf("score %v", s)
		}
	})
}

func TestABoardIsSharedByLinks(t *testing.T) {
	r := newRig(t)
	board := lavalink.NewBoard()
	share := func(o *lavalink.Options) { o.Board = board }
	first, second := r.own("", share), r.own("", share)
	first.up()
	second.up()
	first.apply(r.wanted("p1", "last-ferry"))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				board.Score()
				board.Latency()
			}
		})
	}
	wg.Wait()
	eventually(t, "stats and a round trip", func() bool {
		first.clock.Advance(time.Second)
		r.nodeClock.Advance(time.Second)
		s, known := board.Stats()
		return known && s.Players == 1 && s.Playing == 1
	})
	if board.Score() < 1 {
		t.Fatalf("score %v", board.Score())
	}
}
