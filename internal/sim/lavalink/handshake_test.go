package lavalink_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// slowVoice is a rig whose voice handshakes wait until the test lets them go.
func slowVoice(t *testing.T) (r *rig, began, proceed chan struct{}) {
	t.Helper()
	began, proceed = make(chan struct{}), make(chan struct{})
	r = newRig(t, func(o *lavalink.Options) {
		o.Verify = func(lavalink.Voice) error {
			began <- struct{}{}
			<-proceed
			return nil
		}
	})
	return r, began, proceed
}

func TestSlowHandshakeStallsNobody(t *testing.T) {
	r, began, proceed := slowVoice(t)
	s := r.open()
	got := make(chan answer, 1)
	go func() {
		a, _ := r.try("PATCH", s.path(guild), `{"voice":`+goodVoice+`,"volume":7}`)
		got <- a
	}()
	<-began
	r.want(200, "PATCH", s.path("8"), `{"volume":1}`)
	r.want(200, "PATCH", s.path(guild), `{"track":{"identifier":"blink"}}`)
	if p := r.playerOf(guild); p.Connected || p.Volume != 100 || p.Identifier != "blink" {
		t.Fatalf("while the handshake runs: %+v", p)
	}
	close(proceed)
	if a := <-got; a.status != 200 {
		t.Fatalf("answer %v", a)
	}
	if p := r.playerOf(guild); !p.Connected || p.Volume != 7 || p.Channel != "9001" {
		t.Fatalf("after the handshake: %+v", p)
	}
}

func TestPlayerGoneDuringHandshake(t *testing.T) {
	for name, remove := range map[string]func(r *rig, s *socket){
		"deleted":   func(r *rig, s *socket) { r.want(204, "DELETE", s.path(guild), "") },
		"forgotten": func(r *rig, _ *socket) { r.node.ForgetSessions() },
	} {
		t.Run(name, func(t *testing.T) {
			r, began, proceed := slowVoice(t)
			s := r.open()
			got := make(chan answer, 1)
			go func() {
				a, _ := r.try("PATCH", s.path(guild), `{"voice":`+goodVoice+`,"track":{"identifier":"blink"}}`)
				got <- a
			}()
			<-began
			remove(r, s)
			close(proceed)
			if a := <-got; a.status != 404 {
				t.Fatalf("answer %v", a)
			}
			if n := len(r.node.Players()); n != 0 {
				t.Fatalf("%d players came back to life", n)
			}
		})
	}
}

// The music of a session whose socket went down meanwhile is still changed: the
// request had found its session.
func TestSocketLostDuringHandshake(t *testing.T) {
	r, began, proceed := slowVoice(t)
	s := r.open()
	r.want(200, "PATCH", "/v4/sessions/"+s.session, `{"resuming":true}`)
	got := make(chan answer, 1)
	go func() {
		a, _ := r.try("PATCH", s.path(guild), `{"voice":`+goodVoice+`,"track":{"identifier":"blink"}}`)
		got <- a
	}()
	<-began
	r.node.CutSockets()
	close(proceed)
	if a := <-got; a.status != 200 {
		t.Fatalf("answer %v", a)
	}
	again := r.open("Session-Id", s.session)
	if !again.resumed {
		t.Fatal("not resumed")
	}
	again.sequence("TrackStart", "playerUpdate")
}

func (r *rig) playerOf(guild string) lavalink.PlayerSnapshot {
	r.t.Helper()
	for _, p := range r.node.Players() {
		if p.Guild == guild {
			return p
		}
	}
	r.t.Fatalf("no player of guild %s", guild)
	return lavalink.PlayerSnapshot{}
}
