package fleet_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/role/topic"
)

func TestProcessesKnowOfEachOther(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	audio := w.settle(self("b", 7, "audio"), fleet.Local{})
	gateway := w.settle(self("c", 0, "gateway"), fleet.Local{})
	all := map[string]string{"a": "up", "b": "up", "c": "up"}
	for _, c := range []*citizen{api, audio, gateway} {
		p := w.look(c.Fleet, "all three", func(p fleet.Picture) bool { return maps.Equal(states(p), all) && p.Partitions == 7 })
		if !p.Has("audio") || !p.Has("gateway") || !p.Has("api") || p.Has("worker") {
			t.Errorf("%+v", p)
		}
	}
	w.look(api.Fleet, "what others own", func(fleet.Picture) bool { return api.Partitions() == 7 && audio.Partitions() == 0 })
	// Who leaves says so, and is not missed.
	gateway.end()
	w.look(api.Fleet, "that one left", func(p fleet.Picture) bool {
		return maps.Equal(states(p), map[string]string{"a": "up", "b": "up"})
	})
}

// deaf is a bus of a process that was cut off: nothing comes or goes once it is.
type deaf struct {
	bus.Bus

	cut atomic.Bool
}

func (d *deaf) Publish(ctx context.Context, name string, m bus.Message) error {
	if d.cut.Load() {
		return nil
	}
	return d.Bus.Publish(ctx, name, m)
}

func TestWhoDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	w.settle(self("b", 3, "audio"), fleet.Local{Nodes: func() []view.Node { return []view.Node{{Name: "n1", State: "up"}} }})
	cut := &deaf{Bus: w.bus}
	other := *w
	other.bus = cut
	other.settle(self("c", 5, "audio"), fleet.Local{Nodes: func() []view.Node { return []view.Node{{Name: "n1", State: "up", Sessions: 2}} }})
	w.look(api.Fleet, "both", func(p fleet.Picture) bool { return p.Partitions == 8 && p.Nodes[0].Sessions == 2 })
	cut.cut.Store(true)
	p := w.look(api.Fleet, "that one is silent", func(p fleet.Picture) bool { return states(p)["c"] == "silent" })
	if p.Partitions != 3 || len(p.Nodes) != 1 || p.Nodes[0].Sessions != 0 || states(p)["b"] != "up" {
		t.Errorf("%+v", p)
	}
	for _, x := range p.Processes {
		if x.Name == "c" && (x.Ready || x.SeenAt.IsZero() || len(x.Roles) != 1) {
			t.Errorf("%+v", x)
		}
	}
	cut.cut.Store(false)
	w.look(api.Fleet, "that it is back", func(p fleet.Picture) bool { return states(p)["c"] == "up" && p.Partitions == 8 })
	cut.cut.Store(true)
	w.look(api.Fleet, "that it is forgotten", func(p fleet.Picture) bool { _, known := states(p)["c"]; return !known })
}

func TestListenersAreAskedOfOwners(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	owner := func(mine ...music.GuildID) fleet.Local {
		return fleet.Local{Guild: func(id music.GuildID) (music.Guild, bool) {
			g := music.New(id)
			g.Name = "guild " + string(id)
			g.Players = []*music.Player{{Bot: "900", Voice: music.Voice{Channel: "50"}}, {Bot: "901"}}
			return g, slices.Contains(mine, id)
		}}
	}
	w.settle(self("b", 1, "audio"), owner("1", "2"))
	w.settle(self("c", 1, "audio"), owner("3"))
	w.look(api.Fleet, "both", func(p fleet.Picture) bool { return p.Partitions == 2 })
	got := api.Listeners(t.Context(), []music.GuildID{"1", "2", "3", "4"})
	if len(got) != 3 || got["3"].Name != "guild 3" || len(got["1"].Bots) != 1 {
		t.Errorf("%+v", got)
	}
	var many []music.GuildID
	for i := range 2500 {
		many = append(many, music.GuildID(strconv.Itoa(i)))
	}
	if got := api.Listeners(t.Context(), many); len(got) != 3 {
		t.Errorf("of many: %d", len(got))
	}
	if got := api.Listeners(t.Context(), nil); len(got) != 0 {
		t.Errorf("of none: %+v", got)
	}
}

