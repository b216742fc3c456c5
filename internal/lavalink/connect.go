package lavalink

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	handshakeTimeout = 10 * time.Second
	readyTimeout     = 15 * time.Second
	// pingEvery and maxUnanswered make a link dead after 20 s without a pong.
	// What a node sends by itself does not show that it is alive: an idle
	// session only has stats, each minute.
	pingEvery     = 10 * time.Second
	maxUnanswered = 2
	// maxMessage is the largest message, in bytes.
	maxMessage = 16 << 20
	// maxInbox is how many messages may wait while a session is looked at by
	// REST. Beyond it the socket is cut and the session resumed.
	maxInbox = 100_000
)

// socket is one WebSocket to a node.
type socket struct {
	link  *Link
	conn  *websocket.Conn
	inbox *queue[[]byte]
	stop  chan struct{}

	mu         sync.Mutex
	unanswered int
	sent       time.Time
	cause      error
}

// dial opens a socket for the session, or for a new one if id is empty.
func (l *Link) dial(ctx context.Context, id string) (*socket, error) {
	const op = "lavalink.Dial"
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	header := http.Header{
		"Authorization": {l.client.node.Password.Reveal()},
		"User-Id":       {string(l.opts.Bot)},
		"Client-Name":   {clientName},
	}
	if id != "" {
		header.Set("Session-Id", id)
	}
	u := l.client.node.url("ws")
	dialer := websocket.Dialer{HandshakeTimeout: handshakeTimeout}
	conn, resp, err := dialer.DialContext(ctx, u.String()+"/v4/websocket", header)
	if resp != nil {
		defer resp.Body.Close()
	}
	if err != nil && resp != nil {
		raw, _ := io.ReadAll(io.LimitReader(resp.Body, maxLine))
		return nil, l.client.refused(call{op: op}, resp.StatusCode, raw)
	}
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "node "+l.client.name()+" does not answer").
			WithHint("check that the node runs at " + l.client.node.Address)
	}
	l.counts.opened.Add(1)
	conn.SetReadLimit(maxMessage)
	return &socket{link: l, conn: conn, inbox: newQueue[[]byte](maxInbox), stop: make(chan struct{})}, nil
}

// connect opens a socket and serves it until it ends. up says whether the
// session became usable.
func (l *Link) connect(ctx context.Context, id string) (up bool, err error) {
	s, err := l.dial(ctx, id)
	if err != nil {
		return false, err
	}
	var running sync.WaitGroup
	s.conn.SetPongHandler(s.pong)
	pings := l.clock.NewTicker(pingEvery)
	running.Go(s.read)
	running.Go(func() { s.ping(pings.Chan()) })
	defer running.Wait()
	defer pings.Stop()
	defer close(s.stop)
	defer s.conn.Close()
	return s.serve(ctx, id)
}

// serve handles what arrives, one message after the other.
func (s *socket) serve(ctx context.Context, id string) (up bool, err error) {
	l := s.link
	patience := l.clock.NewTimer(readyTimeout)
	defer patience.Stop()
	for {
		messages, ended := s.inbox.take()
		for _, raw := range messages {
			m, ok := l.read(raw)
			switch {
			case !ok:
			case m.Op != "ready":
				l.handle(m, raw)
			case !up:
				if err := l.ready(ctx, id, m); err != nil {
					return false, err
				}
				up = true
				patience.Stop()
			}
		}
		if ended {
			return up, s.why()
		}
		if len(messages) > 0 {
			continue
		}
		select {
		case <-s.inbox.wake:
		case <-patience.Chan():
			if !up {
				return false, fault.New(fault.Unavailable, "lavalink.Link", "the node accepted the socket and said nothing")
			}
		case <-ctx.Done():
			bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
			_ = s.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
			return up, ctx.Err()
		}
	}
}

// read moves messages from the socket to the inbox until the socket ends. It is
// never held up, so that pongs are seen.
func (s *socket) read() {
	defer s.inbox.end()
	for {
		kind, raw, err := s.conn.ReadMessage()
		if err != nil {
			s.fail(err)
			return
		}
		if kind != websocket.TextMessage {
			s.link.counts.messages.Add(1)
			s.link.counts.undecodable.Add(1)
			continue
		}
		if !s.inbox.put(raw) {
			s.fail(fault.New(fault.Unavailable, "lavalink.Link", "the node sends faster than it can be followed"))
			return
		}
	}
}

// ping asks for a sign of life and cuts the socket when there is none.
func (s *socket) ping(tick <-chan time.Time) {
	for {
		s.mu.Lock()
		dead := s.unanswered >= maxUnanswered
		s.unanswered++
		n := s.unanswered
		s.sent = s.link.clock.Now()
		s.mu.Unlock()
		if dead {
			s.fail(fault.New(fault.Unavailable, "lavalink.Link", "the node stopped answering on the socket"))
			s.conn.Close()
			return
		}
		// A write that fails shows in the reader.
		_ = s.conn.WriteControl(websocket.PingMessage, strconv.AppendInt(nil, int64(n), 10), time.Now().Add(time.Second))
		select {
		case <-s.stop:
			return
		case <-tick:
		}
	}
}

// pong takes note of a sign of life. Only an answer to the last ping tells the
// time of a round trip.
func (s *socket) pong(data string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if data == strconv.Itoa(s.unanswered) {
		s.link.board.Measured(s.link.clock.Since(s.sent))
	}
	s.unanswered = 0
	return nil
}

// fail keeps the first reason why the socket ended.
func (s *socket) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause == nil {
		s.cause = err
	}
}

func (s *socket) why() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fault.Wrap(s.cause, fault.Unavailable, "lavalink.Link", "the socket to node "+s.link.client.name()+" ended")
}
