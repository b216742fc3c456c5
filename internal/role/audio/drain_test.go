package audio_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
)

// cordons keeps cordons in memory.
type cordons struct {
	mu   sync.Mutex
	kept map[music.NodeName]audio.Cordon
	fail error
}

func newCordons() *cordons { return &cordons{kept: map[music.NodeName]audio.Cordon{}} }

// Cordon implements audio.Cordons.
func (c *cordons) Cordon(_ context.Context, node music.NodeName, on bool, by, reason string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if on {
		c.kept[node] = audio.Cordon{Node: node, By: by, Reason: reason}
	} else {
		delete(c.kept, node)
	}
	return c.fail
}

// Cordoned implements audio.Cordons.
func (c *cordons) Cordoned(context.Context) ([]audio.Cordon, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []audio.Cordon
	for _, x := range c.kept {
		out = append(out, x)
	}
	return out, c.fail
}

func (c *cordons) breaks(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
}

func TestACordonedNodeTakesNothingNew(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	kept := newCordons()
	_ = kept.Cordon(t.Context(), "n1", true, "olga", "kernel update")
	a := r.StartAudio(func(o *audio.Options) { o.Cordons = kept })
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	roletest.Until(t, "one is cordoned", func() bool { return nodeView(a, "n1").Cordoned })
	if n := nodeView(a, "n1"); n.CordonReason != "kernel update" || n.CordonedBy != "olga" || n.State != string(audio.NodeUp) {
		t.Errorf("the node as shown: %+v", n)
	}
	play(r, a, "ocean floor")
	if p := a.Player(r); p.Node != "n2" {
		t.Fatalf("the player is on %s", p.Node)
	}
	// The player stays where it is when its node is cordoned too, and plays on there.
	if err := a.Cordon(t.Context(), "n2", true, "olga", ""); err != nil {
		t.Fatal(err)
	}
	r.Send(`/play query:"night train"`)
	r.Send("/skip")
	roletest.Until(t, "the next one sounds", func() bool {
		return a.Sounds(r) && a.Player(r).Play.Track.Shown().Identifier == "night-train"
	})
	if p := a.Player(r); p.Node != "n2" {
		t.Errorf("the player went to %s", p.Node)
	}
	// A new player waits until a node may be used.
	r.Send("/leave")
	roletest.Until(t, "it left", func() bool { p := a.Player(r); return p.Voice.Channel == "" })
	if p := a.Player(r); p.Node != "" {
		r.Deliver(music.Input{ID: "away", Guild: r.Guild, Body: music.Placed{Bot: r.Bot}})
		roletest.Until(t, "it has no node", func() bool { return a.Player(r).Node == "" })
	}
	r.Send(`/play query:"ocean floor"`)
	roletest.Until(t, "it waits", func() bool { p := a.Player(r); return p.Play != nil && p.Voice.Ready() })
	if p := a.Player(r); p.Node != "" {
		t.Fatalf("a cordoned node was given a player: %s", p.Node)
	}
	if err := a.Cordon(t.Context(), "n1", false, "olga", ""); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "it sounds", func() bool { return a.Sounds(r) && a.Player(r).Node == "n1" })
}

func TestACordonThatCannotBeReadStays(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	kept := newCordons()
	_ = kept.Cordon(t.Context(), "n1", true, "olga", "")
	a := r.StartAudio(func(o *audio.Options) { o.Cordons = kept })
	roletest.Until(t, "it is cordoned", func() bool { return nodeView(a, "n1").Cordoned })
	gone := fault.New(fault.Unavailable, "test", "the store is gone")
	kept.breaks(gone)
	if err := a.Cordon(t.Context(), "n1", false, "olga", ""); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
	if !nodeView(a, "n1").Cordoned {
		t.Error("the node takes players although nobody knows whether it may")
	}
	if err := a.Cordon(t.Context(), "nobody", true, "olga", ""); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestADrainMovesPlayersWithTheirPosition(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	kept := newCordons()
	a := r.StartAudio(func(o *audio.Options) { o.Cordons = kept })
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean floor")
	was := a.Player(r)
	if err := a.Drain(t.Context(), was.Node); fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("a node that takes players was drained: %v", err)
	}
	if err := a.Drain(t.Context(), "nobody"); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("got %v", err)
	}
	if err := a.Cordon(t.Context(), was.Node, true, "olga", "kernel update"); err != nil {
		t.Fatal(err)
	}
	if err := a.Drain(t.Context(), was.Node); err != nil {
		t.Fatal(err)
	}
	movedOn(t, r, a, was)
	roletest.Until(t, "the drained node has nothing", func() bool { _, n := playersOf(node(r, was.Node)); return n == 0 })
	if got := playIDs(t, r); !slices.Equal(got, []string{string(was.Play.ID)}) {
		t.Errorf("plays %v sounded", got)
	}
}

