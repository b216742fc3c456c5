package lavalink_test

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestHandshake(t *testing.T) {
	r := newRig(t)
	cases := map[string]struct {
		headers []string
		status  int
	}{
		"no password":       {[]string{"Authorization", ""}, 401},
		"wrong password":    {[]string{"Authorization", "wrong"}, 401},
		"no user":           {[]string{"User-Id", ""}, 400},
		"user is no number": {[]string{"User-Id", "abc"}, 400},
		"user zero":         {[]string{"User-Id", "0"}, 400},
		"user negative":     {[]string{"User-Id", "-5"}, 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			conn, res, err := r.dial(c.headers...)
			if err == nil {
				conn.Close()
				t.Fatal("it was let in")
			}
			if res == nil || res.StatusCode != c.status {
				t.Fatalf("response %v, want %d", res, c.status)
			}
			res.Body.Close()
		})
	}
	t.Run("a client without a name is let in", func(t *testing.T) {
		s := r.open("Client-Name", "")
		if s.resumed || len(s.session) != 16 {
			t.Fatalf("session %q, resumed %v", s.session, s.resumed)
		}
	})
	t.Run("an unknown session id makes a new session", func(t *testing.T) {
		conn, res, err := r.dial("Session-Id", "nosuchsession000")
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		defer res.Body.Close()
		if res.Header.Get("Session-Resumed") != "false" || res.Header.Get("Lavalink-Api-Version") != "4" {
			t.Fatalf("headers %v", res.Header)
		}
	})
	t.Run("a plain request", func(t *testing.T) {
		if a := r.do("GET", "/v4/websocket", "", "User-Id", user); a.status != 400 {
			t.Fatalf("status %d", a.status)
		}
	})
}

func TestStatsAtOnceAndEachMinute(t *testing.T) {
	r := newRig(t)
	s := r.open()
	if m := s.next(); label(m) != "stats" || m["frameStats"] != nil || m["uptime"] != 0.0 {
		t.Fatalf("after ready came %v", m)
	}
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`,"track":{"identifier":"last-ferry"}}`)
	r.clock.Advance(time.Minute)
	s.until("TrackStart")
	m := s.until("stats")
	if m["players"] != 1.0 || m["playingPlayers"] != 1.0 || m["uptime"] != 60000.0 || m["frameStats"] != nil {
		t.Fatalf("stats %v", m)
	}
	r.clock.Advance(time.Minute)
	m = s.until("stats")
	if f, _ := m["frameStats"].(map[string]any); f == nil || f["sent"] != 3000.0 || f["deficit"] != 0.0 {
		t.Fatalf("stats after a minute of sound: %v", m)
	}
}

func TestUpdatesEveryFiveSeconds(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	s.sequence("playerUpdate") // that of the start
	for i := range 6 {
		r.clock.Advance(5 * time.Second)
		m := s.until("playerUpdate")
		if got, want := m["state"].(map[string]any)["position"], float64((i+1)*5000-40); got != want {
			t.Fatalf("update %d at %v, want %v", i, got, want)
		}
	}
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	s.until("TrackEnd stopped")
	r.clock.Advance(20 * time.Second)
	r.want(200, "PATCH", s.path("8"), `{"track":{"identifier":"blink"}}`)
	if m := s.next(); label(m) != "TrackStart" {
		t.Fatalf("a player without a track sent %v", m)
	}
}

func TestClientTextIsIgnored(t *testing.T) {
	r := newRig(t)
	s := r.open()
	s.sequence("stats")
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"play"}`)); err != nil {
		t.Fatal(err)
	}
	pong := make(chan struct{})
	s.conn.SetPongHandler(func(string) error { close(pong); return nil })
	if err := s.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-pong:
	case <-time.After(patience):
		t.Fatal("the node answers no ping")
	}
	r.want(200, "GET", "/v4/sessions/"+s.session+"/players", "")
}

func TestCloseIsClean(t *testing.T) {
	r := newRig(t)
	a, b := r.open(), r.open("User-Id", "4002")
	r.node.Close()
	r.node.Close()
	for _, s := range []*socket{a, b} {
		if err := s.end(); !websocket.IsCloseError(err, websocket.CloseGoingAway) {
			t.Fatalf("the socket ended with %v", err)
		}
	}
	if _, err := r.try("GET", "/version", ""); err == nil {
		t.Fatal("a closed node answers")
	}
	if n := len(r.node.Sessions()); n != 0 {
		t.Fatalf("%d sessions after Close", n)
	}
}
