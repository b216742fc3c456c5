package lavalink_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/lavalink"
)

// script is a node that does what a test says and nothing by itself, for what
// an honest one would never do.
type script struct {
	t testing.TB
	// rest answers requests about players; nil answers with an empty player.
	rest func(w http.ResponseWriter, req *http.Request, body string)

	mu     sync.Mutex
	conn   *websocket.Conn
	dials  int
	called []string // method and what follows the session of each request about players
}

func newScript(t testing.TB) (*script, *httptest.Server) {
	t.Helper()
	s := &script{t: t}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, srv
}

func (s *script) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	_, rest, _ := strings.Cut(req.URL.Path, "/v4/sessions/s1")
	switch {
	case req.URL.Path == "/v4/websocket":
		s.socket(w, req)
	case rest == "":
		_, _ = w.Write([]byte(`{"resuming":true,"timeout":300}`))
	default:
		raw, _ := io.ReadAll(req.Body)
		s.mu.Lock()
		s.called = append(s.called, req.Method+" "+rest)
		s.mu.Unlock()
		if s.rest != nil {
			s.rest(w, req, string(raw))
			return
		}
		_, _ = w.Write([]byte(playerJSON("", 0)))
	}
}

func (s *script) socket(w http.ResponseWriter, req *http.Request) {
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, req, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	s.mu.Lock()
	s.conn = conn
	s.dials++
	s.mu.Unlock()
	s.push(fmt.Sprintf(`{"op":"ready","resumed":%t,"sessionId":"s1"}`, req.Header.Get("Session-Id") == "s1"))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

// push sends a message on the last socket.
func (s *script) push(message string) { s.send(websocket.TextMessage, message) }

func (s *script) send(kind int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.conn.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		s.t.Error(err)
	}
	if err := s.conn.WriteMessage(kind, []byte(message)); err != nil {
		s.t.Errorf("push %.80s: %v", message, err)
	}
}

// requests returns what was asked about players since the last call.
func (s *script) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.called
	s.called = nil
	return out
}

// playerJSON is a player of the guild; without a play it has no track.
func playerJSON(play string, epoch int64) string {
	track := "null"
	if play != "" {
		track = trackJSON(play, epoch)
	}
	return `{"guildId":"7001","volume":100,"paused":false,"state":{"position":0,"connected":true},"filters":{},"track":` + track +
		`,"voice":{"token":"voice-token","endpoint":"voice.example:443","sessionId":"vs","channelId":"9001"}}`
}

func trackJSON(play string, epoch int64) string {
	return fmt.Sprintf(`{"encoded":"x","info":{},"userData":{"play":%q,"epoch":%d}}`, play, epoch)
}

func eventJSON(kind, play, more string) string {
	return `{"op":"event","type":"` + kind + `","guildId":"7001","track":` + trackJSON(play, 3) + more + `}`
}

func updateJSON(position time.Duration) string {
	return fmt.Sprintf(`{"op":"playerUpdate","guildId":"7001","state":{"position":%d,"connected":true}}`, position.Milliseconds())
}

// scripted returns a script with a link that is up.
func scripted(t testing.TB, change ...func(*lavalink.Options)) (*script, *owner) {
	t.Helper()
	s, srv := newScript(t)
	client, _ := newClient(t, srv, password)
	o := own(t, client, "", change...)
	o.up()
	s.requests()
	return s, o
}

func desired(play string) lavalink.Desired {
	d := lavalink.Desired{Epoch: 3, Track: "x", Volume: 100, Voice: voice}
	d.Play = playID(play)
	return d
}
