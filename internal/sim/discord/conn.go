package discord

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"github.com/klauspost/compress/zstd"
)

// Gateway close codes
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes).
const (
	closeUnknown        = 4000
	closeUnknownOp      = 4001
	closeDecode         = 4002
	closeNotAuth        = 4003
	closeAuthFailed     = 4004
	closeAlreadyAuth    = 4005
	closeInvalidSeq     = 4007
	closeRateLimited    = 4008
	closeTimeout        = 4009
	closeInvalidShard   = 4010
	closeNeedsShards    = 4011
	closeInvalidVersion = 4012
	closeInvalidIntents = 4013
	closeDisallowed     = 4014

	closeVoiceDisconnected   = 4014
	closeVoiceChannelDeleted = 4022
)

const (
	maxPayload   = 4096 // bytes of one message from a bot
	sendsAllowed = 120  // messages of a bot in one window
	sendsWindow  = time.Minute
	// zipFrom is the size from which a payload is compressed for a client that
	// asked for it in IDENTIFY. Discord only says that it may be.
	zipFrom          = 1024
	writeTimeout     = 10 * time.Second
	closeTimeoutWait = 2 * time.Second
)

// conn is one WebSocket connection. Its fields above the queue belong to the
// World's lock.
type conn struct {
	w    *World
	ws   *websocket.Conn
	sess *session
	// was is the session that op 9 took from the connection. It may come back,
	// here or on another one.
	was  *session
	beat clockwork.Timer
	sent int
	from time.Time

	mu      sync.Mutex
	replay  [][]byte // goes first and is as long as it must be
	queue   [][]byte
	muted   bool // the link is half open: nothing goes in or out any more
	closing *closeFrame
	wake    chan struct{}
	done    chan struct{}
	pack    packer // nil without compression
	zbuf    bytes.Buffer
	zip     atomic.Bool // compress single payloads
}

// packer compresses the stream of a connection; what was written is readable
// after a flush (https://discord.com/developers/docs/events/gateway#transport-compression).
type packer interface {
	io.Writer
	Flush() error
}

func newPacker(kind string, to io.Writer) (packer, error) {
	switch kind {
	case "":
		return nil, nil //nolint:nilnil // no compression is what a nil packer means
	case "zlib-stream":
		return zlib.NewWriter(to), nil
	case "zstd-stream":
		return zstd.NewWriter(to, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<17))
	}
	return nil, errors.New("unknown compression")
}

type closeFrame struct {
	code   int
	reason string
	cut    bool // break the socket instead, after what waits
}

func (w *World) serveGateway(rw http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	up := websocket.Upgrader{ReadBufferSize: 4096, WriteBufferSize: 4096}
	ws, err := up.Upgrade(rw, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &conn{w: w, ws: ws, wake: make(chan struct{}, 1), done: make(chan struct{})}
	var unknown error
	c.pack, unknown = newPacker(q.Get("compress"), &c.zbuf)
	ws.SetReadLimit(16 * maxPayload)
	w.mu.Lock()
	if w.closed {
		w.mu.Unlock()
		_ = ws.Close()
		return
	}
	w.conns[c] = struct{}{}
	w.running.Add(2)
	c.from = w.now()
	switch {
	case q.Get("v") != "" && q.Get("v") != "10":
		c.refuse(closeInvalidVersion, "Invalid API version.")
	case q.Get("encoding") != "" && q.Get("encoding") != "json", unknown != nil:
		c.refuse(closeDecode, "This gateway speaks encoding=json; compress is zlib-stream, zstd-stream or nothing.")
	default:
		c.op(opHello, obj{"heartbeat_interval": w.opts.HeartbeatInterval.Milliseconds(), "_trace": []string{}})
		c.expectBeat()
	}
	w.mu.Unlock()
	go c.writeLoop()
	c.readLoop()
}

// readLoop hands messages to the World until the socket ends.
func (c *conn) readLoop() {
	defer c.w.running.Done()
	var code int
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			if ce, ok := errors.AsType[*websocket.CloseError](err); ok {
				code = ce.Code
			}
			break
		}
		c.w.mu.Lock()
		if !c.isClosing() && !c.isMuted() {
			c.receive(data)
		}
		c.w.unlock()
	}
	close(c.done)
	_ = c.ws.Close()
	c.w.mu.Lock()
	defer c.w.unlock()
	c.gone(code)
}

// gone cleans up after a connection: a client that says 1000 or 1001 gives its
// session up, anything else keeps it.
func (c *conn) gone(code int) {
	delete(c.w.conns, c)
	if c.isMuted() {
		c.w.after = append(c.w.after, c.w.broken.told...)
	}
	if c.beat != nil {
		c.beat.Stop()
	}
	givenUp := !c.isClosing() && (code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway)
	s := c.sess
	switch {
	case s != nil && s.conn == c && givenUp:
		s.conn = nil
		c.w.endSession(s)
	case s != nil && s.conn == c:
		c.w.detach(s)
	case s == nil && givenUp && c.was != nil && c.was.conn == nil && c.w.session(c.was.ID) == c.was:
		c.w.endSession(c.was)
	}
}

