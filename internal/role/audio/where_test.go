package audio_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
)

// plays answers /v4/info with a node's sources.
func plays(sources string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path != "/v4/info" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"version":{"semver":"4.2.2"},"sourceManagers":[%s]}`, sources)
		return true
	}
}

func TestAPlayerGoesWhereItsSourceIs(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	fronts, through := before(t, r)
	fronts[0].breaks(plays(`"http"`))
	a := r.StartAudio(through)
	r.StartGateway()
	roletest.Until(t, "both nodes are known", func() bool { return len(nodeView(a, "n1").Sources) == 1 && len(nodeView(a, "n2").Sources) > 1 })
	play(r, a, "ocean floor")
	was := a.Player(r)
	if was.Node != "n2" {
		t.Fatalf("it was given to %s, which does not have the source", was.Node)
	}
	// The other node does not do where this one fails: it waits.
	r.Nodes[1].SetDown(true)
	roletest.Until(t, "it waits", func() bool { return a.Player(r).Node == "" })
	r.Nodes[1].SetDown(false)
	roletest.Until(t, "it goes on", func() bool { return a.Player(r).Node == "n2" && a.Sounds(r) })
	if p := a.Player(r); p.Play.ID != was.Play.ID {
		t.Error("another play took its place")
	}
}

func TestASourceThatNoNodeNamesIsTriedAllTheSame(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	fronts, through := before(t, r)
	for _, f := range fronts {
		f.breaks(plays(`"http","local"`))
	}
	a := r.StartAudio(through)
	r.StartGateway()
	roletest.Until(t, "both nodes are known", func() bool { return len(nodeView(a, "n1").Sources) == 2 && len(nodeView(a, "n2").Sources) == 2 })
	play(r, a, "ocean floor")
}

func TestWhatOneNodeCannotLoadAnotherMay(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	fronts, through := before(t, r)
	few := plays(`"http"`)
	fronts[0].breaks(func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path == "/v4/loadtracks" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"loadType":"empty","data":{}}`)
			return true
		}
		return few(w, req)
	})
	a := r.StartAudio(through, func(o *audio.Options) {
		o.Nodes[1].Regions = []string{"far-away"} // of no matter for who is asked
	})
	r.StartGateway()
	roletest.Until(t, "both nodes are known", func() bool { return len(nodeView(a, "n1").Sources) == 1 && len(nodeView(a, "n2").Sources) > 1 })
	play(r, a, "ocean floor")
	tracks := []string{"last-ferry", "night-train", "glass-garden", "salt-road"}
	for _, id := range tracks {
		r.Send(fmt.Sprintf(`/play query:"https://%s/track/%s"`, mediaHost, id))
	}
	roletest.Until(t, "all were found", func() bool {
		q := a.Player(r).Queue
		return len(q) == len(tracks) && !slices.ContainsFunc(q, func(s *music.Slot) bool { return s.State != music.SlotReady })
	})
}

func TestANearNodeIsChosen(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	a := r.StartAudio(func(o *audio.Options) {
		// The simulated voice servers are called sim-1-9d9c.discord.media and so on.
		o.Nodes[0].Regions, o.Nodes[1].Regions = []string{"rotterdam"}, []string{"us-east", "sim"}
	})
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean floor")
	if p := a.Player(r); p.Node != "n2" {
		t.Errorf("the voice server is %s, the node %s", p.Voice.Endpoint, p.Node)
	}
	if n := nodeView(a, "n2"); n.Region != "us-east, sim" {
		t.Errorf("the node as shown: %+v", n)
	}
}

func TestTooManyQuestionsAreAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	fronts, through := before(t, r)
	var c counted
	a := r.StartAudio(through, func(o *audio.Options) { o.Metrics = &c })
	roletest.Until(t, "the node is up", func() bool { return up(a) == 1 })
	fronts[0].breaks(func(_ http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path != "/v4/loadtracks" {
			return false
		}
		<-req.Context().Done()
		return true
	})
	answers := r.Bus.Subscribe(topic.Suggested, 64)
	defer answers.Close()
	const asked = 12
	for i := range asked {
		q := topic.Question{ID: fmt.Sprint(i), Guild: r.Guild, Query: fmt.Sprint("words ", i), Limit: 5}
		if err := topic.Tell(t.Context(), r.Bus, topic.Suggest, string(r.Guild), q); err != nil {
			t.Fatal(err)
		}
	}
	got := map[string]music.ResolveFailure{}
	late := time.NewTimer(time.Minute)
	defer late.Stop()
	for len(got) < asked {
		select {
		case m := <-answers.C():
			s, err := topic.Hear[topic.Suggestions](m)
			if err != nil {
				t.Fatal(err)
			}
			got[s.ID] = s.Failure
		case <-late.C:
			t.Fatalf("%d of %d were answered", len(got), asked)
		}
	}
	for id, f := range got {
		if f == "" {
			t.Errorf("question %s found something on a node that says nothing", id)
		}
	}
	if !c.has("dropped") {
		t.Error("a guild had more than its share of questions")
	}
}
