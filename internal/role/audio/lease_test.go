package audio_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
	simlavalink "github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestSessionOnANodeIsAdopted(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	g := r.StartGateway()
	play(r, a, "ocean")
	id := a.Player(r).Play.ID
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(t); err != nil {
		t.Fatal(err)
	}
	r.NewBus()
	b := r.StartAudio()
	r.StartGateway()
	roletest.Until(t, "the guild is looked after again", func() bool {
		v, ok := b.Loop().View(r.Guild)
		return ok && !v.Recovering() && b.Sounds(r)
	})
	if p := b.Player(r); p.Play.ID != id || p.Play.Retries != 0 {
		t.Errorf("%+v", p.Play)
	}
	if n := len(r.Nodes[0].Sessions()); n != 1 {
		t.Errorf("%d sessions: it was not adopted", n)
	}
	for _, line := range r.Nodes[0].Timeline() {
		if len(line.Records) != 1 || line.Records[0].Kind != simlavalink.KindSound {
			t.Errorf("the sound has a gap: %+v", line.Records)
		}
	}
}

func TestLeaseInDoubtFreezes(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio(func(o *audio.Options) { o.LeaseTTL = 2500 * time.Millisecond })
	r.StartGateway()
	play(r, a, "ocean")
	r.Store.Fail("Renew", fault.New(fault.Unavailable, "test", "the database is away"))
	roletest.Until(t, "the lease is in doubt", func() bool { _, _, sure := a.Loop().Epoch(r.Guild); return !sure })
	// It is refused, and not promised, while nobody knows who owns the guild.
	r.SendUntil("/pause", func(res simdiscord.Result) bool {
		return res.State == "answered" && !res.Deferred && strings.Contains(roletest.Text(t, res), "the music goes on")
	})
	if p := r.Nodes[0].Players(); len(p) != 1 || p[0].Paused || !p[0].Sounding {
		t.Errorf("the music was touched: %+v", p)
	}
	r.Store.Fail("Renew", nil)
	roletest.Until(t, "it is there again", func() bool { _, _, sure := a.Loop().Epoch(r.Guild); return sure })
	if p := a.Player(r); p.Paused {
		roletest.Until(t, "what was committed is done", func() bool { return r.Nodes[0].Players()[0].Paused })
	}
}

func TestBusyGuildIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	a := r.StartAudio()
	r.StartGateway()
	r.Join("ana")
	release := r.Store.Hold()
	defer release()
	busy := func(n int) {
		t.Helper()
		c := music.Command{Actor: music.Actor{User: "1", Voice: r.Music}, Do: music.Pause{}}
		r.Deliver(music.Input{ID: fmt.Sprint("c", n), Guild: r.Guild, Body: c})
	}
	busy(0)
	// The batch that is under way takes some of them; then nobody takes any.
	n := 0
	roletest.Until(t, "as many wait as may", func() bool {
		for range partition.MaxCommands {
			n++
			busy(n)
		}
		return a.Loop().Depth() >= partition.MaxCommands
	})
	// Some of what waits may be facts, which take no command's place.
	for range partition.MaxCommands {
		n++
		busy(n)
	}
	// Nobody decides anything, so that whoever is not refused at once is refused after 2.4 s.
	r.SendUntil("/pause", func(res simdiscord.Result) bool {
		return res.State == "answered" && !res.Deferred && res.AckedMS <= 2000
	})
}

func TestPlayerOfANodeThatIsNotConfiguredAnyMore(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	a := r.StartAudio()
	g := r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean")
	first := a.Player(r).Node
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(t); err != nil {
		t.Fatal(err)
	}
	r.NewBus()
	b := r.StartAudio(func(o *audio.Options) {
		for i, n := range o.Nodes {
			if n.Name == first {
				o.Nodes = append(o.Nodes[:i:i], o.Nodes[i+1:]...)
				return
			}
		}
	})
	r.StartGateway()
	roletest.Until(t, "it sounds on the other node", func() bool {
		p := b.Player(r)
		return p != nil && p.Node != "" && p.Node != first && b.Sounds(r)
	})
}
