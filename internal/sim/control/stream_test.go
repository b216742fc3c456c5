package control_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
)

// follow reads the stream into a channel, which is closed at its end.
func (p *page) follow(t *testing.T) <-chan control.StreamEvent {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out := make(chan control.StreamEvent, 1000)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(out)
		for e, err := range p.c.Stream(ctx) {
			if err != nil {
				return
			}
			out <- e
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return out
}

// until reads on to an event of a name whose data holds a text.
func until(t *testing.T, events <-chan control.StreamEvent, name, text string) json.RawMessage {
	t.Helper()
	late := time.After(patience)
	for {
		select {
		case e, ok := <-events:
			if !ok {
				t.Fatalf("the stream ended before %s", name)
			}
			if e.Name == name && strings.Contains(string(e.Data), text) {
				return e.Data
			}
		case <-late:
			t.Fatalf("no %s with %s", name, text)
		}
	}
}

func TestStream(t *testing.T) {
	p := open(t)
	ctx := t.Context()
	events := p.follow(t)
	if first := <-events; first.Name != "world" {
		t.Fatalf("the first event is %+v", first)
	}
	if err := p.c.Voice(ctx, control.VoiceRequest{Action: "join", Guild: "demo", User: "ana", Channel: "music"}); err != nil {
		t.Fatal(err)
	}
	var v control.VoiceEvent
	if err := json.Unmarshal(until(t, events, "voice", `"channel_id"`), &v); err != nil || len(v.States) != 1 || v.Guild == "" {
		t.Fatalf("%+v %v", v, err)
	}
	res, err := p.c.Send(ctx, control.SendRequest{Line: "/ask", Guild: "demo", User: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.c.Modal(ctx, control.ModalRequest{InteractionID: res.InteractionID, User: "ana", Fields: map[string]control.Values{"name": {"you"}}}); err != nil {
		t.Fatal(err)
	}
	var m control.MessageEvent
	if err := json.Unmarshal(until(t, events, "message", "hello you"), &m); err != nil || m.Op != "create" || m.EphemeralTo != v.States[0].UserID {
		t.Fatalf("%+v %v", m, err)
	}
	if err := p.c.Invite(ctx, "atril-4", "demo"); err != nil {
		t.Fatal(err)
	}
	until(t, events, "world", "{}")
	p.player.set("ocean")
	var pl control.PlayersEvent
	if err := json.Unmarshal(until(t, events, "players", "ocean"), &pl); err != nil || pl.Node != "one" {
		t.Fatalf("%+v %v", pl, err)
	}
	p.player.set()
	until(t, events, "players", "null")
	if err := p.c.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	until(t, events, "faults", "{}") // a reset mends what was broken
	if err := p.w.Close(); err != nil {
		t.Fatal(err)
	}
	late := time.After(patience)
	for open := true; open; {
		select {
		case _, open = <-events:
		case <-late:
			t.Fatal("the stream outlives the world")
		}
	}
}

// Where nothing happens a comment shows that the stream is alive.
func TestStreamIsKeptAlive(t *testing.T) {
	p := open(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+control.Prefix+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Sandbox", "1")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer func() { _ = res.Body.Close() }()
	if ct := res.Header.Get("Content-Type"); ct != "text/event-stream" {
		t.Fatal(ct)
	}
	if err := p.clock.BlockUntilContext(ctx, 1); err != nil {
		t.Fatal(err)
	}
	p.clock.Advance(15 * time.Second)
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if lines.Text() == ": alive" {
			return
		}
	}
	t.Fatal("no comment came")
}

func TestStreamOfNobody(t *testing.T) {
	t.Parallel()
	n := 0
	for _, err := range control.NewClient("127.0.0.1:1", nil).Stream(t.Context()) {
		if n++; fault.CodeOf(err) != fault.Unavailable {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Fatalf("%d events", n)
	}
}
