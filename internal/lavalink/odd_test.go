package lavalink_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
)

func TestWhatCannotBeReadEndsNoLink(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	session := o.up().Session
	o.apply(r.wanted("p1", "last-ferry"))
	body[music.PlayStarted](o)
	eventually(t, "what came with the start is read", func() bool { return o.link.Counters().Messages >= 4 })
	before := o.link.Counters()
	event := func(kind, rest string) string {
		return `{"op":"event","type":"` + kind + `","guildId":"7001"` + rest + `}`
	}
	track := `,"track":{"encoded":"x","info":{"length":-1,"title":7},"userData":%s}`
	for _, m := range []string{
		"", "null", "[]", "not json", `{"op":`, `{"op":7.5e3}`, "\x00\xff",
		`{"op":"sing"}`, `{"op":"ready","resumed":false,"sessionId":"stolen"}`,
		`{"op":"playerUpdate"}`, `{"op":"playerUpdate","guildId":"7001","state":"gone"}`,
		`{"op":"stats","memory":"plenty"}`,
		event("SegmentsLoaded", ""), event("LyricsLine", `,"line":{}`), event("", ""), `{"op":"event","type":"TrackEndEvent"}`,
		event("TrackEndEvent", `,"track":"x"`), event("TrackEndEvent", fmt.Sprintf(track, `{"play":"p1"`)),
		event("TrackEndEvent", fmt.Sprintf(track, `{}`)+`,"reason":"finished"`),
		event("TrackEndEvent", fmt.Sprintf(track, `"p1"`)+`,"reason":"finished"`),
		event("TrackEndEvent", fmt.Sprintf(track, `{"play":7,"epoch":3}`)+`,"reason":"finished"`),
		event("TrackEndEvent", fmt.Sprintf(track, `{"play":"p1","epoch":-1}`)+`,"reason":"finished"`),
	} {
		if err := r.node.SendRaw(session, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	// Odd, but it says what happened.
	for _, m := range []string{
		event("TrackExceptionEvent", fmt.Sprintf(track, `{"play":"p1","epoch":3}`)),
		event("TrackEndEvent", fmt.Sprintf(track, `{"play":"p1","epoch":3}`)+`,"reason":"loadFailed","guildName":{}`),
	} {
		if err := r.node.SendRaw(session, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	if x := body[music.PlayException](o); x.Play != "p1" || x.Message != "" {
		t.Fatalf("exception %+v", x)
	}
	if e := body[music.PlayEnded](o); e.Reason != music.EndLoadFailed {
		t.Fatalf("ended %+v: a report that is not ours was believed", e)
	}
	after := o.link.Counters()
	if got := after.Undecodable - before.Undecodable; got != 12 {
		t.Errorf("%d undecodable", got)
	}
	if got := after.UnknownEvents - before.UnknownEvents; got != 3 {
		t.Errorf("%d unknown events", got)
	}
	if got := after.UnknownOps - before.UnknownOps; got != 2 {
		t.Errorf("%d unknown ops", got)
	}
	if got := after.Foreign - before.Foreign; got != 4 {
		t.Errorf("%d foreign", got)
	}
	if s := o.link.Status(); s.State != lavalink.StateUp || s.Session != session || after.Opened != 1 {
		t.Errorf("the link did not survive: %+v", s)
	}
}

func TestAnEndForAnUnknownReasonLetsTheOwnerLook(t *testing.T) {
	r := newRig(t)
	o := r.own("")
	session := o.up().Session
	o.apply(r.wanted("p1", "last-ferry"))
	m := `{"op":"event","type":"TrackEndEvent","guildId":"7001","reason":"bored","track":{"userData":{"play":"p1","epoch":3}}}`
	if err := r.node.SendRaw(session, []byte(m)); err != nil {
		t.Fatal(err)
	}
	if s := body[music.NodeSnapshot](o); s.Play != "" {
		t.Fatalf("snapshot %+v", s)
	}
}

// mute is a node that accepts a session and then says nothing.
type mute struct {
	ready bool // sends ready
	pongs bool

	mu    sync.Mutex
	dials int
	pings map[string]int // by session
}

func (m *mute) pinged(session string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.pings[session]
}

func (m *mute) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.URL.Path != "/v4/websocket" {
		if req.Method == http.MethodGet {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write([]byte(`{}`))
		return
	}
	up := websocket.Upgrader{}
	conn, err := up.Upgrade(w, req, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	m.mu.Lock()
	m.dials++
	n := m.dials
	m.mu.Unlock()
	session := fmt.Sprintf("s%d", n)
	conn.SetPingHandler(func(data string) error {
		m.mu.Lock()
		if m.pings == nil {
			m.pings = map[string]int{}
		}
		m.pings[session]++
		m.mu.Unlock()
		if !m.pongs {
			return nil
		}
		if err := conn.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(patience)); err != nil {
			return err
		}
		// Whoever reads this has read the pong.
		return conn.WriteMessage(websocket.TextMessage, []byte(`{"op":"stats"}`))
	})
	if m.ready {
		_ = conn.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"op":"ready","resumed":false,"sessionId":%q}`, session))
	}
	for {
		if _, _, err := conn.ReadMessage(); err != nil {
			return
		}
	}
}

func ownMute(t *testing.T, m *mute) *owner {
	t.Helper()
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	client, _ := newClient(t, srv, password)
	return own(t, client, "")
}

func TestAHalfOpenSocketIsFoundByPings(t *testing.T) {
	m := &mute{ready: true}
	o := ownMute(t, m)
	first := o.up().Session
	o.down()
	if took := o.clock.Since(start); took < 20*time.Second {
		t.Fatalf("the socket was given up after %v", took)
	}
	if up := o.up(); up.Session == first {
		t.Fatalf("up %+v", up)
	}
	eventually(t, "the first socket's pings are read", func() bool { return m.pinged(first) >= 2 })
	if n := m.pinged(first); n != 2 {
		t.Fatalf("the socket was given up after %d pings without an answer", n)
	}
}

func TestASocketThatAnswersPingsStays(t *testing.T) {
	o := ownMute(t, &mute{ready: true, pongs: true})
	o.up()
	eventually(t, "the first answer", func() bool { return o.link.Counters().Messages >= 2 })
	for n := range uint64(20) {
		o.clock.Advance(10 * time.Second)
		eventually(t, "an answer to a ping", func() bool { return o.link.Counters().Messages >= n+3 })
	}
	if c := o.link.Counters(); c.Opened != 1 {
		t.Fatalf("opened %d sockets", c.Opened)
	}
}

func TestANodeThatIsNeverReadyIsGivenUp(t *testing.T) {
	o := ownMute(t, &mute{pongs: true})
	if err := o.down(); fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("down because of %v", err)
	}
}
