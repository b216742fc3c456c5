package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// wholly is the last line of a stream that was not cut off.
const wholly = "(the end)"

// follow opens a stream and returns its lines.
func (w *world) follow(t *testing.T, path string, header ...string) (<-chan string, context.CancelFunc) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+w.tcp+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	c := w.over(t, true)
	c.Timeout = 0
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %v", resp.StatusCode, resp.Header)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		defer func() { _ = resp.Body.Close() }()
		s := bufio.NewScanner(resp.Body)
		for s.Scan() {
			lines <- s.Text()
		}
		if s.Err() == nil {
			lines <- wholly
		}
	}()
	return lines, cancel
}

func expect(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case l, ok := <-lines:
			if !ok {
				t.Fatalf("the stream ended before %q", want)
			}
			if strings.Contains(l, want) {
				return
			}
		case <-deadline:
			t.Fatalf("no %q came", want)
		}
	}
}

func TestTailSendsEventsAndPulses(t *testing.T) {
	w := start(t)
	lines, cancel := w.follow(t, "/v1/events/tail?after=3&guild=g1")
	expect(t, lines, ": connected")
	w.tail <- event(4)
	expect(t, lines, "id: 4")
	expect(t, lines, "event: music.play.started")
	expect(t, lines, `data: {"seq":4,`)
	if err := w.clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(15 * time.Second)
	expect(t, lines, ": still here")
	w.mu.Lock()
	f := w.events
	w.mu.Unlock()
	if f.After != 3 || f.Guild != "g1" {
		t.Errorf("filter %+v", f)
	}
	cancel()
	ended(t, w)
}

func ended(t *testing.T, w *world) {
	t.Helper()
	select {
	case <-w.ended:
	case <-time.After(30 * time.Second):
		t.Fatal("the backend goes on for a reader that left")
	}
}

func TestTailGoesOnBehindLastEventID(t *testing.T) {
	w := start(t)
	_, cancel := w.follow(t, "/v1/events/tail?after=3", "Last-Event-ID", "9")
	w.tail <- event(10)
	w.mu.Lock()
	f := w.events
	w.mu.Unlock()
	if f.After != 9 {
		t.Errorf("after %d, want 9", f.After)
	}
	cancel()
	ended(t, w)
}

func TestTailEndsWithTheReason(t *testing.T) {
	w := start(t)
	w.err = fault.New(fault.Unavailable, "x", "the journal does not answer")
	lines, _ := w.follow(t, "/v1/events/tail")
	expect(t, lines, "event: problem")
	expect(t, lines, "the journal does not answer")
	for range lines {
	}
}

func TestTailEndsWhenTheDaemonStops(t *testing.T) {
	w := start(t)
	lines, _ := w.follow(t, "/v1/events/tail")
	expect(t, lines, ": connected")
	done := make(chan struct{})
	go func() { w.stop(); close(done) }()
	expect(t, lines, "the daemon is stopping")
	// A stream that kept the daemon from stopping would be cut off in the end.
	expect(t, lines, wholly)
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the daemon does not stop")
	}
}

func TestTailsAreBounded(t *testing.T) {
	w := start(t)
	for range 64 {
		lines, _ := w.follow(t, "/v1/events/tail")
		expect(t, lines, ": connected")
	}
	if got := w.do(t, true, http.MethodGet, "/v1/events/tail"); got.status != 429 || got.problem.Code != string(fault.Quota) {
		t.Errorf("%d %s", got.status, got.body)
	}
}
