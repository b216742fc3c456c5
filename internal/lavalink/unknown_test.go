package lavalink_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
)

func playID(s string) music.PlayID { return music.PlayID(s) }

// hijack ends a request's connection without an answer.
func hijack(t testing.TB, w http.ResponseWriter) {
	t.Helper()
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	conn.Close()
}

func TestAnOutcomeThatIsNotKnownIsLookedUp(t *testing.T) {
	for name, c := range map[string]struct {
		happened bool
		then     []string
	}{
		"it happened": {true, []string{"GET /players/7001"}},
		"it did not":  {false, []string{"GET /players/7001", "PATCH /players/7001"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, o := scripted(t)
			var patches atomic.Int32
			s.rest = func(w http.ResponseWriter, req *http.Request, _ string) {
				switch {
				case req.Method == http.MethodPatch && patches.Add(1) == 1:
					hijack(t, w)
				case req.Method == http.MethodPatch || c.happened:
					fmt.Fprint(w, playerJSON("p1", 3))
				default:
					w.WriteHeader(http.StatusNotFound)
					fmt.Fprint(w, `{"status":404,"error":"Not Found","message":"Player not found"}`)
				}
			}
			err := o.link.Apply(context.Background(), guild, desired("p1"))
			if fault.CodeOf(err) != fault.Unknown {
				t.Fatalf("apply: %v", err)
			}
			if _, known := o.link.Observe(guild); known {
				t.Fatal("what is not known is observed")
			}
			s.requests()
			o.apply(desired("p1"))
			o.apply(desired("p1"))
			if got := s.requests(); !slices.Equal(got, c.then) {
				t.Fatalf("asked %q, want %q", got, c.then)
			}
		})
	}
}

func TestAnAnswerThatCannotBeReadIsAskedForAgain(t *testing.T) {
	s, o := scripted(t)
	s.rest = func(w http.ResponseWriter, req *http.Request, _ string) {
		if req.Method == http.MethodPatch {
			fmt.Fprint(w, "done!")
			return
		}
		fmt.Fprint(w, playerJSON("p1", 3))
	}
	o.apply(desired("p1"))
	o.apply(desired("p1"))
	if got := s.requests(); !slices.Equal(got, []string{"PATCH /players/7001", "GET /players/7001"}) {
		t.Fatalf("asked %q", got)
	}
}

func TestErrorsWhileLookingAndDestroying(t *testing.T) {
	s, o := scripted(t)
	o.apply(desired("")) // the voice connection alone makes a player
	var status atomic.Int32
	var message atomic.Value
	s.rest = func(w http.ResponseWriter, _ *http.Request, _ string) {
		w.WriteHeader(int(status.Load()))
		fmt.Fprintf(w, `{"message":%q}`, message.Load())
	}
	for _, c := range []struct {
		status  int32
		message string
		want    fault.Code
	}{
		{500, "boom", fault.Unavailable}, {404, "Session not found", fault.Conflict}, {403, "", fault.Denied},
	} {
		status.Store(c.status)
		message.Store(c.message)
		if err := o.link.Snapshot(context.Background(), guild); fault.CodeOf(err) != c.want {
			t.Errorf("%d: snapshot: %v", c.status, err)
		}
		if err := o.link.Apply(context.Background(), guild, lavalink.Desired{Gone: true, Epoch: 3}); fault.CodeOf(err) != c.want {
			t.Errorf("%d: gone: %v", c.status, err)
		}
	}
	// A player that went by itself is gone.
	status.Store(404)
	message.Store("Player not found")
	o.apply(lavalink.Desired{Gone: true, Epoch: 3})
	if seen, known := o.link.Observe(guild); !known || seen.Play != "" {
		t.Fatalf("observed %+v %v", seen, known)
	}
	if err := o.link.Destroy(context.Background()); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("destroy: %v", err)
	}
}

func TestWhoWaitsForAPlayerMayLeave(t *testing.T) {
	s, o := scripted(t)
	entered, leave := make(chan struct{}), make(chan struct{})
	s.rest = func(w http.ResponseWriter, _ *http.Request, _ string) {
		close(entered)
		<-leave
		fmt.Fprint(w, playerJSON("p1", 3))
	}
	first := make(chan error, 1)
	go func() { first <- o.link.Apply(context.Background(), guild, desired("p1")) }()
	<-entered
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := o.link.Apply(ctx, guild, desired("p2")); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("apply: %v", err)
	}
	close(leave)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if got := s.requests(); len(got) != 1 {
		t.Fatalf("asked %q", got)
	}
}

