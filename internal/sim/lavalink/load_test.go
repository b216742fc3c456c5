package lavalink_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// direct sends a request straight into the handler, without a socket.
func (r *rig) direct(method, path, body string) *httptest.ResponseRecorder {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Authorization", password)
	req.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	r.node.Handler().ServeHTTP(w, req)
	return w
}

func TestTenThousandPlayers(t *testing.T) {
	const players = 10_000
	r := newRig(t)
	s := r.open()
	track := encoded(t, "last-ferry")
	drained := make(chan struct{})
	var updates atomic.Int64
	go func() {
		defer close(drained)
		for m := range s.in {
			if m["op"] == "playerUpdate" {
				updates.Add(1)
			}
		}
	}()
	for i := range players {
		w := r.direct("PATCH", s.path(fmt.Sprint(i+1)), `{"voice":`+goodVoice+`,"track":{"encoded":"`+track+`"}}`)
		if w.Code != 200 {
			t.Fatalf("player %d: %d %s", i, w.Code, w.Body)
		}
	}
	r.clock.Advance(5 * time.Second)
	all := r.node.Players()
	for _, p := range all {
		if !p.Sounding || p.Position != 4960 {
			t.Fatalf("player %+v", p)
		}
	}
	if len(all) != players {
		t.Fatalf("%d players", len(all))
	}
	// One update with voice, one with the start, one after five seconds.
	eventually(t, func() bool { return updates.Load() == 3*players })
	r.node.Close()
	s.end0()
	close(s.in)
	<-drained
}

// end0 waits for the socket's end while another goroutine reads the messages.
func (s *socket) end0() {
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatal("the socket did not end")
	}
}

// Many clients, faults and observers at once: for the race detector.
func TestAllAtOnce(t *testing.T) {
	r := newRig(t, func(o *lavalink.Options) {
		o.Verify = func(lavalink.Voice) error { return nil }
	})
	s := resumable(r, "last-ferry")
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 50 {
				path := s.path(fmt.Sprint(g + 1))
				r.direct("PATCH", path, `{"voice":`+strings.Replace(goodVoice, `"t"`, fmt.Sprintf(`"t%d"`, i), 1)+`,"track":{"identifier":"blink"}}`)
				r.direct("GET", path, "")
				if i%10 == 9 {
					r.direct("DELETE", path, "")
				}
			}
		})
	}
	wg.Go(func() {
		for range 100 {
			r.clock.Advance(100 * time.Millisecond)
		}
	})
	wg.Go(func() {
		for range 20 {
			r.node.CutSockets()
			if conn, res, err := r.dial("Session-Id", s.session); err == nil {
				res.Body.Close()
				conn.Close()
			}
		}
	})
	wg.Go(func() {
		for range 50 {
			r.node.Players()
			r.node.Timeline()
			_ = r.node.CloseVoice(user, "1", 4014, "", true) // there may be none
		}
	})
	wg.Wait()
	if len(r.node.Sessions()) == 0 {
		t.Fatal("the session is gone")
	}
}

func BenchmarkPatch(b *testing.B) {
	bodies := map[string]string{
		"volume": `{"volume":50}`,
		"play":   `{"track":{"encoded":"` + encoded(b, "last-ferry") + `","userData":{"play":"p1","epoch":1}},"position":1000}`,
		"full": `{"voice":` + goodVoice + `,"track":{"encoded":"` + encoded(b, "last-ferry") + `","userData":{"play":"p1","epoch":1}},
			"volume":80,"filters":{"timescale":{"speed":1.2}}}`,
	}
	for _, name := range []string{"volume", "play", "full"} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b)
			s := r.open()
			go func() {
				for range s.in { //nolint:revive // drained so that the node is not slowed
				}
			}()
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				i++
				if w := r.direct("PATCH", s.path(fmt.Sprint(i%10_000+1)), bodies[name]); w.Code != 200 {
					b.Fatal(w.Body)
				}
			}
			b.StopTimer()
			r.node.Close()
			s.end0()
			close(s.in)
		})
	}
}
