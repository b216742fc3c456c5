package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var at = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// fake is a backend whose answers a test decides; it remembers what it was asked.
type fake struct {
	mu     sync.Mutex
	err    error
	panics bool
	events httpapi.EventFilter
	player httpapi.PlayerFilter
	page   httpapi.Page
	told   []any // what it was ordered, with who did
	plays  httpapi.PlayFilter
	tail   chan view.Event
	ended  chan struct{}
}

func newFake() *fake {
	return &fake{tail: make(chan view.Event), ended: make(chan struct{}, 100)}
}

func (f *fake) answer() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.panics {
		panic("secret detail")
	}
	return f.err
}

func (f *fake) Status(context.Context) (view.Status, error) {
	return view.Status{Version: "1.2.3", Mode: "live", StartedAt: at}, f.answer()
}

func (f *fake) Players(_ context.Context, p httpapi.PlayerFilter) (view.PlayerPage, error) {
	f.player = p
	return view.PlayerPage{NextCursor: "n"}, f.answer()
}

func (f *fake) Player(_ context.Context, guild, bot string) (view.Player, error) {
	if guild != "g1" {
		return view.Player{}, fault.New(fault.NotFound, "fake", "there is no guild "+guild)
	}
	return view.Player{Guild: guild, Bot: bot, State: "idle"}, f.answer()
}

func (f *fake) Queue(_ context.Context, guild, bot string, p httpapi.Page) (view.QueuePage, error) {
	f.page = p
	return view.QueuePage{Guild: guild, Bot: bot}, f.answer()
}
func (f *fake) Nodes(context.Context) (view.NodeList, error) { return view.NodeList{}, f.answer() }

func (f *fake) Node(_ context.Context, name string) (view.Node, error) {
	return view.Node{Name: name}, f.answer()
}

func (f *fake) Events(_ context.Context, e httpapi.EventFilter) (view.EventPage, error) {
	f.events = e
	return view.EventPage{Items: []view.Event{event(7)}, NextAfter: 7}, f.answer()
}

func (f *fake) Tail(ctx context.Context, e httpapi.EventFilter, send func(view.Event) error) error {
	defer func() { f.ended <- struct{}{} }()
	f.mu.Lock()
	f.events = e
	f.mu.Unlock()
	if err := f.answer(); err != nil {
		return err
	}
	for {
		select {
		case e := <-f.tail:
			if err := send(e); err != nil {
				return err
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *fake) Sandbox(context.Context) (view.Sandbox, error) {
	return view.Sandbox{}, fault.New(fault.NotFound, "fake", "this daemon is no sandbox").WithHint("start one with platformd --sandbox")
}

func event(seq int64) view.Event {
	return view.Event{Seq: seq, ID: "e", Type: "music.play.started", Guild: "g1", Time: at, Data: json.RawMessage(`{"a":1}`)}
}

// world is a server on a real socket and a real port.
type world struct {
	*fake
	server *httpapi.Server
	clock  *clockwork.FakeClock
	socket string
	tcp    string
	stop   func()
}

func start(t *testing.T, change ...func(*httpapi.Options)) *world {
	t.Helper()
	w := &world{fake: newFake(), clock: clockwork.NewFakeClockAt(at), socket: filepath.Join(short(t), "s", "admin.sock")}
	o := httpapi.Options{Backend: w.fake, Clock: w.clock, Version: "1.2.3"}
	for _, f := range change {
		f(&o)
	}
	w.server = httpapi.New(o)
	ul, err := httpapi.ListenUnix(w.socket)
	if err != nil {
		t.Fatal(err)
	}
	tl, err := httpapi.ListenTCP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w.tcp = tl.Addr().String()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for _, ln := range []net.Listener{ul, tl} {
		group.Go(func() {
			if err := w.server.Serve(ctx, ln); err != nil {
				t.Errorf("serve: %v", err)
			}
		})
	}
	w.stop = sync.OnceFunc(func() { cancel(); group.Wait() })
	t.Cleanup(w.stop)
	return w
}

// short returns a directory whose path fits into a socket's.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ha")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// over returns a client through the socket, or over TCP for the empty path.
func (w *world) over(t *testing.T, socket bool) *http.Client {
	t.Helper()
	tr := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		if socket {
			return d.DialContext(ctx, "unix", w.socket)
		}
		return d.DialContext(ctx, "tcp", w.tcp)
	}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, Timeout: 30 * time.Second}
}

type reply struct {
	status  int
	header  http.Header
	body    string
	problem problem.Problem
}

func (w *world) do(t *testing.T, socket bool, method, path string, header ...string) reply {
	t.Helper()
	body := ""
	if method != http.MethodGet {
		body = "{}"
	}
	return w.send(t, socket, method, path, body, header...)
}

func (w *world) send(t *testing.T, socket bool, method, path, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.tcp+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := w.over(t, socket).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	r := reply{status: resp.StatusCode, header: resp.Header, body: string(b)}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), problem.ContentType) {
		if err := json.Unmarshal(b, &r.problem); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
	}
	return r
}