// expectBeat closes the connection when no heartbeat comes for one and a half
// intervals. The session ends with it, as the code 4009 says.
func (c *conn) expectBeat() {
	if c.beat != nil {
		c.beat.Stop()
	}
	c.beat = c.w.clock.AfterFunc(c.w.opts.HeartbeatInterval*3/2, func() {
		c.w.mu.Lock()
		defer c.w.unlock()
		if _, ok := c.w.conns[c]; !ok || c.isClosing() {
			return
		}
		if c.isMuted() { // what the client sent was lost on the way
			c.cut()
			return
		}
		c.refuse(closeTimeout, "Session timed out.")
		if s := c.sess; s != nil && s.conn == c {
			s.conn, c.sess = nil, nil
			c.w.endSession(s)
		}
	})
}

// refuse closes with a code and keeps in the journal why.
func (c *conn) refuse(code int, reason string) {
	c.w.violate(Violation{Surface: "gateway", Code: code, Message: reason})
	c.close(code, reason)
}

// close lets the writer send what waits, and then the close frame.
func (c *conn) close(code int, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing == nil {
		c.closing = &closeFrame{code: code, reason: reason}
		c.signal()
	}
}

// hangUp lets the writer send what waits, and then breaks the socket.
func (c *conn) hangUp() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing == nil {
		c.closing = &closeFrame{cut: true}
		c.signal()
	}
}

// mute makes the link half open: the socket stays, nothing flows.
func (c *conn) mute() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.muted, c.replay, c.queue = true, nil, nil
}

func (c *conn) isMuted() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.muted
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing != nil
}

// cut ends the connection as a broken network does: without a close frame.
func (c *conn) cut() { _ = c.ws.NetConn().Close() }

// op sends a message that is not a dispatch.
func (c *conn) op(op int, d any) { c.send(mustJSON(payload{Op: op, D: mustJSON(d)})) }

// send queues a message. A reader that is too slow loses its connection, not
// its session.
func (c *conn) send(raw []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != nil || c.muted {
		return
	}
	if len(c.queue) >= c.w.opts.QueueLimit {
		c.replay, c.queue, c.closing = nil, nil, &closeFrame{code: closeUnknown, reason: "the client reads too slowly"}
		c.w.log.Warn("a slow gateway client was cut", "limit", c.w.opts.QueueLimit)
		c.cut()
	} else {
		c.queue = append(c.queue, raw)
	}
	c.signal()
}

// sendReplay queues what a session has missed, before anything new.
func (c *conn) sendReplay(missed [][]byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, missed...)
	c.replay, c.queue = c.queue, nil
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) writeLoop() {
	defer c.w.running.Done()
	for {
		select {
		case <-c.done:
			return
		case <-c.wake:
		}
		c.mu.Lock()
		c.replay = append(c.replay, c.queue...)
		queue, closing := c.replay, c.closing
		c.replay, c.queue = nil, nil
		c.mu.Unlock()
		for _, raw := range queue {
			if err := c.write(raw); err != nil {
				_ = c.ws.Close()
				return
			}
		}
		if closing != nil && closing.cut {
			c.cut()
			return
		}
		if closing != nil {
			deadline := time.Now().Add(closeTimeoutWait)
			msg := websocket.FormatCloseMessage(closing.code, closing.reason)
			_ = c.ws.WriteControl(websocket.CloseMessage, msg, deadline)
			_ = c.ws.SetReadDeadline(deadline)
			return
		}
	}
}

func (c *conn) write(raw []byte) error {
	if err := c.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	if c.pack == nil && (!c.zip.Load() || len(raw) < zipFrom) {
		return c.ws.WriteMessage(websocket.TextMessage, raw)
	}
	c.zbuf.Reset()
	if c.pack == nil {
		z := zlib.NewWriter(&c.zbuf) // each payload is a whole of its own
		if err := writeAll(z, raw); err != nil {
			return err
		}
		return c.ws.WriteMessage(websocket.BinaryMessage, c.zbuf.Bytes())
	}
	if _, err := c.pack.Write(raw); err != nil {
		return err
	}
	if err := c.pack.Flush(); err != nil {
		return err
	}
	return c.ws.WriteMessage(websocket.BinaryMessage, c.zbuf.Bytes())
}

func writeAll(z io.WriteCloser, raw []byte) error {
	if _, err := z.Write(raw); err != nil {
		return err
	}
	return z.Close()
}
