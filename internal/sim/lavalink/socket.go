package lavalink

import (
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/gorilla/websocket"
)

// handshake checks the headers as the server's interceptor does: 401 for any
// wrong password (403 is REST only) and 400 for a bad User-Id.
func (n *Node) handshake(w http.ResponseWriter, r *http.Request) {
	if !n.passwordIs(r.Header.Get("Authorization")) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if status := n.refusal(); status != 0 {
		w.WriteHeader(status)
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
	closing := n.closing
	n.running.Add(2)
	defer n.running.Done()
	n.unlock()
	go func() {
		defer n.running.Done()
		l.write()
	}()
	l.read(func(data string) { n.pong(l, data) })
	// Of a half-open link the server does not hear that it ended.
	if silence := l.silence(); silence != nil {
		select {
		case <-silence:
		case <-closing.Done():
		}
	}
	l.cut()
	now = n.lock()
	n.lose(now, s, l)
	n.unlock()
}

// pong answers a ping after the time that the way to this node and back takes.
func (n *Node) pong(l *link, data string) {
	f := frame{websocket.PongMessage, []byte(data)}
	if n.opts.Latency <= 0 {
		l.pushFrame(f)
		return
	}
	now := n.lock()
	defer n.unlock()
	n.set(newAlarm(func(time.Time) { l.pushFrame(f) }), now.Add(n.opts.Latency))
}

// tell sends a message to a socket; it arrives after half the way there and back.
func (n *Node) tell(l *link, f frame) {
	if n.opts.Latency <= 0 {
		l.pushFrame(f)
		return
	}
	n.set(newAlarm(func(time.Time) { l.pushFrame(f) }), n.now.Add(n.opts.Latency/2))
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
