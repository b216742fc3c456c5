package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		// What disgo leaves behind: a heartbeat that starts while Close runs, and
		// a REST rate limiter that cleans up for ever.
		goleak.IgnoreTopFunction("github.com/disgoorg/disgo/gateway.(*gatewayImpl).heartbeat"),
		goleak.IgnoreTopFunction("github.com/disgoorg/disgo/rest.(*rateLimiterImpl).cleanup"),
	)
}

type obj = map[string]any

// fixture is a World behind a real listener, with handles on what is in it.
type fixture struct {
	t     *testing.T
	w     *discord.World
	srv   *httptest.Server
	bot   discord.BotView
	guild discord.GuildView
}

func start(t *testing.T, opts discord.Options) *fixture {
	t.Helper()
	w := discord.New(opts)
	return serve(t, w)
}

func serve(t *testing.T, w *discord.World) *fixture {
	t.Helper()
	srv := httptest.NewServer(w.Handler())
	w.SetBaseURL(srv.URL)
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	v := w.View()
	return &fixture{t: t, w: w, srv: srv, bot: v.Bots[0], guild: v.Guilds[0]}
}

func (f *fixture) channel(name string) string {
	f.t.Helper()
	for _, c := range f.guild.Channels {
		if c.Name == name {
			return c.ID
		}
	}
	f.t.Fatalf("no channel %s", name)
	return ""
}

func (f *fixture) user(name string) string {
	f.t.Helper()
	for _, u := range f.w.View().Users {
		if u.Name == name {
			return u.ID
		}
	}
	f.t.Fatalf("no user %s", name)
	return ""
}

// answer is what REST said.
type answer struct {
	status int
	header http.Header
	body   obj
	list   []any
}

func (a answer) code() int { n, _ := a.body["code"].(float64); return int(n) }

// call sends a request as the bot; body is a string of JSON, or a value.
func (f *fixture) call(method, path string, body any) answer {
	f.t.Helper()
	return f.callAs("Bot "+f.bot.Token, method, path, body)
}

func (f *fixture) callAs(auth, method, path string, body any) answer {
	f.t.Helper()
	var rd io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		rd = strings.NewReader(b)
	default:
		raw, err := json.Marshal(b)
		if err != nil {
			f.t.Fatal(err)
		}
		rd = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.srv.URL+"/api/v10"+path, rd)
	if err != nil {
		f.t.Fatal(err)
	}
	if auth != "" {
		req.Header.Set("Authorization", auth)
	}
	if rd != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header}
	if len(raw) > 0 && raw[0] == '[' {
		err = json.Unmarshal(raw, &a.list)
	} else if len(raw) > 0 {
		err = json.Unmarshal(raw, &a.body)
	}
	if err != nil {
		f.t.Fatalf("%s %s: %q: %v", method, path, raw, err)
	}
	return a
}

// message is a gateway message.
type message struct {
	Op int             `json:"op"`
	S  int             `json:"s"`
	T  string          `json:"t"`
	D  json.RawMessage `json:"d"`
}

func (m message) data(t *testing.T) obj {
	t.Helper()
	var o obj
	if err := json.Unmarshal(m.D, &o); err != nil {
		t.Fatalf("%s: %v", m.D, err)
	}
	return o
}

// client is a bare gateway client.
type client struct {
	f       *fixture
	ws      *websocket.Conn
	session string
	seq     int
}

const wait = time.Minute

// dial connects and takes HELLO.
func (f *fixture) dial() *client {
	f.t.Helper()
	c := f.dialQuery("?v=10&encoding=json")
	if m := c.read(); m.Op != 10 {
		f.t.Fatalf("first message has op %d", m.Op)
	}
	return c
}

func (f *fixture) dialQuery(query string) *client {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), wait)
	defer cancel()
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws"+strings.TrimPrefix(f.srv.URL, "http")+"/gateway"+query, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	_ = res.Body.Close()
	f.t.Cleanup(func() { _ = ws.Close() })
	return &client{f: f, ws: ws}
}

