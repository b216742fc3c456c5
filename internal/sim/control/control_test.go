package control_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node records what is done to it.
type node struct{ did []string }

func (n *node) Name() string    { return "one" }
func (n *node) Address() string { return "127.0.0.1:2333" }
func (n *node) SetDown(down bool) {
	n.did = append(n.did, map[bool]string{true: "down", false: "up"}[down])
}
func (n *node) CutSockets()     { n.did = append(n.did, "cut") }
func (n *node) ForgetSessions() { n.did = append(n.did, "forget") }
func (n *node) Players() any    { return []string{"player"} }
func (n *node) Timeline() any   { return []string{"play"} }

// sandbox is a World with its control, and a bot that answers every command
// with what it was asked.
type sandbox struct {
	w    *discord.World
	c    *control.Client
	node *node
	url  string
}

func start(t *testing.T) *sandbox {
	t.Helper()
	s := &sandbox{w: discord.New(discord.Options{NoRouteLimits: true}), node: &node{}}
	mux := http.NewServeMux()
	mux.Handle("/", s.w.Handler())
	mux.Handle(control.Prefix+"/", control.Handler(control.Deps{World: s.w, Nodes: []control.Node{s.node}, Passwords: map[string]string{"one": "secret"}}))
	srv := httptest.NewServer(mux)
	s.url = srv.URL
	s.w.SetBaseURL(srv.URL)
	s.c = control.NewClient(strings.TrimPrefix(srv.URL, "http://"), srv.Client())
	done := make(chan struct{})
	go func() { defer close(done); s.bot(t) }()
	t.Cleanup(func() {
		if err := s.w.Close(); err != nil {
			t.Error(err)
		}
		<-done
		srv.Close()
	})
	eventually(t, "the bot connects", func() bool { return s.w.View().Bots[0].Connected != 0 })
	return s
}

// eventually waits for a condition with a deadline.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	look := time.NewTicker(2 * time.Millisecond)
	defer look.Stop()
	for !ok() {
		select {
		case <-look.C:
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		}
	}
}

func (s *sandbox) rest(t *testing.T, method, path string, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		t.Error(err)
		return
	}
	req, err := http.NewRequestWithContext(context.Background(), method, s.url+"/api/v10"+path, strings.NewReader(string(raw)))
	if err != nil {
		t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bot "+s.w.View().Bots[0].Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Error(err)
		return
	}
	_ = res.Body.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if res.StatusCode >= 300 {
		t.Errorf("%s %s: %d", method, path, res.StatusCode)
	}
}

type obj = map[string]any

func (s *sandbox) bot(t *testing.T) {
	b := s.w.View().Bots[0]
	s.rest(t, "PUT", "/applications/"+b.ApplicationID+"/commands", []obj{
		{"name": "play", "description": "Play", "options": []obj{{"type": 3, "name": "query", "description": "What", "required": true}, {"type": 5, "name": "next", "description": "Next"}}},
		{"name": "filters", "description": "Filters", "options": []obj{{"type": 1, "name": "set", "description": "Set", "options": []obj{{"type": 3, "name": "name", "description": "Name", "required": true}}}}},
	})
	ws, res, err := websocket.DefaultDialer.DialContext(context.Background(), s.w.View().GatewayURL+"?v=10&encoding=json", nil)
	if err != nil {
		t.Error(err)
		return
	}
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	_ = ws.WriteJSON(obj{"op": 2, "d": obj{"token": b.Token, "intents": 1<<0 | 1<<7, "properties": obj{}}})
	for {
		var m struct {
			T string `json:"t"`
			D struct {
				ID    string `json:"id"`
				Token string `json:"token"`
				Type  int    `json:"type"`
				Data  any    `json:"data"`
			} `json:"d"`
		}
		if err := ws.ReadJSON(&m); err != nil {
			if _, ok := err.(*json.UnmarshalTypeError); ok {
				continue
			}
			return
		}
		if m.T != "INTERACTION_CREATE" {
			continue
		}
		echo, err := json.Marshal(m.D.Data)
		if err != nil {
			t.Error(err)
			return
		}
		typ := map[int]int{2: 4, 3: 7}[m.D.Type]
		s.rest(t, "POST", "/interactions/"+m.D.ID+"/"+m.D.Token+"/callback", obj{"type": typ, "data": obj{
			"content": string(echo), "components": []obj{{"type": 1, "components": []obj{{"type": 2, "style": 1, "label": "Skip", "custom_id": "skip"}}}},
		}})
	}
}

