package lavalink_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestNewRefuses(t *testing.T) {
	for name, o := range map[string]lavalink.Options{
		"no password":    {},
		"unknown filter": {Password: "p", DisabledFilters: []string{"reverb"}},
	} {
		if _, err := lavalink.New(o); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSetDown(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.node.SetDown(true)
	s.end()
	if _, err := r.try("GET", "/version", ""); err == nil {
		t.Fatal("a node that is down answers")
	}
	if conn, _, err := r.dial(); err == nil {
		conn.Close()
		t.Fatal("a node that is down takes a socket")
	}
	r.clock.Advance(time.Minute)
	r.node.SetDown(false)
	again := r.open("Session-Id", s.session)
	if !again.resumed {
		t.Fatal("the session did not outlive the outage")
	}
	r.want(200, "GET", again.path(guild), "")
}

func TestForgetSessions(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.clock.Advance(10 * time.Second)
	r.node.ForgetSessions()
	s.end()
	again := r.open("Session-Id", s.session)
	if again.resumed || len(r.node.Players()) != 0 {
		t.Fatal("a restarted node remembers")
	}
	if up := again.until("stats")["uptime"]; up != 0.0 {
		t.Fatalf("uptime %v", up)
	}
}

func TestLoadDelays(t *testing.T) {
	cases := map[string]struct {
		id    string
		delay time.Duration
		wait  time.Duration
	}{
		"of the node":  {"blink", 3 * time.Second, 3 * time.Second},
		"of the track": {"slow-parcel", 0, 5 * time.Second},
		"of both":      {"slow-parcel", time.Second, 6 * time.Second},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.node.SetLoadDelay(c.delay)
			got := make(chan answer, 1)
			go func() {
				a, err := r.try("GET", "/v4/loadtracks?identifier="+c.id, "")
				if err != nil {
					a.body = err.Error()
				}
				got <- a
			}()
			if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			r.clock.Advance(c.wait - time.Millisecond)
			select {
			case a := <-got:
				t.Fatalf("too early: %v", a)
			default:
			}
			r.clock.Advance(time.Millisecond)
			if a := <-got; a.status != 200 {
				t.Fatalf("answer %v", a)
			}
		})
	}
	t.Run("a PATCH waits, too, and does not stall others", func(t *testing.T) {
		r := newRig(t)
		s := r.open()
		got := make(chan answer, 1)
		go func() {
			a, _ := r.try("PATCH", s.path(guild), `{"track":{"identifier":"slow-parcel"}}`)
			got <- a
		}()
		if err := r.clock.BlockUntilContext(t.Context(), 2); err != nil { // the stats and the request
			t.Fatal(err)
		}
		r.want(200, "PATCH", s.path("8"), `{"volume":1}`)
		r.clock.Advance(5 * time.Second)
		if a := <-got; a.status != 200 {
			t.Fatalf("answer %v", a)
		}
	})
	t.Run("an outage drops who waits", func(t *testing.T) {
		r := newRig(t)
		r.node.SetLoadDelay(time.Hour)
		got := make(chan error, 1)
		go func() {
			_, err := r.try("GET", "/v4/loadtracks?identifier=blink", "")
			got <- err
		}()
		if err := r.clock.BlockUntilContext(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		r.node.SetDown(true)
		if err := <-got; err == nil {
			t.Fatal("it was answered")
		}
	})
}

func TestSendRaw(t *testing.T) {
	r := newRig(t)
	s := r.open()
	s.sequence("stats")
	if err := r.node.SendRaw(s.session, []byte(`{"op":`)); err != nil {
		t.Fatal(err)
	}
	if m := s.next(); m["op"] != "garbage" || m["raw"] != `{"op":` {
		t.Fatalf("got %v", m)
	}
	if err := r.node.SendRaw("none", nil); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("error %v", err)
	}
}

func TestCloseVoice(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.clock.Advance(2 * time.Second)
	if err := r.node.CloseVoice(user, guild, 4014, "Disconnected.", true); err != nil {
		t.Fatal(err)
	}
	m := s.until("WebSocketClosed")
	if m["code"] != 4014.0 || m["reason"] != "Disconnected." || m["byRemote"] != true || m["guildId"] != guild {
		t.Fatalf("event %v", m)
	}
	if m := s.next(); label(m) != "playerUpdate" || m["state"].(map[string]any)["connected"] != false {
		t.Fatalf("after it came %v", m)
	}
	r.clock.Advance(30 * time.Second)
	if p := r.player(); p.Connected || p.Sounding || p.Position != 2000 {
		t.Fatalf("player %+v", p)
	}
	if err := r.node.CloseVoice(user, guild, 4014, "", true); fault.CodeOf(err) != fault.NotFound {
		t.Fatalf("error %v", err)
	}
	t.Run("the same credentials connect again", func(t *testing.T) {
		r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
		r.clock.Advance(time.Second)
		if p := r.player(); !p.Sounding || p.Position != 3000 {
			t.Fatalf("player %+v", p)
		}
	})
}

func TestSnapshotsAreJSON(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	for name, v := range map[string]any{"sessions": r.node.Sessions(), "players": r.node.Players(), "timeline": r.node.Timeline()} {
		if raw, err := json.Marshal(v); err != nil || len(raw) < 20 {
			t.Errorf("%s: %s, %v", name, raw, err)
		}
	}
	raw, err := json.Marshal(r.node.Players())
	if err != nil {
		t.Fatal(err)
	}
	wantJSON(t, string(raw), `[{"guild":"7001","user":"4001","session":"`+s.session+`","channel":"9001","track":{
		"identifier":"last-ferry","title":"Last Ferry","author":"Marla Quill","uri":"https://media.sandbox.example/track/last-ferry",
		"length_ms":240000,"is_stream":false,"artwork_url":"https://media.sandbox.example/sim/v1/artwork/last-ferry","source":"sandbox",
		"genre":"ambient"},"user_data":{"play":"p1","epoch":3},"position_ms":0,"at_ms":1772366400040,"paused":false,"volume":100,
		"filters":{},"speed":1,"connected":true,"sounding":true}]`)
}