func TestAPositionOfThePlayBeforeIsNotTakenForTheNext(t *testing.T) {
	s, o := scripted(t)
	var play atomic.Value
	s.rest = func(w http.ResponseWriter, _ *http.Request, _ string) {
		fmt.Fprint(w, playerJSON(play.Load().(string), 3))
	}
	play.Store("p1")
	o.apply(desired("p1"))
	s.push(eventJSON("TrackStartEvent", "p1", ""))
	s.push(updateJSON(90 * time.Second))
	if p := body[music.PlayPosition](o); p.Play != "p1" || p.Position != 90*time.Second {
		t.Fatalf("position %+v", p)
	}
	play.Store("p2")
	o.apply(desired("p2"))
	s.push(updateJSON(91 * time.Second)) // it was on its way when p2 was set
	s.push(eventJSON("TrackEndEvent", "p1", `,"reason":"replaced"`))
	s.push(eventJSON("TrackStartEvent", "p2", ""))
	s.push(updateJSON(0)) // no audio yet
	s.push(updateJSON(300 * time.Millisecond))
	if p := body[music.PlayPosition](o); p.Play != "p2" || p.Position != 300*time.Millisecond {
		t.Fatalf("position %+v", p)
	}
	// The report of a start may be lost; then a position has to do, after a while.
	play.Store("p3")
	o.apply(desired("p3"))
	s.push(updateJSON(time.Second))
	o.clock.Advance(7 * time.Second)
	eventually(t, "a late position", func() bool {
		s.push(updateJSON(8 * time.Second))
		seen, _ := o.link.Observe(guild)
		return seen.Position == 8*time.Second
	})
	if p := body[music.PlayPosition](o); p.Play != "p3" {
		t.Fatalf("position %+v", p)
	}
}

func TestAPauseIsNoDrift(t *testing.T) {
	s, o := scripted(t)
	paused := false
	s.rest = func(w http.ResponseWriter, _ *http.Request, body string) {
		p := playerJSON("p1", 3)
		if paused {
			p = `{"guildId":"7001","volume":100,"paused":true,"state":{"position":10000,"connected":true},"track":` + trackJSON("p1", 3) + `}`
		}
		fmt.Fprint(w, p)
	}
	o.apply(desired("p1"))
	s.push(eventJSON("TrackStartEvent", "p1", ""))
	s.push(updateJSON(10 * time.Second))
	body[music.PlayPosition](o)
	paused = true
	d := desired("p1")
	d.Paused = true
	o.apply(d)
	for range 6 {
		before := o.link.Counters().Messages
		o.clock.Advance(5 * time.Second)
		s.push(updateJSON(10 * time.Second))
		eventually(t, "the update is read", func() bool { return o.link.Counters().Messages > before })
	}
	if n := len(o.events); n != 0 {
		t.Fatalf("%d events while paused: %+v", n, <-o.events)
	}
}

func TestAnAdoptedListThatCannotBeReadWhollyIsNotBelievedWholly(t *testing.T) {
	s, srv := newScript(t)
	var lists atomic.Int32
	s.rest = func(w http.ResponseWriter, req *http.Request, _ string) {
		switch {
		case req.Method == http.MethodGet && req.URL.Path == "/v4/sessions/s1/players":
			if lists.Add(1) == 1 {
				w.WriteHeader(http.StatusNotFound)
				return
			}
			fmt.Fprint(w, `["?",`+playerJSON("p1", 2)+`]`)
		case req.Method == http.MethodGet:
			w.WriteHeader(http.StatusNotFound)
		default:
			fmt.Fprint(w, playerJSON("p9", 3))
		}
	}
	client, _ := newClient(t, srv, password)
	o := own(t, client, "s1")
	if up := o.up(); !up.Resumed {
		t.Fatalf("up %+v", up)
	}
	if snap := body[music.NodeSnapshot](o); snap.Play != "p1" {
		t.Fatalf("snapshot %+v", snap)
	}
	if _, known := o.link.Observe("7002"); known {
		t.Fatal("a guild that may be the unreadable one is said to have no player")
	}
	s.requests()
	if err := o.link.Apply(context.Background(), "7002", desired("p9")); err != nil {
		t.Fatal(err)
	}
	if got := s.requests(); !slices.Equal(got, []string{"GET /players/7002", "PATCH /players/7002"}) {
		t.Fatalf("asked %q", got)
	}
	if c := o.link.Counters(); c.Undecodable != 1 {
		t.Fatalf("counters %+v", c)
	}
}
