package gateway_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	simdiscord "github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/store"
)

// tracks are what a query finds: n of them, named after it.
func tracks(query string, n int) []music.Track {
	out := make([]music.Track, n)
	for i := range out {
		out[i] = music.Track{
			Title: fmt.Sprintf("%s %d", query, i+1), Author: "Somebody", Source: "test",
			URI: fmt.Sprintf("https://music.example/%s/%d", strings.ReplaceAll(query, " ", "-"), i+1), Length: 3 * time.Minute,
		}
	}
	return out
}

// heard stores that ana heard a track.
func heard(t *testing.T, r *roletest.Rig, title string) {
	t.Helper()
	var ana music.UserID
	for _, u := range r.World.View().Users {
		if u.Name == "ana" {
			ana = music.UserID(u.ID)
		}
	}
	at, err := r.Store.Position(t.Context(), store.PlaysProjection)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	err = r.Store.ProjectPlays(t.Context(), at, at+1, []store.Play{{
		ID: music.PlayID("p-" + title), Guild: r.Guild, Bot: r.Bot, User: ana, Started: now.Add(-time.Minute), Ended: now, Reason: "finished",
		Track: music.TrackInfo{Identifier: title, Title: title, Author: "Old", Source: "test", URI: "https://music.example/old/" + title, LengthMS: 60_000},
	}})
	if err != nil {
		t.Fatal(err)
	}
}

// finds answers questions with three tracks named after the query, and counts them.
func finds(r *roletest.Rig) *atomic.Int64 {
	var n atomic.Int64
	r.AnswerQuestions(func(q topic.Question) (topic.Suggestions, bool) {
		n.Add(1)
		if q.Guild != r.Guild || q.Limit < 1 || q.Limit > 25 {
			r.T.Errorf("asked: %+v", q)
		}
		return topic.Suggestions{Tracks: tracks(q.Query, 3)}, true
	})
	return &n
}

// typed types a line, several times where need be, until so many choices are
// shown: on a busy machine some may miss their moment.
func typed(r *roletest.Rig, line string, n int) (got []simdiscord.Choice) {
	r.T.Helper()
	for range 8 {
		if got = r.Type(line, "query").Choices; len(got) >= n {
			break
		}
	}
	return got
}

func TestChoicesShowRecentTracksFirst(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	n := finds(r)
	r.StartGateway()
	heard(t, r, "oceania")
	heard(t, r, "desert")
	if got := typed(r, `/play query:""`, 2); len(got) != 2 || n.Load() != 0 {
		t.Errorf("nothing typed: %+v, %d searches", got, n.Load())
	}
	if got := typed(r, `/play query:"c"`, 1); len(got) != 1 || n.Load() != 0 {
		t.Errorf("one letter typed: %+v, %d searches", got, n.Load())
	}
	// What is not found within a second is shown at the next keystroke.
	got := typed(r, `/playnext query:"ocean"`, 4)
	if len(got) != 4 || got[0].Value != "https://music.example/old/oceania" || !strings.HasPrefix(got[1].Name, "ocean 1") {
		t.Errorf("typed: %+v", got)
	}
	if again := typed(r, `/play query:"OCEAN"`, 4); len(again) != 4 || n.Load() != 1 {
		t.Errorf("typed again: %+v, %d searches", again, n.Load())
	}
	if got := r.Type(`/play query:"https://music.example/x"`, "query").Choices; len(got) != 0 || n.Load() != 1 {
		t.Errorf("an address: %+v, %d searches", got, n.Load())
	}
	clean(t, r)
}

func TestChoicesAreAnsweredThoughNobodyFindsAnything(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	r.AnswerQuestions(func(topic.Question) (topic.Suggestions, bool) { return topic.Suggestions{}, false })
	r.StartGateway()
	heard(t, r, "ocean")
	if got := typed(r, `/play query:"ocean"`, 1); len(got) != 1 {
		t.Errorf("%+v", got)
	}
	if res := r.Type(`/play query:"desert"`, "query"); res.State != "answered" || len(res.Choices) != 0 {
		t.Errorf("%+v", res)
	}
	clean(t, r)
}

func TestNewerKeystrokeEndsTheSearchOfTheOlder(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	asked := make(chan string, 16)
	r.AnswerQuestions(func(q topic.Question) (topic.Suggestions, bool) {
		asked <- q.Query
		return topic.Suggestions{Tracks: tracks(q.Query, 3)}, q.Query != "oce"
	})
	g := r.StartGateway()
	older := r.TypeLater("ana", `/play query:"oce"`, "query")
	select {
	case <-asked:
	case <-time.After(time.Minute):
		t.Fatal("it is not searched")
	}
	other := r.TypeLater("bruno", `/play query:"oce"`, "query") // another member's is of no concern
	newer := r.Type(`/play query:"ocean"`, "query")
	if res := <-older; res.State != "answered" || len(res.Choices) != 0 {
		t.Errorf("the older: %+v", res)
	}
	if got := newer.Choices; len(got) != 3 && len(typed(r, `/play query:"ocean"`, 3)) != 3 {
		t.Errorf("the newer: %+v", newer)
	}
	if res := <-other; res.State != "answered" {
		t.Errorf("the other member's: %+v", res)
	}
	roletest.Until(t, "it is told", func() bool { acked, _ := g.Metrics.Told(); return len(acked) >= 3 && acked[0] == "choices" })
	clean(t, r)
}

func TestChoicesOfWhatTheNodesFind(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	r.StartGateway()
	roletest.Until(t, "the node is up", func() bool { return a.Nodes()[0].State == "up" })
	// A machine that is busy may not find it within the second that choices have.
	roletest.Until(t, "what a node finds is among the choices", func() bool {
		for _, c := range r.Type(`/play query:"ocean"`, "query").Choices {
			if strings.Contains(c.Name, "Ocean Floor") {
				return true
			}
		}
		return false
	})
	clean(t, r)
}
