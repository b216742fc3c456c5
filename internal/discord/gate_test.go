package discord_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	botID   = "1000"
	guildID = "4194304000000" // shard 0 of 1
	// token's first part is botID in base64.
	token   = "MTAwMA.Gabcde.abcdefghijklmnopqrstuvwxyz"
	patient = time.Minute
)

// gate is a gateway that does exactly what a test tells it to.
type gate struct {
	t     *testing.T
	url   string
	peers chan *peer
}

type peer struct {
	t    *testing.T
	ws   *websocket.Conn
	path string
	in   chan message
	err  error // set before in is closed
}

type message struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
}

func newGate(t *testing.T) *gate {
	t.Helper()
	g := &gate{t: t, peers: make(chan *peer, 256)}
	up := websocket.Upgrader{}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var open []*websocket.Conn
	var over bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		p := &peer{t: t, ws: ws, path: r.URL.RequestURI(), in: make(chan message, 1024)}
		mu.Lock()
		defer mu.Unlock()
		if over {
			_ = ws.Close()
			return
		}
		open = append(open, ws)
		wg.Go(p.read)
		g.peers <- p
	}))
	g.url = "ws" + strings.TrimPrefix(srv.URL, "http")
	t.Cleanup(func() {
		mu.Lock()
		over = true
		for _, ws := range open {
			_ = ws.Close()
		}
		mu.Unlock()
		srv.Close()
		wg.Wait()
	})
	return g
}

func (p *peer) read() {
	defer close(p.in)
	for {
		var m message
		if err := p.ws.ReadJSON(&m); err != nil {
			p.err = err
			return
		}
		p.in <- m
	}
}

// next waits for a connection.
func (g *gate) next() *peer {
	g.t.Helper()
	return recv(g.t, g.peers, "a connection")
}

func recv[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patient):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}

// eventually waits until a condition holds.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(patient)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("%s did not happen", what)
		}
	}
}

func (p *peer) send(raw string) {
	p.t.Helper()
	if err := p.ws.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
		p.t.Fatalf("the gateway of the test cannot write: %v", err)
	}
}

func (p *peer) hello() { p.send(`{"op":10,"d":{"heartbeat_interval":41250}}`) }

// calmHello asks for heartbeats so seldom that none can be missed however fast
// a test lets time pass.
func (p *peer) calmHello() { p.send(`{"op":10,"d":{"heartbeat_interval":600000}}`) }

func (p *peer) event(seq int, name, data string) {
	p.t.Helper()
	p.send(fmt.Sprintf(`{"op":0,"s":%d,"t":%q,"d":%s}`, seq, name, data))
}

// expect waits for a message of an op and returns its data; heartbeats are
// answered on the way.
func (p *peer) expect(op int) map[string]any {
	p.t.Helper()
	for {
		m := recv(p.t, p.in, fmt.Sprintf("op %d", op))
		if m.Op == 1 && op != 1 {
			p.send(`{"op":11}`)
			continue
		}
		if m.Op != op {
			p.t.Fatalf("op %d came in place of %d", m.Op, op)
		}
		var d map[string]any
		_ = json.Unmarshal(m.D, &d)
		return d
	}
}

// gone waits for the end of the connection and returns the client's close code.
func (p *peer) gone() int {
	p.t.Helper()
	end := time.After(patient)
	for {
		select {
		case _, ok := <-p.in:
			if ok {
				continue
			}
			if websocket.IsCloseError(p.err, 4000) {
				return 4000
			}
			var ce *websocket.CloseError
			if asClose(p.err, &ce) {
				return ce.Code
			}
			return 0
		case <-end:
			p.t.Fatal("the client did not leave")
		}
	}
}

func asClose(err error, into **websocket.CloseError) bool {
	ce, ok := err.(*websocket.CloseError) //nolint:errorlint // gorilla returns it bare
	if ok {
		*into = ce
	}
	return ok
}

func (p *peer) close(code int) {
	_ = p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second))
}

func (p *peer) cut() { _ = p.ws.NetConn().Close() }

// limits is Discord's word on IDENTIFYs.
type limits struct {
	mu    sync.Mutex
	l     discord.StartLimits
	err   error
	asked int
}

func (l *limits) StartLimits(context.Context) (discord.StartLimits, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked++
	return l.l, l.err
}

func (l *limits) set(f func(*discord.StartLimits)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.l)
}

func (l *limits) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.asked
}

type handed struct {
	at          discord.Position
	inputs      []music.Input
	interaction *discord.Interaction
}

// recorder keeps what it is handed; before, if set, runs first.
type recorder struct {
	got    chan handed
	before func(handed)
}

func (r *recorder) hand(h handed) {
	if r.before != nil {
		r.before(h)
	}
	r.got <- h
}

func (r *recorder) Inputs(at discord.Position, in []music.Input) {
	r.hand(handed{at: at, inputs: in})
}

func (r *recorder) Interaction(at discord.Position, in discord.Interaction) {
	r.hand(handed{at: at, interaction: &in})
}

// rig is a connection under test with everything around it.
type rig struct {
	t      *testing.T
	gate   *gate
	limits *limits
	rec    *recorder
	conn   *discord.Conn
	done   chan error
	cancel context.CancelFunc
	log    *safeLog
}

type safeLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// start makes a connection and runs it until the test ends. The session's spacing of
// IDENTIFYs is as large as Discord's, so tests that identify twice use a fake clock.
func start(t *testing.T, g *gate, change ...func(*discord.Options)) *rig {
	t.Helper()
	r := &rig{t: t, gate: g, log: &safeLog{}, done: make(chan error, 1), rec: &recorder{got: make(chan handed, 4096)}}
	r.limits = &limits{l: discord.StartLimits{URL: g.url, Shards: 1, Total: 1000, Remaining: 1000, Concurrency: 1}}
	o := discord.Options{
		Bot: botID, Token: secret.New(token), Limits: r.limits, Handler: r.rec,
		Logger: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	if rec, ok := o.Handler.(*recorder); ok {
		r.rec = rec
	}
	c, err := discord.NewConn(o)
	if err != nil {
		t.Fatalf("NewConn: %v", err)
	}
	r.conn = c
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.done <- c.Run(ctx) }()
	t.Cleanup(func() { r.leave() })
	return r
}

// leave ends the connection and returns what Run returned.
func (r *rig) leave() error {
	r.cancel()
	select {
	case err := <-r.done:
		r.done <- err
		return err
	case <-time.After(patient):
		r.t.Fatal("Run did not return")
		return nil
	}
}

// in waits for the next thing handed over and acknowledges it.
func (r *rig) in() handed {
	r.t.Helper()
	h := recv(r.t, r.rec.got, "something for the handler")
	r.conn.Ack(h.at)
	return h
}

func ready(session, url string, guilds ...string) string {
	list := make([]string, 0, len(guilds))
	for _, g := range guilds {
		list = append(list, fmt.Sprintf(`{"id":%q,"unavailable":true}`, g))
	}
	return fmt.Sprintf(`{"v":10,"session_id":%q,"resume_gateway_url":%q,"user":{"id":%q,"bot":true},"guilds":[%s]}`,
		session, url, botID, strings.Join(list, ","))
}

const demoGuild = `{"id":"4194304000000","name":"demo","owner_id":"7",
	"roles":[{"id":"4194304000000","permissions":"3146752"},{"id":"50","permissions":"0"}],
	"channels":[{"id":"21","type":2,"name":"music"},{"id":"22","type":2,"name":"quiet",
		"permission_overwrites":[{"id":"50","type":0,"allow":"0","deny":"1048576"}]}],
	"members":[{"user":{"id":"1000","bot":true},"roles":["50"]},{"user":{"id":"7"},"roles":[]},{"user":{"id":"8","bot":true},"roles":[]}],
	"voice_states":[{"user_id":"7","channel_id":"21","session_id":"s7"},{"user_id":"8","channel_id":"22","session_id":"s8"}]}`

// greet plays the part of Discord up to READY and one guild.
func (r *rig) greet() *peer {
	r.t.Helper()
	return r.greetBy((*peer).hello)
}

// greetBy is greet with another HELLO.
func (r *rig) greetBy(hello func(*peer)) *peer {
	r.t.Helper()
	p := r.gate.next()
	hello(p)
	p.expect(2)
	p.event(1, "READY", ready("sess", r.gate.url+"/resume", guildID))
	p.event(2, "GUILD_CREATE", demoGuild)
	if h := r.in(); len(h.inputs) != 2 {
		r.t.Fatalf("GUILD_CREATE gave %d inputs", len(h.inputs))
	}
	return p
}

func voiceEvent(user, channel string) string {
	ch := "null"
	if channel != "" {
		ch = fmt.Sprintf("%q", channel)
	}
	return fmt.Sprintf(`{"guild_id":%q,"user_id":%q,"channel_id":%s,"session_id":"v%s","member":{"user":{"id":%q},"roles":[]}}`,
		guildID, user, ch, user, user)
}

func fakeClock() *clockwork.FakeClock {
	return clockwork.NewFakeClockAt(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC))
}

// stored is what a role would keep of a connection.
func stored(t *testing.T, c *discord.Conn) (store.ShardSession, []store.GuildSnapshot) {
	t.Helper()
	cp, err := c.Checkpoint()
	if err != nil {
		t.Fatalf("Checkpoint: %v", err)
	}
	c.Saved(cp)
	return cp.Session, cp.Snapshots
}

func each(list []store.GuildSnapshot) func(func(store.GuildSnapshot) error) error {
	return func(f func(store.GuildSnapshot) error) error {
		for _, s := range list {
			if err := f(s); err != nil {
				return err
			}
		}
		return nil
	}
}

// fieldsOf reads a message's data.
func fieldsOf(t *testing.T, m message) map[string]any {
	t.Helper()
	var d map[string]any
	if err := json.Unmarshal(m.D, &d); err != nil {
		t.Fatalf("op %d holds %s", m.Op, m.D)
	}
	return d
}

// recvOK waits for a message, or for the end of the connection.
func recvOK(t *testing.T, c <-chan message) (message, bool) {
	t.Helper()
	select {
	case m, ok := <-c:
		return m, ok
	case <-time.After(patient):
		t.Fatal("the client says nothing")
		return message{}, false
	}
}