func (c *client) read() message {
	c.f.t.Helper()
	m, err := c.tryRead()
	if err != nil {
		c.f.t.Fatalf("read: %v", err)
	}
	return m
}

func (c *client) tryRead() (message, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(wait))
	_, raw, err := c.ws.ReadMessage()
	if err != nil {
		return message{}, err
	}
	var m message
	err = json.Unmarshal(raw, &m)
	if m.S > 0 {
		c.seq = m.S
	}
	return m, err
}

// until reads on to the dispatch of a name.
func (c *client) until(name string) message {
	c.f.t.Helper()
	for {
		if m := c.read(); m.T == name {
			return m
		}
	}
}

// op reads on to a message with an opcode.
func (c *client) op(op int) message {
	c.f.t.Helper()
	for {
		if m := c.read(); m.Op == op {
			return m
		}
	}
}

// closed reads on to the close frame and returns its code.
func (c *client) closed() int {
	c.f.t.Helper()
	for {
		if _, err := c.tryRead(); err != nil {
			if ce, ok := err.(*websocket.CloseError); ok {
				return ce.Code
			}
			c.f.t.Fatalf("no close frame: %v", err)
		}
	}
}

func (c *client) send(op int, d any) {
	c.f.t.Helper()
	if err := c.ws.WriteJSON(obj{"op": op, "d": d}); err != nil {
		c.f.t.Fatal(err)
	}
}

const intents = discord.IntentGuilds | discord.IntentGuildVoiceStates | discord.IntentGuildMessages

func identifyData(token string) obj {
	return obj{"token": token, "intents": intents, "properties": obj{"os": "linux", "browser": "test", "device": "test"}}
}

// login identifies and takes everything up to the last GUILD_CREATE.
func (f *fixture) login() *client {
	f.t.Helper()
	c := f.dial()
	c.send(2, identifyData(f.bot.Token))
	ready := c.until("READY").data(f.t)
	c.session = ready["session_id"].(string)
	for range ready["guilds"].([]any) {
		c.until("GUILD_CREATE")
	}
	return c
}

// resume opens a new connection for the session of c.
func (c *client) resume(seq int) *client {
	c.f.t.Helper()
	n := c.f.dial()
	n.session = c.session
	n.send(6, obj{"token": c.f.bot.Token, "session_id": c.session, "seq": seq})
	return n
}

// command registers a global command with one required and one optional option.
func (f *fixture) command() {
	f.t.Helper()
	a := f.call("PUT", "/applications/"+f.bot.ApplicationID+"/commands", []obj{{
		"name": "play", "description": "Play something", "type": 1, "options": []obj{
			{"type": 3, "name": "query", "description": "What", "required": true, "autocomplete": true},
			{"type": 5, "name": "next", "description": "Next"},
			{"type": 4, "name": "volume", "description": "How loud", "min_value": 0, "max_value": 200},
			{"type": 6, "name": "for", "description": "For whom"},
			{"type": 7, "name": "where", "description": "Where", "channel_types": []int{2}},
			{"type": 8, "name": "role", "description": "Role"},
			{"type": 3, "name": "mode", "description": "Mode", "choices": []obj{{"name": "Fast", "value": "f"}, {"name": "Slow", "value": "s"}}},
		},
	}})
	if a.status != 200 {
		f.t.Fatalf("commands: %d %v", a.status, a.body)
	}
}

// eventually waits for a condition with a deadline.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(wait)
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("never: %s", what)
		}
	}
}

// serveShared serves a World that outlives the test.
func serveShared(t *testing.T, w *discord.World) *fixture {
	t.Helper()
	srv := httptest.NewServer(w.Handler())
	w.SetBaseURL(srv.URL)
	t.Cleanup(func() {
		srv.CloseClientConnections()
		srv.Close()
		http.DefaultClient.CloseIdleConnections()
	})
	v := w.View()
	return &fixture{t: t, w: w, srv: srv, bot: v.Bots[0], guild: v.Guilds[0]}
}
