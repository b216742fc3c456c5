package discord

import (
	"compress/zlib"
	"encoding/json"
	"errors"
	"io"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"

	"github.com/atrilhq/platform/internal/fault"
)

// Compression is how the gateway is asked to send
// (https://discord.com/developers/docs/events/gateway#encoding-and-compression).
type Compression string

// The compressions. A gateway that sends plain text all the same is understood.
const (
	CompressionZstd Compression = "zstd-stream" // the default
	CompressionZlib Compression = "zlib-stream"
	CompressionOff  Compression = "off"
)

// windowLimit is the most that a compressed stream may refer back, in bytes:
// what the format's documentation asks every decoder to support at least.
const windowLimit = 8 << 20

// plainAfter is after how many connections without a greeting the gateway
// counts as one that cannot compress.
const plainAfter = 2

var (
	errMessageSize = errors.New("a message of the gateway is too large when unpacked")
	errFrameKind   = errors.New("the gateway sent text in the middle of a compressed stream")
	errNotAsked    = errors.New("the gateway sent a compressed message that was not asked for")
)

// socket is where messages come from.
type socket interface {
	ReadMessage() (kind int, data []byte, err error)
}

// receiver reads a gateway's messages from a socket, compressed or not. It is of
// one goroutine. The compressed stream goes on over all messages of a
// connection, so it is read as one; memory is bounded by the window and by the
// size of a message.
type receiver struct {
	frames  frames
	asked   Compression
	limit   int // of one message, in bytes
	decoder *json.Decoder
	unpack  *budgeted
	close   func()
}

func newReceiver(s socket, asked Compression, count *counters) *receiver {
	return &receiver{frames: frames{socket: s, count: count}, asked: asked, limit: frameLimit, close: func() {}}
}

// next waits for a message. What ended the socket comes as it is; a message that
// cannot be read gives fault.Unavailable.
func (r *receiver) next() (envelope, error) {
	var e envelope
	err := r.read(&e)
	switch {
	case err == nil:
		return e, nil
	case r.frames.err != nil:
		return e, r.frames.err
	default:
		r.frames.count.dropped.Add(1)
		cause := err
		if _, quotes := errors.AsType[*json.SyntaxError](err); !quotes && !errors.Is(err, errMessageSize) {
			cause = nil // it may quote the message
		}
		return e, fault.Wrap(cause, fault.Unavailable, "discord.read", "a message of the gateway cannot be read")
	}
}

func (r *receiver) read(e *envelope) error {
	if r.decoder != nil {
		r.unpack.left = r.limit
		return r.decoder.Decode(e)
	}
	kind, data := r.frames.next()
	if r.frames.err != nil {
		return r.frames.err
	}
	if kind == websocket.TextMessage {
		r.frames.count.unpacked.Add(int64(len(data)))
		return json.Unmarshal(data, e)
	}
	r.frames.rest = data
	if err := r.begin(); err != nil {
		return err
	}
	return r.read(e)
}

// begin takes up the compressed stream.
func (r *receiver) begin() error {
	r.unpack = &budgeted{count: r.frames.count, left: r.limit}
	switch r.asked {
	case CompressionZstd:
		z, err := zstd.NewReader(&r.frames, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(windowLimit))
		if err != nil {
			return err
		}
		r.unpack.Reader, r.close = z, z.Close
	case CompressionZlib:
		z, err := zlib.NewReader(&r.frames)
		if err != nil {
			return err
		}
		r.unpack.Reader, r.close = z, func() { _ = z.Close() }
	default:
		return errNotAsked
	}
	r.decoder = json.NewDecoder(r.unpack)
	return nil
}

// frames are the bytes of a socket's messages, one after the other.
type frames struct {
	socket socket
	count  *counters
	rest   []byte
	err    error // what ended the socket
}

func (f *frames) next() (kind int, data []byte) {
	kind, data, f.err = f.socket.ReadMessage()
	f.count.received.Add(int64(len(data)))
	return kind, data
}

// Read waits for the next message only where nothing of the last one is left.
func (f *frames) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		if f.err != nil {
			return 0, f.err
		}
		kind, data := f.next()
		if f.err == nil && kind != websocket.BinaryMessage {
			return 0, errFrameKind
		}
		f.rest = data
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// budgeted fails after so many bytes: a few can unpack to any number.
type budgeted struct {
	io.Reader

	count *counters
	left  int
}

func (b *budgeted) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, errMessageSize
	}
	n, err := b.Reader.Read(p[:min(len(p), b.left)])
	b.left -= n
	b.count.unpacked.Add(int64(n))
	return n, err
}