func TestACordonOfAnotherProcessIsHeard(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	kept := newCordons()
	a := r.StartAudio(func(o *audio.Options) { o.Cordons = kept })
	roletest.Until(t, "the node is up", func() bool { return up(a) == 1 })
	_ = kept.Cordon(t.Context(), "n1", true, "olga", "")
	roletest.Until(t, "it is cordoned here", func() bool {
		if err := topic.Tell(t.Context(), r.Bus, topic.Nodes, "n1", topic.NodeChange{Node: "n1"}); err != nil {
			t.Fatal(err)
		}
		return nodeView(a, "n1").Cordoned
	})
}

// counted remembers what metrics are told.
type counted struct {
	mu    sync.Mutex
	lines []string
}

func (c *counted) add(s string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, s)
}

func (c *counted) has(s string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Contains(c.lines, s)
}

// PlayStarted implements audio.Metrics; so do the others.
func (c *counted) PlayStarted(source string)       { c.add("started " + source) }
func (c *counted) PlayEnded(_, reason string)      { c.add("ended " + reason) }
func (c *counted) NodeChosen(node string)          { c.add("chosen " + node) }
func (c *counted) PlayerMoved(node, reason string) { c.add("moved " + node + " " + reason) }
func (c *counted) SuggestionDropped()              { c.add("dropped") }
func (c *counted) NodeSession(node, how string)    { c.add("session " + node + " " + how) }

func TestWhatIsCounted(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	var c counted
	a := r.StartAudio(func(o *audio.Options) { o.Metrics = &c })
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean floor")
	first := a.Player(r).Node
	node(r, first).SetDown(true)
	roletest.Until(t, "it is elsewhere", func() bool { p := a.Player(r); return p.Node != "" && p.Node != first })
	second := a.Player(r).Node
	r.Send("/skip")
	roletest.Until(t, "all is counted", func() bool {
		return c.has("started sandbox") && c.has("ended skipped") && c.has("chosen "+string(first)) &&
			c.has("moved "+string(first)+" down") && c.has("chosen "+string(second)) &&
			c.has("session "+string(first)+" new") && c.has("session "+string(second)+" new")
	})
}

func TestWhatAQueryWouldFind(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	roletest.Until(t, "the node is up", func() bool { return up(a) == 1 })
	answers := r.Bus.Subscribe(topic.Suggested, 64)
	defer answers.Close()
	ask := func(q topic.Question) topic.Suggestions {
		t.Helper()
		if err := topic.Tell(t.Context(), r.Bus, topic.Suggest, string(q.Guild), q); err != nil {
			t.Fatal(err)
		}
		late := time.NewTimer(time.Minute)
		defer late.Stop()
		for {
			select {
			case m := <-answers.C():
				s, err := topic.Hear[topic.Suggestions](m)
				if err != nil {
					t.Fatal(err)
				}
				if s.ID == q.ID {
					return s
				}
			case <-late.C:
				t.Fatalf("no answer to %+v", q)
			}
		}
	}
	for _, c := range []struct {
		name, query string
		limit, most int
		failure     music.ResolveFailure
	}{
		{"several for words", "ocean", 10, 10, ""},
		{"as many as asked for", "ocean", 2, 2, ""},
		{"an address", "https://" + mediaHost + "/track/ocean-floor", 10, 1, ""},
		{"nothing", "zzzzqqqq", 10, 0, music.FailureNotFound},
		{"a private address", "http://127.0.0.1/", 10, 0, music.FailureDenied},
		{"no address at all", "ftp://x", 10, 0, music.FailureUnknown},
		{"no words", " ", 10, 0, music.FailureUnknown},
	} {
		s := ask(topic.Question{ID: c.name, Guild: r.Guild, Query: c.query, Limit: c.limit})
		if len(s.Tracks) > c.most || (len(s.Tracks) == 0) != (c.most == 0) || s.Failure != c.failure {
			t.Errorf("%s: %+v", c.name, s)
		}
		for _, x := range s.Tracks {
			if x.Encoded != "" || x.Title == "" {
				t.Errorf("%s: %+v", c.name, x)
			}
		}
	}
}
