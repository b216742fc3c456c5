package lavalink_test

import (
	"sync"
	"testing"
	"time"

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
				board.Stats()
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
}
