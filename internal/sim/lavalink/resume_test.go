package lavalink_test

import (
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// resumable opens a session that may be resumed within five minutes and plays.
func resumable(r *rig, id string) *socket {
	r.t.Helper()
	s := r.playing(id)
	r.want(200, "PATCH", "/v4/sessions/"+s.session, `{"resuming":true,"timeout":300}`)
	return s
}

func TestResume(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "stairwell")
	r.node.CutSockets()
	if err := s.end(); websocket.IsCloseError(err, 1000, 1001) {
		t.Fatalf("a cut socket said goodbye: %v", err)
	}
	if a := r.do("GET", s.path(guild), ""); a.status != 404 {
		t.Fatalf("REST on a session without a socket: %d", a.status)
	}
	r.want(404, "PATCH", "/v4/sessions/"+s.session, `{"resuming":true}`)
	r.clock.Advance(9 * time.Second) // the track ends meanwhile
	if got := r.node.Sessions(); len(got) != 1 || got[0].Connected || got[0].Queued != 1 || got[0].Players != 1 {
		t.Fatalf("sessions %+v", got)
	}
	// The id alone is enough: another user may resume it and keeps its user.
	again := r.open("Session-Id", s.session, "User-Id", "5005")
	if !again.resumed || again.session != s.session {
		t.Fatalf("resumed %v as %s", again.resumed, again.session)
	}
	again.sequence("TrackEnd finished", "playerUpdate")
	if got := r.node.Sessions(); len(got) != 1 || !got[0].Connected || !got[0].Resuming || got[0].User != user {
		t.Fatalf("sessions %+v", got)
	}
	t.Run("the flag survives", func(t *testing.T) {
		r.node.CutSockets()
		third := r.open("Session-Id", s.session)
		if !third.resumed {
			t.Fatal("not resumed a second time")
		}
		third.sequence("playerUpdate")
	})
}

func TestResumeHeader(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.node.CutSockets()
	conn, res, err := r.dial("Session-Id", s.session)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	defer res.Body.Close()
	if res.Header.Get("Session-Resumed") != "true" {
		t.Fatalf("headers %v", res.Header)
	}
}

func TestMusicGoesOnWithoutASocket(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.clock.Advance(10 * time.Second)
	r.node.CutSockets()
	r.clock.Advance(61 * time.Second)
	if p := r.player(); !p.Sounding || p.Position != 71_000 {
		t.Fatalf("player %+v", p)
	}
	again := r.open("Session-Id", s.session)
	// Stats are queued like events; updates are not, so each player tells once.
	again.sequence("stats", "playerUpdate")
	got := r.want(200, "GET", again.path(guild), "")
	if got["state"].(map[string]any)["position"] != 71_000.0 {
		t.Fatalf("player %v", got)
	}
	for _, line := range r.node.Timeline() {
		if len(line.Records) != 1 || line.Records[0].Kind != lavalink.KindSound {
			t.Fatalf("the sound was interrupted: %+v", line.Records)
		}
	}
}

func TestSecondSocketWhileTheFirstStands(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	other := r.open("Session-Id", s.session)
	if other.resumed || other.session == s.session {
		t.Fatalf("resumed %v as %s", other.resumed, other.session)
	}
	r.want(200, "GET", s.path(guild), "")
	r.want(404, "GET", other.path(guild), "")
}

func TestResumeTimeout(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.node.CutSockets()
	r.clock.Advance(300*time.Second - time.Millisecond)
	if len(r.node.Sessions()) != 1 {
		t.Fatal("gone before its time")
	}
	r.clock.Advance(time.Millisecond)
	if len(r.node.Sessions()) != 0 || len(r.node.Players()) != 0 {
		t.Fatal("still there after its time")
	}
	again := r.open("Session-Id", s.session)
	if again.resumed {
		t.Fatal("resumed after the timeout")
	}
}

func TestResumeStopsTheTimeout(t *testing.T) {
	r := newRig(t)
	s := resumable(r, "last-ferry")
	r.node.CutSockets()
	r.clock.Advance(299 * time.Second)
	r.open("Session-Id", s.session)
	r.clock.Advance(time.Hour)
	if got := r.node.Sessions(); len(got) != 1 || got[0].ID != s.session {
		t.Fatalf("sessions %+v", got)
	}
}

func TestNotResumableByDefault(t *testing.T) {
	r := newRig(t)
	s := r.playing("last-ferry")
	r.node.CutSockets()
	if len(r.node.Sessions()) != 0 || len(r.node.Players()) != 0 {
		t.Fatal("a session that is not resumable outlives its socket")
	}
	if again := r.open("Session-Id", s.session); again.resumed {
		t.Fatal("resumed")
	}
	line := r.node.Timeline()[0].Records
	if last := line[len(line)-1]; last.Kind != lavalink.KindEnd || last.Reason != "stopped" {
		t.Fatalf("the last record is %+v", last)
	}
}

// A client that says goodbye is treated as one that is cut off.
func TestClientCloses(t *testing.T) {
	for name, resuming := range map[string]bool{"resumable": true, "not resumable": false} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			s := r.open()
			if resuming {
				r.want(200, "PATCH", "/v4/sessions/"+s.session, `{"resuming":true}`)
			}
			bye := websocket.FormatCloseMessage(1000, "bye")
			if err := s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(patience)); err != nil {
				t.Fatal(err)
			}
			s.end()
			eventually(t, func() bool {
				all := r.node.Sessions()
				if resuming {
					return len(all) == 1 && !all[0].Connected
				}
				return len(all) == 0
			})
		})
	}
}

// eventually waits for something that another goroutine does.
func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(patience)
	for !ok() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("it did not happen")
		}
	}
}
