package lavalink_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/core/music"
)

// late is a node that notices late that the socket of the session "old" still
// stands: asked for its players it says first that it has none, then that it
// does, and at last that the socket is gone.
type late struct {
	mu    sync.Mutex
	asked int
	log   []string
}

func (n *late) note(format string, args ...any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.log = append(n.log, fmt.Sprintf(format, args...))
}

func (n *late) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	switch {
	case req.URL.Path == "/v4/websocket":
		n.socket(w, req)
	case req.Method == http.MethodPatch:
		n.note("patch %s", req.URL.Path)
		_, _ = w.Write([]byte(`{}`))
	case strings.HasSuffix(req.URL.Path, "/sessions/old/players"):
		n.mu.Lock()
		n.asked++
		asked := n.asked
		n.mu.Unlock()
		if asked == 1 || asked == 4 {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(`[{"guildId":"7001","volume":100,"state":{"position":9000},"track":{"userData":{"play":"p1","epoch":2}}}]`))
	default:
		n.note("%s %s", req.Method, req.URL.Path)
		w.WriteHeader(http.StatusNotFound)
	}
}

func (n *late) socket(w http.ResponseWriter, req *http.Request) {
	n.note("dial %s", req.Header.Get("Session-Id"))
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, req, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	n.mu.Lock()
	stands := n.asked == 1
	n.mu.Unlock()
	ready := `{"op":"ready","resumed":true,"sessionId":"old"}`
	if stands {
		ready = `{"op":"ready","resumed":false,"sessionId":"new"}`
	}
	_ = conn.WriteMessage(websocket.TextMessage, []byte(ready))
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func TestANewSessionIsGivenUpWhereTheOldOneStands(t *testing.T) {
	n := &late{}
	srv := httptest.NewServer(n)
	t.Cleanup(srv.Close)
	client, _ := newClient(t, srv, password)
	o := own(t, client, "old")
	if up := o.up(); !up.Steered || up.Session != "old" {
		t.Fatalf("up %+v", up)
	}
	if s := body[music.NodeSnapshot](o); s.Play != "p1" || s.Fresh {
		t.Fatalf("snapshot %+v", s)
	}
	if up := o.up(); up.Steered || !up.Resumed || up.Session != "old" {
		t.Fatalf("up %+v", up)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !slices.Equal(n.log, []string{"dial old", "dial old"}) || len(o.saved) != 0 {
		t.Fatalf("the node was asked %q, saved %v", n.log, o.saved)
	}
}

func TestALeaseLostWhileSteeringOpensNoSocket(t *testing.T) {
	r := newRig(t)
	first := r.own("")
	session := first.up().Session
	var held atomic.Bool
	held.Store(true)
	second := r.own(session, leased(&held))
	second.up()
	held.Store(false)
	first.leave()
	eventually(t, "the node noticed", func() bool { return !r.node.Sessions()[0].Connected })
	for range 100 {
		second.clock.Advance(pollStep)
	}
	if c := second.link.Counters(); c.Opened != 0 {
		t.Fatalf("dialled without a lease: %+v", c)
	}
	held.Store(true)
	if up := second.up(); !up.Resumed || up.Steered || up.Session != session {
		t.Fatalf("up %+v", up)
	}
}