func TestControl(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	v, err := s.c.World(ctx)
	if err != nil || v.Guilds[0].Name != "demo" || len(v.Users) != 3 || v.Bots[0].Token == "" || v.Nodes[0] != (control.NodeInfo{Name: "one", Address: "127.0.0.1:2333", Password: "secret"}) {
		t.Fatalf("%+v %v", v, err)
	}
	if cmds, err := s.c.Commands(ctx, "demo"); err != nil || len(cmds) != 2 {
		t.Fatal(cmds, err)
	}
	res, err := s.c.Send(ctx, control.SendRequest{Line: `/play query:"ocean waves" next:true`, Guild: "demo", User: "ana"})
	if err != nil || res.State != discord.StateAnswered || !strings.Contains(res.Reply["content"].(string), `"value":"ocean waves"`) {
		t.Fatalf("%+v %v", res, err)
	}
	if res, err := s.c.Send(ctx, control.SendRequest{Line: `/filters set nightcore`, Guild: "demo", User: "ana", Channel: "general"}); err != nil ||
		!strings.Contains(res.Reply["content"].(string), `"value":"nightcore"`) {
		t.Fatalf("%+v %v", res, err)
	}
	if err := s.c.Redeliver(ctx, "1"); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	clicked, err := s.c.Click(ctx, control.ClickRequest{Click: discord.Click{Guild: "demo", User: "bruno", Label: "skip", Message: res.Reply["id"].(string)}})
	if err != nil || clicked.Reply["id"] != res.Reply["id"] || !strings.Contains(clicked.Reply["content"].(string), `"custom_id":"skip"`) {
		t.Fatalf("%+v %v", clicked, err)
	}
	for _, r := range []control.VoiceRequest{{Action: "join", Guild: "demo", User: "ana", Channel: "music"}, {Action: "move", Guild: "demo", User: "ana", Channel: "quiet"}} {
		if err := s.c.Voice(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	if v, _ := s.c.World(ctx); v.Users[0].Voice["demo"] != "quiet" {
		t.Fatalf("%+v", v.Users)
	}
	if m, err := s.c.Messages(ctx, "demo", "general", 1); err != nil || len(m) != 1 {
		t.Fatal(m, err)
	}
	if l, err := s.c.Log(ctx); err != nil || len(l) != 3 || l[0].Name != "play" || l[1].Name != "filters set" {
		t.Fatalf("%+v %v", l, err)
	}
	if b, err := s.c.Violations(ctx); err != nil || len(b) != 0 {
		t.Fatalf("%+v %v", b, err)
	}
	if err := s.c.Voice(ctx, control.VoiceRequest{Action: "leave", Guild: "demo", User: "ana"}); err != nil {
		t.Fatal(err)
	}
	if err := s.c.Reset(ctx); err != nil {
		t.Fatal(err)
	}
	if m, err := s.c.Messages(ctx, "demo", "general", 0); err != nil || len(m) != 0 {
		t.Fatal(m, err)
	}
}

func TestRefusals(t *testing.T) {
	s := start(t)
	ctx := t.Context()
	send := func(line string) error {
		_, err := s.c.Send(ctx, control.SendRequest{Line: line, Guild: "demo", User: "ana"})
		return err
	}
	for name, tc := range map[string]struct {
		err  error
		code fault.Code
		hint string
	}{
		"unknown command":    {send("/pause"), fault.NotFound, "play, filters"},
		"unknown option":     {send("/play loud:1 x"), fault.Invalid, "usage: /play query:… [next:…]"},
		"missing option":     {send("/play"), fault.Invalid, "usage"},
		"missing subcommand": {send("/filters"), fault.NotFound, "set"},
		"unknown subcommand": {send("/filters drop x"), fault.NotFound, "set"},
		"not a command":      {send("hello"), fault.Invalid, "/name"},
		"unknown action":     {s.c.Voice(ctx, control.VoiceRequest{Action: "fly"}), fault.Invalid, ""},
	} {
		if _, hint := fault.Show(tc.err); fault.CodeOf(tc.err) != tc.code || !strings.Contains(hint, tc.hint) {
			t.Errorf("%s: %v, hint %q", name, tc.err, hint)
		}
	}
	if _, err := control.NewClient("127.0.0.1:1", nil).World(ctx); fault.CodeOf(err) != fault.Unavailable {
		t.Error(err)
	}
	if _, err := s.c.Messages(ctx, "demo", "", 501); fault.CodeOf(err) != fault.Invalid {
		t.Error(err)
	}
}

func TestNodeSnapshots(t *testing.T) {
	s := start(t)
	p, perr := s.c.Players(t.Context(), "one")
	l, lerr := s.c.Timeline(t.Context(), "one")
	if perr != nil || lerr != nil || string(p) != `["player"]` || string(l) != `["play"]` {
		t.Fatal(string(p), string(l), perr, lerr)
	}
	if _, err := s.c.Players(t.Context(), "two"); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
}

func TestOnlyThisMachine(t *testing.T) {
	s := start(t)
	for name, tc := range map[string]struct {
		host, header string
		status       int
	}{
		"local":          {"", "1", 200},
		"localhost":      {"localhost:1", "1", 200},
		"IPv6":           {"[::1]:1", "1", 200},
		"no header":      {"", "", 403},
		"another host":   {"evil.example", "1", 403},
		"another number": {"192.0.2.1:80", "1", 403},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+control.Prefix+"/world", nil)
		if err != nil {
			t.Fatal(err)
		}
		if tc.host != "" {
			req.Host = tc.host
		}
		if tc.header != "" {
			req.Header.Set("X-Sandbox", tc.header)
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tc.status {
			t.Errorf("%s: %d", name, res.StatusCode)
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}
