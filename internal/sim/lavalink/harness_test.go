package lavalink_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

const (
	password  = "correct horse"
	user      = "4001"
	guild     = "7001"
	goodVoice = `{"token":"t","endpoint":"voice.example:443","sessionId":"s","channelId":"9001"}`
	patience  = 45 * time.Second
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// rig is a node on a loopback listener with a clock that the test moves.
type rig struct {
	t     testing.TB
	clock *clockwork.FakeClock
	node  *lavalink.Node
	srv   *httptest.Server
	http  *http.Client
}

func newRig(t testing.TB, change ...func(*lavalink.Options)) *rig {
	t.Helper()
	r := &rig{t: t, clock: clockwork.NewFakeClockAt(start)}
	opts := lavalink.Options{Name: "one", Password: password, Clock: r.clock}
	for _, c := range change {
		c(&opts)
	}
	var err error
	if r.node, err = lavalink.New(opts); err != nil {
		t.Fatal(err)
	}
	r.srv = httptest.NewServer(r.node.Handler())
	r.http = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}, Timeout: patience}
	t.Cleanup(func() {
		r.node.Close()
		r.http.CloseIdleConnections()
		r.srv.Close()
	})
	return r
}

// answer is a response, read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (r *rig) try(method, path, body string, header ...string) (answer, error) {
	req, err := http.NewRequest(method, r.srv.URL+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Authorization", password)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		if header[i+1] == "" {
			req.Header.Del(header[i])
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	res, err := r.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(raw)}, err
}

func (r *rig) do(method, path, body string, header ...string) answer {
	r.t.Helper()
	a, err := r.try(method, path, body, header...)
	if err != nil {
		r.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

// want does a request, checks the status and decodes the body.
func (r *rig) want(status int, method, path, body string) map[string]any {
	r.t.Helper()
	a := r.do(method, path, body)
	if a.status != status {
		r.t.Fatalf("%s %s %s: status %d, want %d: %s", method, path, body, a.status, status, a.body)
	}
	var out map[string]any
	if a.body != "" && a.body[0] == '{' {
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			r.t.Fatal(err)
		}
	}
	return out
}

// socket is a WebSocket client of the node.
type socket struct {
	t       testing.TB
	conn    *websocket.Conn
	session string
	resumed bool
	in      chan map[string]any
	ended   chan error
}

func (r *rig) dial(headers ...string) (*websocket.Conn, *http.Response, error) {
	h := http.Header{"Authorization": {password}, "User-Id": {user}, "Client-Name": {"test/1"}}
	for i := 0; i < len(headers); i += 2 {
		h.Del(headers[i])
		if headers[i+1] != "" {
			h.Set(headers[i], headers[i+1])
		}
	}
	d := websocket.Dialer{HandshakeTimeout: patience}
	return d.Dial("ws"+strings.TrimPrefix(r.srv.URL, "http")+"/v4/websocket", h)
}

// open connects and reads the ready message.
func (r *rig) open(headers ...string) *socket {
	r.t.Helper()
	conn, res, err := r.dial(headers...)
	if err != nil {
		r.t.Fatalf("dial: %v", err)
	}
	res.Body.Close()
	s := &socket{t: r.t, conn: conn, in: make(chan map[string]any, 1024), ended: make(chan error, 1)}
	go s.pump()
	r.t.Cleanup(func() { conn.Close() })
	ready := s.next()
	if ready["op"] != "ready" {
		r.t.Fatalf("the first message is %v", ready)
	}
	s.session, s.resumed = ready["sessionId"].(string), ready["resumed"].(bool)
	return s
}

func (s *socket) pump() {
	for {
		_, raw, err := s.conn.ReadMessage()
		if err != nil {
			s.ended <- err
			return
		}
		m := map[string]any{}
		if json.Unmarshal(raw, &m) != nil {
			m = map[string]any{"op": "garbage", "raw": string(raw)}
		}
		s.in <- m
	}
}

func (s *socket) next() map[string]any {
	s.t.Helper()
	select {
	case m := <-s.in:
		return m
	case err := <-s.ended:
		s.t.Fatalf("the socket ended: %v", err)
	case <-time.After(patience):
		s.t.Fatal("no message came")
	}
	return nil
}

// label names a message: its op, or type and reason of an event.
func label(m map[string]any) string {
	if m["op"] != "event" {
		return fmt.Sprint(m["op"])
	}
	name := strings.TrimSuffix(fmt.Sprint(m["type"]), "Event")
	if reason, ok := m["reason"]; ok && name == "TrackEnd" {
		name += " " + fmt.Sprint(reason)
	}
	return name
}

// until returns the next message of that label and fails on any event before it.
func (s *socket) until(want string) map[string]any {
	s.t.Helper()
	for {
		m := s.next()
		switch {
		case label(m) == want:
			return m
		case m["op"] == "event":
			s.t.Fatalf("got %s, want %s: %v", label(m), want, m)
		}
	}
}

// sequence checks the labels of the next messages.
func (s *socket) sequence(want ...string) {
	s.t.Helper()
	for i, w := range want {
		if m := s.next(); label(m) != w {
			s.t.Fatalf("message %d is %s, want %s: %v", i, label(m), w, m)
		}
	}
}

func (s *socket) end() error {
	s.t.Helper()
	for {
		select {
		case err := <-s.ended:
			return err
		case <-s.in:
		case <-time.After(patience):
			s.t.Fatal("the socket did not end")
		}
	}
}

func (s *socket) path(guild string) string { return "/v4/sessions/" + s.session + "/players/" + guild }

// encoded returns the encoded form of a track of the library.
func encoded(t testing.TB, id string) string {
	t.Helper()
	track, ok := lavalink.DefaultCatalog().Track(id)
	if !ok {
		t.Fatalf("no track %q", id)
	}
	e, err := lavalink.EncodeTrack(track.Info())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// playing opens a session with voice and one track that has begun to sound.
func (r *rig) playing(id string) *socket {
	r.t.Helper()
	s := r.open()
	s.sequence("stats")
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`,"track":{"encoded":"`+encoded(r.t, id)+`","userData":{"play":"p1","epoch":3}}}`)
	s.until("TrackStart")
	r.clock.Advance(lavalink.DefaultLatency)
	return s
}

func (r *rig) player() lavalink.PlayerSnapshot {
	r.t.Helper()
	all := r.node.Players()
	if len(all) != 1 {
		r.t.Fatalf("%d players, want one: %v", len(all), all)
	}
	return all[0]
}

func wantJSON(t testing.TB, got, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(got), &g); err != nil {
		t.Fatalf("not JSON: %v: %s", err, got)
	}
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, w) {
		t.Fatalf("got  %s\nwant %s", got, want)
	}
}
