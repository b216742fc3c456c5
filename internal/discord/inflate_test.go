package discord_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// packer compresses messages as one stream.
type packer struct {
	buf bytes.Buffer
	w   interface {
		io.Writer
		Flush() error
	}
}

func newPacker(t fataler, kind discord.Compression, window int) *packer {
	p := &packer{}
	if kind == discord.CompressionZlib {
		p.w = zlib.NewWriter(&p.buf)
		return p
	}
	z, err := zstd.NewWriter(&p.buf, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window))
	if err != nil {
		t.Fatalf("zstd: %v", err)
	}
	p.w = z
	return p
}

// pack returns what a message adds to the stream.
func (p *packer) pack(message string) []byte {
	_, _ = io.WriteString(p.w, message)
	_ = p.w.Flush()
	out := bytes.Clone(p.buf.Bytes())
	p.buf.Reset()
	return out
}

var errOver = errors.New("over")

// reel gives frames and then ends.
type reel struct {
	frames [][]byte
	kinds  map[int]int // other than binary
	at     int
}

func (r *reel) ReadMessage() (int, []byte, error) {
	if r.at >= len(r.frames) {
		return 0, nil, errOver
	}
	r.at++
	if kind, ok := r.kinds[r.at-1]; ok {
		return kind, r.frames[r.at-1], nil
	}
	return websocket.BinaryMessage, r.frames[r.at-1], nil
}

func compressions() []discord.Compression {
	return []discord.Compression{discord.CompressionZstd, discord.CompressionZlib}
}

// However a stream is cut into frames, the same messages come out of it, each
// as soon as its last byte is there.
func TestStreamsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(compressions()).Draw(t, "kind")
		p := newPacker(t, kind, 1<<17)
		texts := rapid.SliceOfN(rapid.StringMatching(`[a-z]{0,300}`), 1, 20).Draw(t, "messages")
		r := &reel{}
		var complete []int // how many frames each message needs
		for _, s := range texts {
			raw := p.pack(fmt.Sprintf(`{"op":0,"d":%q}`, s))
			for len(raw) > 0 {
				n := min(len(raw), rapid.IntRange(1, 400).Draw(t, "frame"))
				r.frames = append(r.frames, raw[:n])
				raw = raw[n:]
			}
			complete = append(complete, len(r.frames))
		}
		in := discord.NewReceiver(r, kind)
		defer in.Close()
		for i, s := range texts {
			_, data, err := in.Next()
			if err != nil || data != fmt.Sprintf("%q", s) {
				t.Fatalf("message %d is %s, %v", i, data, err)
			}
			if r.at > complete[i] {
				t.Fatalf("message %d came after %d frames, not %d", i, r.at, complete[i])
			}
		}
		if _, _, err := in.Next(); !errors.Is(err, errOver) {
			t.Fatalf("at the end it gave %v", err)
		}
	})
}

func TestStreamsThatCannotBeRead(t *testing.T) {
	hello := `{"op":10,"d":{}}`
	for _, kind := range compressions() {
		packed := newPacker(t, kind, 1<<17).pack(hello)
		wide := newPacker(t, discord.CompressionZstd, 16<<20).pack(hello)
		for name, tc := range map[string]struct {
			asked discord.Compression
			reel  reel
		}{
			"garbage":                    {kind, reel{frames: [][]byte{[]byte("this is no stream at all")}}},
			"a window of 16 MiB":         {discord.CompressionZstd, reel{frames: [][]byte{wide}}},
			"text in the middle":         {kind, reel{frames: [][]byte{packed[:5], []byte(hello)}, kinds: map[int]int{1: websocket.TextMessage}}},
			"packed and not asked for":   {discord.CompressionOff, reel{frames: [][]byte{packed}}},
			"no JSON":                    {kind, reel{frames: [][]byte{newPacker(t, kind, 1<<17).pack(`{"op":x}`)}}},
			"another form of message":    {kind, reel{frames: [][]byte{newPacker(t, kind, 1<<17).pack(`{"op":"secret"}`)}}},
			"text that is no JSON":       {kind, reel{frames: [][]byte{[]byte("{")}, kinds: map[int]int{0: websocket.TextMessage}}},
			"a whole message of spaces":  {kind, reel{frames: [][]byte{newPacker(t, kind, 1<<17).pack(strings.Repeat(" ", discord.MessageLimit+1))}}},
			"a string beyond the limit":  {kind, reel{frames: [][]byte{newPacker(t, kind, 1<<17).pack(`{"d":"` + strings.Repeat("a", discord.MessageLimit) + `"}`)}}},
			"the other's kind of stream": {map[bool]discord.Compression{true: compressions()[0], false: compressions()[1]}[kind == compressions()[1]], reel{frames: [][]byte{packed}}},
		} {
			t.Run(string(kind)+"/"+name, func(t *testing.T) {
				in := discord.NewReceiver(&tc.reel, tc.asked)
				defer in.Close()
				_, _, err := in.Next()
				if fault.CodeOf(err) != fault.Unavailable || strings.Contains(fmt.Sprint(err), "secret") {
					t.Errorf("it gave %v", err)
				}
				if n := in.Counters(); n.Dropped != 1 || n.Unpacked > discord.MessageLimit {
					t.Errorf("the counters are %+v", n)
				}
			})
		}
	}
}

