package audio_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/secret"
	simlavalink "github.com/atrilhq/platform/internal/sim/lavalink"
)

var wrong = secret.New("not-the-password")

// play brings ana into voice and lets a track sound.
func play(r *roletest.Rig, a *roletest.Audio, query string) {
	r.T.Helper()
	r.Join("ana")
	if res := r.Send("/play query:\"" + query + "\""); res.State != "answered" {
		r.T.Fatalf("the command: %+v", res)
	}
	roletest.Until(r.T, "it sounds", func() bool { return a.Sounds(r) })
}

// playersOf counts the players of a node that have a track.
func playersOf(n *roletest.Node) (all, playing int) {
	for _, p := range n.Players() {
		all++
		if p.Identifier != "" {
			playing++
		}
	}
	return all, playing
}

func TestLeavingRemovesThePlayerFromTheNode(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	r.StartGateway()
	play(r, a, "ocean")
	if n, _ := playersOf(r.Nodes[0]); n != 1 {
		t.Fatalf("%d players while it sounds", n)
	}
	r.Send("/leave")
	roletest.Until(t, "the node has no player", func() bool { n, _ := playersOf(r.Nodes[0]); return n == 0 })
}

func TestNodeDownMovesThePlayerWithItsPosition(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	a := r.StartAudio()
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean")
	p := a.Player(r)
	first, id := p.Node, p.Play.ID
	before := p.Play.PositionAt(time.Now())
	node(r, first).SetDown(true)
	roletest.Until(t, "it sounds on the other node", func() bool {
		p := a.Player(r)
		return p != nil && p.Node != "" && p.Node != first && a.Sounds(r)
	})
	p = a.Player(r)
	if p.Play.ID != id {
		t.Error("another play took its place")
	}
	if at := p.Play.PositionAt(time.Now()); at < before {
		t.Errorf("it went from %v back to %v", before, at)
	}
	// The lost node comes back with its session and what it still has of the player.
	node(r, first).SetDown(false)
	roletest.Until(t, "the old player is gone", func() bool { n, _ := playersOf(node(r, first)); return n == 0 })
	if p := a.Player(r); p.Node == first || p.Play == nil || p.Play.ID != id {
		t.Errorf("the return of the old node changed the player: %+v", p)
	}
}

func TestNodeThatIsDownWhenItsGuildIsReadLosesItsPlayers(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	a := r.StartAudio()
	g := r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean")
	first, id := a.Player(r).Node, a.Player(r).Play.ID
	if err := g.Stop(t); err != nil {
		t.Fatal(err)
	}
	if err := a.Stop(t); err != nil {
		t.Fatal(err)
	}
	node(r, first).SetDown(true)
	r.NewBus()
	b := r.StartAudio()
	r.StartGateway()
	roletest.Until(t, "it sounds on the other node", func() bool {
		p := b.Player(r)
		return p != nil && p.Node != "" && p.Node != first && b.Sounds(r)
	})
	if p := b.Player(r); p.Play.ID != id {
		t.Error("another play took its place")
	}
	roletest.Until(t, "the guild has recovered", func() bool { v, known := b.Loop().View(r.Guild); return known && !v.Recovering() })
}

func TestWithoutANodeItWaitsAndPlaysWhenOneReturns(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	r.Nodes[0].SetDown(true)
	a := r.StartAudio()
	r.StartGateway()
	r.Join("ana")
	if res := r.Send(`/play query:"ocean"`); res.State != "answered" {
		t.Fatalf("%+v", res)
	}
	if p := a.Player(r); p == nil || len(p.Queue) != 1 || p.Queue[0].State != music.SlotWaiting {
		t.Fatalf("the queue was not kept: %+v", p)
	}
	r.Nodes[0].SetDown(false)
	roletest.Until(t, "it plays by itself", func() bool { return a.Sounds(r) })
}

func TestWrongPasswordIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio(func(o *audio.Options) { o.Nodes[0].Password = wrong })
	roletest.Until(t, "the node is refused", func() bool { return a.Nodes()[0].State == string(audio.NodeRefused) })
	n := a.Nodes()[0]
	if n.Reason == "" || n.Version != "" {
		t.Errorf("the node as shown: %+v", n)
	}
}

func up(a *roletest.Audio) int {
	n := 0
	for _, x := range a.Nodes() {
		if x.State == string(audio.NodeUp) {
			n++
		}
	}
	return n
}

func node(r *roletest.Rig, name music.NodeName) *roletest.Node {
	for _, n := range r.Nodes {
		if n.Name == string(name) {
			return n
		}
	}
	r.T.Fatalf("there is no node %q", name)
	return nil
}

// mediaHost is where the simulated nodes' tracks are.
const mediaHost = simlavalink.MediaHost

func nodeView(a *roletest.Audio, name music.NodeName) view.Node {
	for _, n := range a.Nodes() {
		if n.Name == string(name) {
			return n
		}
	}
	return view.Node{}
}

// playIDs are the plays that sounded on any node, in the order of the nodes.
func playIDs(t *testing.T, r *roletest.Rig) []string {
	t.Helper()
	var out []string
	for _, n := range r.Nodes {
		for _, line := range n.Timeline() {
			for _, rec := range line.Records {
				var u struct {
					Play string `json:"play"`
				}
				if err := json.Unmarshal(rec.Play, &u); err != nil {
					t.Fatal(err)
				}
				if u.Play != "" && !slices.Contains(out, u.Play) {
					out = append(out, u.Play)
				}
			}
		}
	}
	return out
}
