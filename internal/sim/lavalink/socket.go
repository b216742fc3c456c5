package lavalink

import (
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

const (
	// maxBacklog bounds what a slow client may leave unread, in bytes. Beyond it
	// the socket is cut.
	maxBacklog   = 64 << 20
	writeTimeout = 10 * time.Second
	maxRead      = 64 << 10
)

// link is one WebSocket. Messages are pushed under the node's lock and written
// by a goroutine of the link, so that a slow client stalls nobody.
type link struct {
	conn *websocket.Conn

	mu      sync.Mutex
	pending [][]byte
	backlog int
	code    int // close code to end with, once pending is written
	ended   bool
	wake    chan struct{}
}

func newLink(conn *websocket.Conn) *link { return &link{conn: conn, wake: make(chan struct{}, 1)} }

func (l *link) push(message []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.code != 0 {
		return
	}
	if l.backlog += len(message); l.backlog > maxBacklog {
		l.ended = true
		l.conn.NetConn().Close()
	} else {
		l.pending = append(l.pending, message)
	}
	l.nudge()
}

func (l *link) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// finish closes the socket properly once everything was written.
func (l *link) finish(code int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.code = code
	l.nudge()
}

// cut closes the TCP connection without a close frame.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	l.conn.NetConn().Close()
	l.nudge()
}

// write runs until the link ends.
func (l *link) write() {
	for range l.wake {
		for {
			l.mu.Lock()
			batch, code, ended := l.pending, l.code, l.ended
			l.pending, l.backlog = nil, 0
			l.mu.Unlock()
			if ended {
				return
			}
			for _, m := range batch {
				if l.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) != nil || l.conn.WriteMessage(websocket.TextMessage, m) != nil {
					l.cut()
					return
				}
			}
			if len(batch) > 0 {
				continue
			}
			if code != 0 {
				bye := websocket.FormatCloseMessage(code, "")
				_ = l.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
				l.cut()
				return
			}
			break
		}
	}
}

// handshake checks the headers as the server's interceptor does: 401 for any
// wrong password (403 is REST only) and 400 for a bad User-Id.
func (n *Node) handshake(w http.ResponseWriter, r *http.Request) {
	if !n.passwordIs(r.Header.Get("Authorization")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	userID := r.Header.Get("User-Id")
	if id, err := strconv.ParseUint(userID, 10, 63); err != nil || id == 0 {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	wanted := r.Header.Get("Session-Id")
	n.lock()
	s := n.sessions[wanted]
	resumed := s != nil && s.link == nil
	n.unlock()
	// A generous buffer keeps a resumed session's backlog to few writes.
	up := websocket.Upgrader{WriteBufferSize: 8 << 10, CheckOrigin: func(*http.Request) bool { return true }}
	conn, err := up.Upgrade(w, r, http.Header{
		"Session-Resumed":      {strconv.FormatBool(resumed)},
		"Lavalink-Api-Version": {"4"},
	})
	if err != nil {
		return // Upgrade has answered
	}
	n.attach(newLink(conn), wanted, userID, r.Header.Get("Client-Name"))
}

// attach serves a socket until it ends.
func (n *Node) attach(l *link, wanted, userID, client string) {
	defer l.conn.Close()
	now := n.lock()
	if n.closed || n.down {
		n.unlock()
		return
	}
	s := n.sessions[wanted]
	switch {
	case s != nil && s.link == nil:
		s.resume(now, l)
	default:
		// While the old link stands its id is not resumable: a new session.
		if client == "" {
			n.log.Warn("a client connected without a Client-Name header", "user", userID)
		}
		s = n.openSession(now, userID, client, l)
	}
	n.running.Add(2)
	defer n.running.Done()
	n.unlock()
	go func() {
		defer n.running.Done()
		l.write()
	}()
	l.read()
	l.cut()
	now = n.lock()
	n.lose(now, s, l)
	n.unlock()
}

// read drops what the client says, which v4 does not listen to, and answers
// its pings until the connection ends.
func (l *link) read() {
	l.conn.SetReadLimit(maxRead)
	for {
		if _, _, err := l.conn.ReadMessage(); err != nil {
			return
		}
	}
}

// drop ends a connection without an answer, as a dead host does.
func drop(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			conn.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}
