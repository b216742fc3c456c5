package lavalink

import (
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

// frame is one WebSocket message of any kind.
type frame struct {
	kind int
	data []byte
}

// link is one WebSocket. Messages are pushed under the node's lock and written
// by a goroutine of the link, so that a slow client stalls nobody.
type link struct {
	conn *websocket.Conn

	mu      sync.Mutex
	pending []frame
	backlog int
	code    int // close code to end with, once pending is written
	ended   bool
	wake    chan struct{}
	// frozen is set while the network has forgotten the connection without
	// telling anybody: what either side says is lost. It ends when it is closed.
	frozen chan struct{}
}

func newLink(conn *websocket.Conn) *link { return &link{conn: conn, wake: make(chan struct{}, 1)} }

func (l *link) pushFrame(f frame) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.code != 0 || l.frozen != nil {
		return
	}
	if l.backlog += len(f.data); l.backlog > maxBacklog {
		l.ended = true
		l.conn.NetConn().Close()
	} else {
		l.pending = append(l.pending, f)
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

// freeze makes the link half-open until it is cut.
func (l *link) freeze() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.ended && l.frozen == nil {
		l.frozen = make(chan struct{})
		l.pending, l.backlog = nil, 0
	}
}

// thaw lets the server find out that the link is dead.
func (l *link) thaw() (was bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.frozen == nil {
		return false
	}
	close(l.frozen)
	l.frozen = nil
	l.ended = true
	l.conn.NetConn().Close()
	l.nudge()
	return true
}

// silence is closed when the link is not half-open any more; nil where it is not.
func (l *link) silence() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.frozen
}

// write runs until the link ends.
func (l *link) write() {
	for range l.wake {
		for {
			l.mu.Lock()
			batch, code, ended, frozen := l.pending, l.code, l.ended, l.frozen != nil
			l.pending, l.backlog = nil, 0
			l.mu.Unlock()
			if ended {
				return
			}
			for _, f := range batch {
				if !l.put(f) {
					l.cut()
					return
				}
			}
			if len(batch) > 0 {
				continue
			}
			if code != 0 {
				if !frozen {
					_ = l.put(frame{websocket.CloseMessage, websocket.FormatCloseMessage(code, "")})
				}
				l.cut()
				return
			}
			break
		}
	}
}

func (l *link) put(f frame) bool {
	if f.kind == websocket.TextMessage || f.kind == websocket.BinaryMessage {
		return l.conn.SetWriteDeadline(time.Now().Add(writeTimeout)) == nil && l.conn.WriteMessage(f.kind, f.data) == nil
	}
	return l.conn.WriteControl(f.kind, f.data, time.Now().Add(writeTimeout)) == nil
}

// read drops what the client says, which v4 does not listen to, and answers
// its pings by way of pong until the connection ends.
func (l *link) read(pong func(data string)) {
	l.conn.SetReadLimit(maxRead)
	l.conn.SetPingHandler(func(data string) error {
		pong(data)
		return nil
	})
	answer := l.conn.CloseHandler()
	l.conn.SetCloseHandler(func(code int, text string) error {
		if l.silence() != nil {
			return nil // the goodbye did not arrive
		}
		return answer(code, text)
	})
	for {
		if _, _, err := l.conn.ReadMessage(); err != nil {
			return
		}
	}
}
