package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// deafTo carries requests of a method for messages in channels out and, while
// deaf is set, keeps the answers back until whoever asked has gone.
func deafTo(t *testing.T, r *roletest.Rig, method string) (*atomic.Bool, func(*gateway.Options)) {
	var deaf atomic.Bool
	world := r.World.Handler()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if !deaf.Load() || req.Method != method || !strings.Contains(req.URL.Path, "/channels/") {
			world.ServeHTTP(w, req)
			return
		}
		world.ServeHTTP(httptest.NewRecorder(), req)
		<-req.Context().Done()
	}))
	t.Cleanup(srv.Close)
	return &deaf, func(o *gateway.Options) { o.RESTURL = srv.URL + "/api/v10" }
}

func resume(r *roletest.Rig) {
	r.Deliver(music.Input{ID: "resume-1", Guild: r.Guild, Body: music.Command{
		Actor: music.Actor{User: "1", Voice: r.Music}, Do: music.Resume{},
	}})
}

func TestEditWhoseAnswerNeverCame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		restart bool
	}{{"the role ends", true}, {"the role goes on", false}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{Nodes: 1})
			deaf, carried := deafTo(t, r, http.MethodPatch)
			a, g := start(t, r, carried)
			id, _ := panel(t, r)
			// It may have been posted while no node had the play yet.
			showing := func(status string) func() bool {
				return func() bool { now, text := panel(t, r); return now == id && strings.Contains(text, status) }
			}
			roletest.Until(t, "it is shown that it plays", showing("Now playing"))
			deaf.Store(true)
			r.Send("/pause")
			roletest.Until(t, "the pause is shown", showing("Paused"))
			// What is wanted is again what was shown when an answer came last.
			resume(r)
			roletest.Until(t, "it goes on", func() bool { p := a.Player(r); return p.Play != nil && !p.Paused })
			if c.restart {
				if err := g.Stop(t); err != nil {
					t.Fatal(err)
				}
			}
			deaf.Store(false)
			if c.restart {
				r.StartGateway(carried)
			}
			roletest.Until(t, "it is shown that it goes on", showing("Now playing"))
			clean(t, r)
		})
	}
}

func TestPostWhoseAnswerNeverCame(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	deaf, carried := deafTo(t, r, http.MethodPost)
	deaf.Store(true)
	start(t, r, carried)
	id, _ := panel(t, r)
	// The post is sent again, and Discord answers with the message as it was.
	r.Send("/pause")
	deaf.Store(false)
	roletest.Until(t, "the pause is shown", func() bool { now, text := panel(t, r); return now == id && strings.Contains(text, "Paused") })
	clean(t, r)
}
