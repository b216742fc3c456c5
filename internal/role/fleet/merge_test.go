package fleet_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/role/topic"
)

// together is what two processes know, each of its own.
func together(t *testing.T, one, two fleet.Local) fleet.Picture {
	t.Helper()
	w := newTown(t)
	a := w.settle(self("a", 1, "audio", "gateway"), one)
	w.settle(self("b", 1, "audio", "gateway"), two)
	return w.look(a.Fleet, "both", func(p fleet.Picture) bool { return p.Partitions == 2 })
}

func TestNodesAreSeenTogether(t *testing.T) {
	t.Parallel()
	at := time.Unix(100, 0).UTC()
	list := func(n ...view.Node) func() []view.Node { return func() []view.Node { return n } }
	p := together(t, fleet.Local{Nodes: list(
		view.Node{Name: "both", State: "up", Sessions: 2, Players: 1, Deficit: 4, SeenAt: at},
		view.Node{Name: "one", State: "down", Reason: "refused", SeenAt: at.Add(time.Second)},
		view.Node{Name: "none", State: "down", Reason: "no answer"},
		view.Node{Name: "only here", State: "connecting"},
	)}, fleet.Local{Nodes: list(
		view.Node{Name: "none", State: "refused", Reason: "password"},
		view.Node{Name: "one", State: "up", Sessions: 1, SeenAt: at, Cordoned: true, CordonedBy: "ana", CordonReason: "disk"},
		view.Node{Name: "both", State: "up", Sessions: 3, Players: 5, Deficit: 2, SeenAt: at.Add(time.Second)},
	)})
	got := map[string]view.Node{}
	for _, n := range p.Nodes {
		got[n.Name] = n
	}
	if n := got["both"]; n.State != "up" || n.Sessions != 5 || n.Players != 5 || n.Deficit != 4 || n.Reason != "" {
		t.Errorf("%+v", n)
	}
	if n := got["one"]; n.State != "up" || n.Sessions != 1 || n.Reason != "not reached from a" || !n.Cordoned || n.CordonedBy != "ana" {
		t.Errorf("%+v", n)
	}
	if n := got["none"]; n.State != "refused" || n.Reason != "password" {
		t.Errorf("%+v", n)
	}
	if n := got["only here"]; n.State != "connecting" || len(p.Nodes) != 4 || p.Nodes[0].Name != "both" {
		t.Errorf("%+v", p.Nodes)
	}
}

func TestBotsAreSeenTogether(t *testing.T) {
	t.Parallel()
	bots := func(state ...string) func() []view.Bot {
		return func() []view.Bot {
			var out []view.Bot
			for i, id := range []string{"front", "second", "third", "fourth"} {
				b := view.Bot{ID: id, Shards: 1, State: state[i], Guilds: 99}
				if b.State == "refused" {
					b.Detail = "its token"
				}
				out = append(out, b)
			}
			return out
		}
	}
	shards := func(s ...topic.Shard) func() []topic.Shard { return func() []topic.Shard { return s } }
	p := together(t, fleet.Local{Bots: bots("connecting", "ready", "connecting", "refused"), Shards: shards(
		topic.Shard{Bot: "front", Index: 0, Count: 2, State: "ready", Guilds: 3, LatencyMS: 40},
		topic.Shard{Bot: "second", Index: 0, Count: 2, State: "ready", Guilds: 1},
		topic.Shard{Bot: "third", Index: 0, Count: 2, State: "ready", Guilds: 1}, topic.Shard{Bot: "third", Index: 1, State: "resuming"},
	)}, fleet.Local{Bots: bots("connecting", "connecting", "connecting", "connecting"), Shards: shards(
		topic.Shard{Bot: "front", Index: 1, State: "ready", Guilds: 4, LatencyMS: 20},
		topic.Shard{Bot: "front", Index: 0, State: "connecting"}, // it lost it a moment ago
	)})
	want := []view.Bot{
		{ID: "front", Shards: 2, State: "ready", Guilds: 7, LatencyMS: 40},
		{ID: "second", Shards: 2, State: "connecting", Guilds: 1},
		{ID: "third", Shards: 2, State: "resuming", Guilds: 1},
		{ID: "fourth", Shards: 1, State: "refused", Detail: "its token"},
	}
	if len(p.Bots) != len(want) {
		t.Fatalf("%+v", p.Bots)
	}
	for i, b := range p.Bots {
		if b != want[i] {
			t.Errorf("got %+v, want %+v", b, want[i])
		}
	}
}
