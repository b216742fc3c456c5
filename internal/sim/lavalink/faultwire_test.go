package lavalink_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestFaultDown(t *testing.T) {
	for _, lost := range []bool{false, true} {
		t.Run(map[bool]string{false: "kept", true: "lost"}[lost], func(t *testing.T) {
			r := newRig(t)
			s := resumable(r, "last-ferry")
			r.clock.Advance(5 * time.Second)
			r.breaks("node.down", "sessions", map[bool]string{false: "kept", true: "lost"}[lost])
			s.end()
			if _, err := r.try("GET", "/version", ""); err == nil {
				t.Fatal("a node that is down answers")
			}
			if n := len(r.node.Players()); n != 0 {
				t.Fatalf("%d players sound on a node that is down", n)
			}
			r.mends("node.down")
			if again := r.open("Session-Id", s.session); again.resumed == lost {
				t.Fatalf("resumed %v", again.resumed)
			}
			if n := len(r.node.Players()); (n == 0) != lost {
				t.Fatalf("%d players", n)
			}
		})
	}
}

func TestFaultCutAndForget(t *testing.T) {
	for name, resumed := range map[string]bool{"node.cut": true, "node.forget": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := resumable(r, "last-ferry")
			r.breaks(name)
			if err := s.end(); websocket.IsCloseError(err, 1000, 1001) {
				t.Fatalf("a broken socket said goodbye: %v", err)
			}
			if again := r.open("Session-Id", s.session); again.resumed != resumed {
				t.Fatalf("resumed %v", again.resumed)
			}
		})
	}
}

// Neither a message nor a pong comes through a half-open link, REST goes on,
// and the session is taken until the node finds out.
func TestFaultHalfOpen(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	s.until("playerUpdate")
	r.breaks("node.half_open")
	ponged := make(chan struct{}, 1)
	s.conn.SetPongHandler(func(string) error { ponged <- struct{}{}; return nil })
	if err := s.conn.WriteControl(websocket.PingMessage, []byte("1"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	r.clock.Advance(time.Minute)
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	// A second socket, opened after the first fell silent, is served: what came
	// before its answer would have been here by now.
	other := r.open("Session-Id", s.session)
	if other.resumed || other.session == s.session {
		t.Fatal("the session of a socket that the node believes in was resumed")
	}
	other.until("stats")
	if err := s.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, "bye"), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	s.conn.Close()
	s.end0()
	if len(s.in) != 0 || len(ponged) != 0 {
		t.Fatalf("%d messages and %d pongs came through", len(s.in), len(ponged))
	}
	r.want(200, "GET", s.path(guild), "")
	for _, ses := range r.node.Sessions() {
		if ses.ID == s.session && (!ses.Connected || ses.Queued != 0) {
			t.Fatalf("the node knows: %+v", ses)
		}
	}
	r.mends("node.half_open")
	r.want(404, "GET", s.path(guild), "")
	again := r.open("Session-Id", s.session)
	if !again.resumed {
		t.Fatal("it cannot be resumed after the node found out")
	}
	if m := again.next(); label(m) != "playerUpdate" {
		t.Fatalf("what was lost on the dead link came again: %v", m)
	}
}

func TestHalfOpenEndsWithTheNode(t *testing.T) {
	for name, end := range map[string]func(*rig){
		"closed":    func(r *rig) { r.node.Close() },
		"down":      func(r *rig) { r.node.SetDown(true) },
		"cut":       func(r *rig) { r.node.CutSockets() },
		"forgotten": func(r *rig) { r.node.ForgetSessions() },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.playing("last-ferry")
			r.breaks("node.half_open")
			end(r)
			s.end()
			if n := len(r.node.Sessions()); n != 0 {
				t.Fatalf("%d sessions", n)
			}
		})
	}
}

func TestFaultRefuseSessions(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.breaks("node.refuse_sessions", "status", "502")
	if _, res, err := r.dial(); err == nil || res == nil || res.StatusCode != http.StatusBadGateway {
		t.Fatalf("response %v, %v", res, err)
	}
	r.want(200, "GET", s.path(guild), "")
	r.breaks("node.cut")
	if _, res, err := r.dial("Session-Id", s.session); err == nil || res == nil || res.StatusCode != http.StatusBadGateway {
		t.Fatalf("resuming: %v, %v", res, err)
	}
	r.mends("node.refuse_sessions")
	if again := r.open("Session-Id", s.session); !again.resumed {
		t.Fatal("not resumed")
	}
}

func TestFaultWrongPassword(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.breaks("node.wrong_password")
	if a := r.do("GET", s.path(guild), ""); a.status != 403 || a.body != "" {
		t.Fatalf("REST answers %d %q", a.status, a.body)
	}
	if _, res, err := r.dial(); err == nil || res == nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("a socket gets %v, %v", res, err)
	}
	r.clock.Advance(5 * time.Second)
	s.until("playerUpdate") // the socket that stands is not asked again
	r.mends("node.wrong_password")
	r.want(200, "GET", s.path(guild), "")
}