func TestPlainTextIsUnderstood(t *testing.T) {
	in := discord.NewReceiver(&reel{
		frames: [][]byte{[]byte(`{"op":10,"d":1}`), []byte(`{"op":11,"d":2}`)},
		kinds:  map[int]int{0: websocket.TextMessage, 1: websocket.TextMessage},
	}, discord.CompressionZstd)
	defer in.Close()
	for _, want := range []int{10, 11} {
		if op, _, err := in.Next(); err != nil || op != want {
			t.Errorf("op %d came, %v", op, err)
		}
	}
}

func FuzzReceive(f *testing.F) {
	for _, kind := range compressions() {
		f.Add(newPacker(f, kind, 1<<17).pack(`{"op":10,"d":{"heartbeat_interval":1}}`), 7, kind == discord.CompressionZlib)
	}
	f.Fuzz(func(t *testing.T, raw []byte, cut int, z bool) {
		kind := compressions()[0]
		if z {
			kind = compressions()[1]
		}
		cut = min(max(cut, 0), len(raw))
		in := discord.NewReceiver(&reel{frames: [][]byte{raw[:cut], raw[cut:]}}, kind)
		defer in.Close()
		for {
			if _, _, err := in.Next(); err != nil {
				if !errors.Is(err, errOver) && fault.CodeOf(err) != fault.Unavailable {
					t.Errorf("it gave %v", err)
				}
				return
			}
		}
	})
}

func TestCompressionIsAskedFor(t *testing.T) {
	for kind, want := range map[discord.Compression]string{
		"": "compress=zstd-stream", discord.CompressionZlib: "compress=zlib-stream", discord.CompressionOff: "",
	} {
		r := start(t, newGate(t), func(o *discord.Options) { o.Compression = kind })
		p := r.gate.next()
		if !strings.Contains(p.path, want) || want == "" && strings.Contains(p.path, "compress") {
			t.Errorf("%q dialled %q", kind, p.path)
		}
	}
}

func TestAGatewayThatCannotCompress(t *testing.T) {
	clock := fakeClock()
	r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
	for range 2 {
		p := r.nextAfter(clock)
		if !strings.Contains(p.path, "compress=") {
			t.Errorf("it dialled %q", p.path)
		}
		p.close(4002)
	}
	p := r.nextAfter(clock)
	if strings.Contains(p.path, "compress=") {
		t.Errorf("it dialled %q", p.path)
	}
	p.hello()
	p.expect(2)
}

func TestABombEndsTheConnectionAlone(t *testing.T) {
	r := start(t, newGate(t))
	p := r.gate.next()
	pack := newPacker(t, discord.CompressionZstd, 1<<17)
	send := func(message string) { _ = p.ws.WriteMessage(websocket.BinaryMessage, pack.pack(message)) }
	send(`{"op":10,"d":{"heartbeat_interval":41250}}`)
	p.expect(2)
	send(`{"op":0,"s":1,"t":"READY","d":` + ready("sess", "") + `}`)
	send(`{"op":0,"s":2,"t":"VOICE_STATE_UPDATE","d":` + voiceEvent("9", "21") + `}`)
	r.in()
	send(`{"op":0,"s":3,"t":"` + strings.Repeat("X", 33<<20) + `"}`)
	if code := p.gone(); code != 4000 {
		t.Errorf("it left with code %d", code)
	}
	expectResume(t, r.gate, "sess", 2)
	if n := r.conn.Counters(); n.Dropped != 1 || n.Identifies != 1 {
		t.Errorf("the counters are %+v", n)
	}
}

func TestWorldCompresses(t *testing.T) {
	for _, kind := range []discord.Compression{discord.CompressionZstd, discord.CompressionZlib, discord.CompressionOff} {
		t.Run(string(kind), func(t *testing.T) {
			w := newWorld(t)
			r := w.connectBy(kind)
			until(r, func(s music.VoiceSnapshot) bool { return true })
			for i := range 20 {
				channel := []string{"music", "quiet"}[i%2]
				w.ok(w.JoinVoice("demo", "ana", channel))
			}
			eventually(t, "all events", func() bool { return r.conn.Counters().Events >= 22 })
			n := r.conn.Counters()
			if packed := n.Received < n.Unpacked/2; packed != (kind != discord.CompressionOff) {
				t.Errorf("%d bytes came of %d", n.Received, n.Unpacked)
			}
			_, err := w.CutGateway("")
			w.ok(err)
			eventually(t, "RESUMED", func() bool { return r.conn.Counters().Resumes == 1 })
		})
	}
}

func (w *world) connectBy(kind discord.Compression) *rig {
	return w.connect(store.ShardSession{}, nil, func(o *discord.Options) { o.Compression = kind })
}
