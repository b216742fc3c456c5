package lavalink_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
	sim "github.com/atrilhq/platform/internal/sim/lavalink"
)

const (
	password = "youshallnotpass"
	bot      = music.BotID("4001")
	guild    = music.GuildID("7001")
	patience = time.Minute
)

var (
	start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	voice = lavalink.Voice{Token: secret.New("voice-token"), Endpoint: "voice.example:443", Session: "vs", Channel: "9001"}
)

// rig is a simulated node on a loopback listener. The node's clock and the
// links' clock are moved apart from each other.
type rig struct {
	t         testing.TB
	nodeClock *clockwork.FakeClock
	node      *sim.Node
	srv       *httptest.Server
	client    *lavalink.Client
	wire      *recorder
}

func newRig(t testing.TB, change ...func(*sim.Options)) *rig {
	t.Helper()
	r := &rig{t: t, nodeClock: clockwork.NewFakeClockAt(start)}
	opts := sim.Options{Name: "one", Password: password, Clock: r.nodeClock}
	for _, c := range change {
		c(&opts)
	}
	var err error
	if r.node, err = sim.New(opts); err != nil {
		t.Fatal(err)
	}
	r.srv = httptest.NewServer(r.node.Handler())
	r.client, r.wire = newClient(t, r.srv, password)
	t.Cleanup(func() {
		r.node.Close()
		r.srv.Close()
	})
	return r
}

func newClient(t testing.TB, srv *httptest.Server, pass string) (*lavalink.Client, *recorder) {
	t.Helper()
	transport := &http.Transport{}
	wire := &recorder{next: transport}
	c, err := lavalink.NewClient(
		lavalink.Node{Name: "one", Address: strings.TrimPrefix(srv.URL, "http://"), Password: secret.New(pass)},
		lavalink.ClientOptions{Transport: wire})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return c, wire
}

// recorder keeps the bodies of all PATCHes of players.
type recorder struct {
	next http.RoundTripper

	mu      sync.Mutex
	patches []string
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Method == http.MethodPatch && strings.Contains(req.URL.Path, "/players/") {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(raw))
		r.mu.Lock()
		r.patches = append(r.patches, string(raw))
		r.mu.Unlock()
	}
	return r.next.RoundTrip(req)
}

// CloseIdleConnections passes on what a client asks of its transport.
func (r *recorder) CloseIdleConnections() {
	if t, ok := r.next.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
}

// sent returns the PATCHes since the last call.
func (r *recorder) sent() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.patches
	r.patches = nil
	return out
}

// owner is who a link belongs to: it keeps what it is told.
type owner struct {
	t      testing.TB
	clock  *clockwork.FakeClock
	link   *lavalink.Link
	cancel context.CancelFunc
	ended  chan struct{}
	events chan lavalink.Event

	mu    sync.Mutex
	saved []string
}

func (r *rig) own(session string, change ...func(*lavalink.Options)) *owner {
	r.t.Helper()
	return own(r.t, r.client, session, change...)
}

func own(t testing.TB, client *lavalink.Client, session string, change ...func(*lavalink.Options)) *owner {
	t.Helper()
	o := &owner{
		t: t, clock: clockwork.NewFakeClockAt(start), ended: make(chan struct{}), events: make(chan lavalink.Event, 10_000),
	}
	opts := lavalink.Options{
		Client: client, Bot: bot, Session: session, Clock: o.clock,
		Events: func(e lavalink.Event) { o.events <- e },
		SaveSession: func(_ context.Context, id string) error {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.saved = append(o.saved, id)
			return nil
		},
	}
	for _, c := range change {
		c(&opts)
	}
	var err error
	if o.link, err = lavalink.NewLink(opts); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.cancel = cancel
	go func() {
		defer close(o.ended)
		if err := o.link.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	t.Cleanup(o.leave)
	return o
}

// leave ends the link as a process does that goes away.
func (o *owner) leave() {
	o.cancel()
	select {
	case <-o.ended:
	case <-time.After(patience):
		o.t.Error("the link does not end")
	}
}

// next returns the next event for which want is true; others are skipped. The
// link's clock moves meanwhile, so that it polls and dials again.
func (o *owner) next(what string, want func(lavalink.Event) bool) lavalink.Event {
	o.t.Helper()
	deadline := time.After(patience)
	nudge := time.NewTicker(2 * time.Millisecond)
	defer nudge.Stop()
	for {
		select {
		case e := <-o.events:
			if want(e) {
				return e
			}
		case <-nudge.C:
			o.clock.Advance(25 * time.Millisecond)
		case <-deadline:
			o.t.Fatalf("no %s came; status %+v, counters %+v", what, o.link.Status(), o.link.Counters())
		}
	}
}

func (o *owner) up() lavalink.Up {
	o.t.Helper()
	return *o.next("Up", func(e lavalink.Event) bool { return e.Up != nil }).Up
}

func (o *owner) down() error {
	o.t.Helper()
	return o.next("Down", func(e lavalink.Event) bool { return e.Down != nil }).Down.Cause
}

// body returns the next event with a body of type B.
func body[B music.Body](o *owner) B {
	o.t.Helper()
	var none B
	e := o.next(music.Input{Body: none}.Kind(), func(e lavalink.Event) bool { _, ok := e.Body.(B); return ok })
	return e.Body.(B) //nolint:forcetypeassert // next made sure
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("never: %s", what)
		}
	}
}

// track returns the encoded track that the node has under an identifier.
func (r *rig) track(id string) string {
	r.t.Helper()
	res, err := r.client.Load(context.Background(), "https://"+sim.MediaHost+"/track/"+id)
	if err != nil || len(res.Tracks) != 1 {
		r.t.Fatalf("load %s: %+v, %v", id, res, err)
	}
	return res.Tracks[0].Encoded
}

// wanted returns a play of a track.
func (r *rig) wanted(play music.PlayID, id string) lavalink.Desired {
	r.t.Helper()
	return lavalink.Desired{Play: play, Epoch: 3, Track: r.track(id), Volume: 100, Voice: voice}
}

func (o *owner) apply(d lavalink.Desired) {
	o.t.Helper()
	if err := o.link.Apply(context.Background(), guild, d); err != nil {
		o.t.Fatalf("apply %+v: %v", d, err)
	}
}