func TestOrdersReachOneWhoCan(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	err := api.Cordon(t.Context(), "n1", true, "ana", "")
	if message, hint := fault.Show(err); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(message, "no process has the audio role") || !strings.Contains(hint, "redis.url") {
		t.Errorf("nobody: %v", err)
	}
	var mu sync.Mutex
	var told []string
	note := func(s string) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, s)
	}
	l := fleet.Local{
		Cordon: func(_ context.Context, n music.NodeName, on bool, by, why string) error {
			note("cordon " + string(n) + " " + strconv.FormatBool(on) + " " + by + " " + why)
			if n == "n9" {
				return fault.New(fault.NotFound, "x", "there is no node n9").WithHint("look at the list")
			}
			return nil
		},
		Drain:   func(_ context.Context, n music.NodeName) error { note("drain " + string(n)); return nil },
		Rebuild: func(context.Context) error { return errors.New("the disk is full of secrets") },
	}
	w.settle(self("b", 1, "audio"), l)
	w.settle(self("c", 1, "audio", "worker"), l)
	w.look(api.Fleet, "both", func(p fleet.Picture) bool { return p.Partitions == 2 })
	if err := api.Cordon(t.Context(), "n1", true, "ana", "disk"); err != nil {
		t.Error(err)
	}
	if err := api.Drain(t.Context(), "n1"); err != nil {
		t.Error(err)
	}
	err = api.Cordon(t.Context(), "n9", false, "ana", "")
	if message, hint := fault.Show(err); fault.CodeOf(err) != fault.NotFound || message != "there is no node n9" || hint != "look at the list" {
		t.Errorf("a refusal: %v", err)
	}
	if err := api.Rebuild(t.Context()); err == nil || strings.Contains(err.Error(), "secrets") {
		t.Errorf("a cause of another process: %v", err)
	}
	mu.Lock()
	defer mu.Unlock()
	if got := strings.Join(told, "; "); got != "cordon n1 true ana disk; drain n1; cordon n9 false ana " {
		t.Errorf("told %q", got)
	}
}

func TestAnOrderGoesToTheNextWhereOneIsSilent(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	cut := &deaf{Bus: w.bus}
	other := *w
	other.bus = cut
	other.settle(self("b", 1, "audio"), fleet.Local{Drain: func(context.Context, music.NodeName) error { return nil }})
	drained := make(chan struct{}, 1)
	w.settle(self("c", 1, "audio"), fleet.Local{Drain: func(context.Context, music.NodeName) error { drained <- struct{}{}; return nil }})
	w.look(api.Fleet, "both", func(p fleet.Picture) bool { return p.Partitions == 2 })
	cut.cut.Store(true)
	seen, done := make(chan fleet.Picture, 1), make(chan error, 1)
	go func() { done <- api.Drain(context.Background(), "n1"); seen <- fleet.Picture{} }()
	w.pass(seen)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	<-drained
}

// What is no message, or of a newer version, does no harm.
func TestWhatCannotBeReadIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	api := w.settle(self("a", 0, "api"), fleet.Local{})
	w.settle(self("b", 2, "audio"), fleet.Local{})
	w.look(api.Fleet, "the other", func(p fleet.Picture) bool { return p.Partitions == 2 })
	for _, name := range []string{topic.Processes, topic.Asks, topic.Told("a"), topic.Told("b")} {
		for _, raw := range []string{"", "{", "[]", `{"id":7}`, `{"name":""}`, `{"id":"x","from":"nobody","what":"dance"}`, `{"id":"x","from":"a","to":"elsewhere"}`} {
			if err := w.bus.Publish(t.Context(), name, bus.Message{Data: []byte(raw)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.look(api.Fleet, "the other still", func(p fleet.Picture) bool { return p.Partitions == 2 })
}

func TestAloneNobodyIsWaitedFor(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	nodes := func() []view.Node { return []view.Node{{Name: "n1", State: "up"}} }
	f := fleet.New(fleet.Options{Bus: w.bus, Clock: w.clock, Self: self("a", 4, "audio"), Alone: true, Local: fleet.Local{Nodes: nodes}})
	// Time stands still: whoever waited would wait for ever.
	p := f.Look(t.Context())
	if p.Partitions != 4 || len(p.Nodes) != 1 || len(p.Processes) != 1 || p.Processes[0].State != "up" {
		t.Errorf("%+v", p)
	}
	if got := f.Listeners(t.Context(), []music.GuildID{"1"}); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
