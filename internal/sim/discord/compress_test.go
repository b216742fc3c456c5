package discord_test

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// stream is the bytes of a socket's binary messages as one.
type stream struct {
	t    *testing.T
	ws   *websocket.Conn
	rest []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		_ = s.ws.SetReadDeadline(time.Now().Add(wait))
		typ, raw, err := s.ws.ReadMessage()
		if err != nil {
			return 0, err
		}
		if typ != websocket.BinaryMessage {
			s.t.Errorf("a compressed stream is binary, got %q", raw)
		}
		s.rest = raw
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func TestTransportCompression(t *testing.T) {
	t.Parallel()
	for kind, open := range map[string]func(io.Reader) (io.Reader, error){
		"zlib-stream": func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		"zstd-stream": func(r io.Reader) (io.Reader, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
			if err == nil {
				t.Cleanup(d.Close)
			}
			return d, err
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			f := start(t, discord.Options{})
			c := f.dialQuery("?v=10&encoding=json&compress=" + kind)
			r, err := open(&stream{t: t, ws: c.ws})
			if err != nil {
				t.Fatal(err)
			}
			// One stream over all messages: each is complete with the last byte of its frame.
			dec := json.NewDecoder(r)
			next := func() message {
				var m message
				if err := dec.Decode(&m); err != nil {
					t.Fatal(err)
				}
				return m
			}
			if m := next(); m.Op != 10 {
				t.Fatalf("op %d", m.Op)
			}
			d := identifyData(f.bot.Token)
			d["compress"] = true // has no effect beside the transport's
			c.send(2, d)
			for _, want := range []string{"READY", "GUILD_CREATE", "GUILD_CREATE"} {
				if m := next(); m.T != want {
					t.Fatalf("got %s, want %s", m.T, want)
				}
			}
			c.send(1, nil)
			if m := next(); m.Op != 11 {
				t.Fatalf("op %d", m.Op)
			}
		})
	}
}

func TestPayloadCompression(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	next := func(c *client) (m message, zipped bool) {
		_ = c.ws.SetReadDeadline(time.Now().Add(wait))
		typ, raw, err := c.ws.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		if typ == websocket.BinaryMessage {
			z, err := zlib.NewReader(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if raw, err = io.ReadAll(z); err != nil {
				t.Fatalf("each payload is whole: %v", err)
			}
		}
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Fatal(err)
		}
		return m, typ == websocket.BinaryMessage
	}
	c := f.dial()
	d := identifyData(f.bot.Token)
	d["compress"] = true
	c.send(2, d)
	ready, _ := next(c)
	c.session = ready.data(t)["session_id"].(string)
	if m, zipped := next(c); m.T != "GUILD_CREATE" || !zipped {
		t.Fatalf("%s is large and has to be compressed: %v", m.T, zipped)
	}
	next(c)
	c.send(1, nil)
	if m, zipped := next(c); m.Op != 11 || zipped {
		t.Fatalf("op %d is small: %v", m.Op, zipped)
	}
	_ = c.ws.NetConn().Close()
	eventually(t, "the socket is gone", func() bool { return f.w.View().Bots[0].Connected == 0 })
	r := f.dial()
	r.send(6, obj{"token": f.bot.Token, "session_id": c.session, "seq": 1})
	if m, zipped := next(r); m.T != "GUILD_CREATE" || !zipped {
		t.Fatalf("a session keeps its compression over a RESUME: %s %v", m.T, zipped)
	}
}
