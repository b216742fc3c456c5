package partition_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
)

// resting lets a node's word on a play wait for a second of the test's clock.
func resting(o *partition.Options) { o.Rest = time.Second }

// plays gives a guild something that a node is to play, and returns what the
// node says when it took it.
func (r *rig) plays(guild music.GuildID) partition.Delivery {
	r.t.Helper()
	var n int
	r.check(func() { n = len(r.resolves) })
	r.deliver(command("play-"+string(guild), guild))
	r.until("it is looked up", func() bool { return len(r.resolves) == n+1 })
	r.deliver(r.found(guild))
	r.until("something is to play", func() bool { return r.play(guild) != nil })
	r.deliver(fact("placed-"+string(guild), guild, music.Placed{Bot: bot, Node: "n1"}))
	r.until("it has a node", func() bool { g, _ := r.loop.View(guild); return g.Players[0].Node == "n1" })
	r.settle()
	return fact("started-"+string(guild), guild, music.PlayStarted{Bot: bot, Play: r.play(guild).ID})
}

func (r *rig) play(guild music.GuildID) *music.Play {
	g, _ := r.loop.View(guild)
	if len(g.Players) == 0 {
		return nil
	}
	return g.Players[0].Play
}

func (r *rig) phase(guild music.GuildID) music.Phase { return r.play(guild).Phase }

func (r *rig) commits() int64 { return r.loop.Stats().Commits.Load() }

func TestWhatNobodyWaitsForRests(t *testing.T) {
	r := newRig(t, 1, resting)
	r.warm("7")
	started := r.plays("7")
	before := r.commits()
	r.deliver(started)
	r.settle()
	r.advance(999 * time.Millisecond)
	if r.phase("7") != music.PhaseWanted || r.commits() != before || r.loop.Depth() != 1 {
		t.Fatalf("it did not rest: %s after %d commits", r.phase("7"), r.commits()-before)
	}
	r.clock.Advance(time.Millisecond)
	r.until("it is taken", func() bool { return r.commits() == before+1 })
	r.settle()
	if r.phase("7") == music.PhaseWanted || r.loop.Depth() != 0 {
		t.Errorf("it was not carried out: %s", r.phase("7"))
	}
}

func TestWhatRestsGoesWithTheNextCommit(t *testing.T) {
	for name, next := range map[string]partition.Delivery{
		"of another guild": joins("f1", "8"),
		"of the guild":     joins("f1", "7"),
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 1, resting)
			r.warm("7", "8")
			started := r.plays("7")
			r.deliver(started)
			r.settle()
			before := r.commits()
			r.deliver(next)
			r.until("it is committed", func() bool { return r.commits() > before })
			r.settle()
			if r.phase("7") == music.PhaseWanted || r.commits() != before+1 || r.loop.Depth() != 0 {
				t.Errorf("%s after %d commits, %d wait", r.phase("7"), r.commits()-before, r.loop.Depth())
			}
		})
	}
}

func TestWhatRestsKeepsItsPlaceInTheGuild(t *testing.T) {
	r := newRig(t, 1, resting)
	r.warm("7")
	started := r.plays("7")
	r.deliver(started, asks("pause", "7", music.Pause{}))
	r.until("it is told", func() bool { f, _ := r.acknowledged(); return len(f) == 2 })
	r.settle()
	if r.phase("7") == music.PhaseWanted {
		t.Error("what came before the command was not taken before it")
	}
}

func TestWhatRestsIsLostWithItsPartition(t *testing.T) {
	r := newRig(t, 1, resting)
	r.warm("7")
	started := r.plays("7")
	r.deliver(started)
	r.settle()
	if err := r.loop.Lose(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	before := r.commits()
	r.advance(2 * time.Second)
	if r.loop.Depth() != 0 || r.commits() != before {
		t.Errorf("%d wait, %d commits for a partition that is gone", r.loop.Depth(), r.commits()-before)
	}
}
