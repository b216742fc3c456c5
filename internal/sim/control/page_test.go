package control_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// playing is a node that tells when what sounds changes.
type playing struct {
	node
	mu   sync.Mutex
	told func()
	now  []string
}

func (n *playing) OnChange(f func()) { n.told = f }

func (n *playing) Players() any {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// set changes what sounds and tells so with the lock held, as a node may.
func (n *playing) set(tracks ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = tracks
	n.told()
}

// page is a sandbox with everything that the page needs. Its bot opens a modal
// at /ask and at every button, completes with what is typed, and answers a
// modal with an ephemeral message.
type page struct {
	*sandbox
	player *playing
	clock  *clockwork.FakeClock
}

func open(t *testing.T) *page {
	t.Helper()
	seed := discord.DemoPool()
	p := &page{sandbox: &sandbox{w: discord.New(discord.Options{Seed: &seed, NoRouteLimits: true})}, player: &playing{}, clock: clockwork.NewFakeClock()}
	mux := http.NewServeMux()
	mux.Handle("/", p.w.Handler())
	mux.Handle(control.Prefix+"/", control.Handler(control.Deps{
		World: p.w, Nodes: []control.Node{p.player}, Clock: p.clock,
		Audio: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(rw, "wav of "+r.PathValue("identifier"))
		}),
	}))
	srv := httptest.NewServer(mux)
	p.url = srv.URL
	p.w.SetBaseURL(srv.URL)
	p.c = control.NewClient(srv.URL, srv.Client())
	done := make(chan struct{})
	go func() { defer close(done); p.answer(t) }()
	t.Cleanup(func() {
		if err := p.w.Close(); err != nil {
			t.Error(err)
		}
		<-done
		srv.Close()
	})
	eventually(t, "the bot connects", func() bool { return p.w.View().Bots[0].Connected != 0 })
	return p
}

func (p *page) answer(t *testing.T) {
	b := p.w.View().Bots[0]
	p.rest(t, "PUT", "/applications/"+b.ApplicationID+"/commands", []obj{{"name": "ask", "description": "Ask", "contexts": []int{0, 1}, "options": []obj{
		{"type": 3, "name": "what", "description": "What", "autocomplete": true},
	}}})
	ws, res, err := websocket.DefaultDialer.DialContext(context.Background(), p.w.View().GatewayURL+"?v=10&encoding=json", nil)
	if err != nil {
		t.Error(err)
		return
	}
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	_ = ws.WriteJSON(obj{"op": 2, "d": obj{"token": b.Token, "intents": 1 << 0, "properties": obj{}}})
	for {
		var m struct {
			T string          `json:"t"`
			D json.RawMessage `json:"d"`
		}
		if ws.ReadJSON(&m) != nil {
			return
		}
		if m.T != "INTERACTION_CREATE" {
			continue
		}
		var in struct {
			ID, Token string
			Type      int
			Data      struct {
				CustomID   string                                          `json:"custom_id"`
				Options    []struct{ Value string }                        `json:"options"`
				Components []struct{ Components []struct{ Value string } } `json:"components"`
			}
		}
		if err := json.Unmarshal(m.D, &in); err != nil {
			t.Error(err)
			return
		}
		answer := obj{"type": 9, "data": obj{"custom_id": "form", "title": "Ask", "components": []obj{
			{"type": 1, "components": []obj{{"type": 4, "custom_id": "name", "style": 1, "label": "Name", "max_length": 10}}},
		}}}
		switch in.Type {
		case 4:
			answer = obj{"type": 8, "data": obj{"choices": []obj{{"name": "You typed " + in.Data.Options[0].Value, "value": "v"}}}}
		case 5:
			answer = obj{"type": 4, "data": obj{"content": "hello " + in.Data.Components[0].Components[0].Value, "flags": 64}}
		}
		p.rest(t, "POST", "/interactions/"+in.ID+"/"+in.Token+"/callback", answer)
	}
}

func TestModalThroughControl(t *testing.T) {
	p := open(t)
	ctx := t.Context()
	res, err := p.c.Send(ctx, control.SendRequest{Line: "/ask", Guild: "demo", User: "ana"})
	if err != nil {
		t.Fatal(err)
	}
	var modal struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if err := json.Unmarshal(res.Modal, &modal); err != nil || modal.Title != "Ask" || modal.ID != res.InteractionID {
		t.Fatalf("%s %v", res.Modal, err)
	}
	fill := func(text string) control.ModalRequest {
		return control.ModalRequest{ModalID: modal.ID, User: "ana", Fields: map[string]control.Values{"name": {text}}}
	}
	if _, err := p.c.Modal(ctx, fill(strings.Repeat("x", 11))); fault.CodeOf(err) != fault.Invalid {
		t.Fatal(err)
	}
	if _, err := p.c.Modal(ctx, control.ModalRequest{InteractionID: "1", User: "ana"}); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	got, err := p.c.Modal(ctx, fill("ana"))
	if err != nil || got.Reply["content"] != "hello ana" {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := p.c.Modal(ctx, fill("ana")); fault.CodeOf(err) != fault.Conflict {
		t.Fatal(err)
	}
	for user, want := range map[string]int{"ana": 1, "bruno": 0} {
		m, err := p.c.Look(ctx, discord.Look{Guild: "demo", User: user, Limit: 10})
		if err != nil || len(m) != want {
			t.Errorf("%s sees %d: %v", user, len(m), err)
		}
	}
	if _, err := p.c.Send(ctx, control.SendRequest{Line: "/ask", User: "ana", Bot: "atril"}); err != nil {
		t.Fatalf("in the direct channel: %v", err)
	}
	ac, err := p.c.Send(ctx, control.SendRequest{Line: "/ask what:oc", Guild: "demo", User: "ana", Focused: "what"})
	if err != nil || len(ac.Choices) != 1 || ac.Choices[0].Name != "You typed oc" {
		t.Fatalf("%+v %v", ac, err)
	}
}

// A field is a text or a list, as the page sends it.
func TestFieldsOfAModal(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`"a"`: "[a]", `["a","b"]`: "[a b]", `[]`: "[]", `5`: "", `{"a":1}`: "", `[1]`: ""} {
		var v control.Values
		err := json.Unmarshal([]byte(raw), &v)
		if (err == nil) != (want != "") || err == nil && fmt.Sprint(v) != want {
			t.Errorf("%s: %v %v", raw, v, err)
		}
	}
}

func TestInviteAndDirectMessages(t *testing.T) {
	p := open(t)
	ctx := t.Context()
	if err := p.c.Invite(ctx, "atril-4", "demo"); err != nil {
		t.Fatal(err)
	}
	if err := p.c.Invite(ctx, "atril-4", "demo"); fault.CodeOf(err) != fault.Conflict {
		t.Fatal(err)
	}
	if err := p.c.RefuseDMs(ctx, "ana", true); err != nil {
		t.Fatal(err)
	}
	if err := p.c.RefuseDMs(ctx, "zoe", true); fault.CodeOf(err) != fault.NotFound {
		t.Fatal(err)
	}
	w, err := p.c.World(ctx)
	if err != nil || !w.Users[0].NoDMs || !strings.Contains(strings.Join(w.Guilds[0].Members, " "), "atril-4") {
		t.Fatalf("%+v %v", w, err)
	}
	if m, err := p.c.Look(ctx, discord.Look{User: "bruno", Channel: "atril"}); err != nil || len(m) != 0 {
		t.Fatal(m, err)
	}
	if w, err := p.c.World(ctx); err != nil || len(w.DMs) != 1 {
		t.Fatalf("%+v %v", w.DMs, err)
	}
}

func TestMediaNeedNoHeader(t *testing.T) {
	p := open(t)
	for name, tc := range map[string]struct {
		path, host string
		status     int
		body       string
	}{
		"audio":             {"/audio/sim:ocean-1", "", 200, "wav of sim:ocean-1"},
		"no artwork here":   {"/artwork/x", "", 404, "not_found"},
		"from another host": {"/audio/x", "evil.example", 403, "denied"},
		"the rest needs it": {"/world", "", 403, "denied"},
		"the stream too":    {"/stream", "", 403, "denied"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+control.Prefix+tc.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if tc.host != "" {
			req.Host = tc.host
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != tc.status || !strings.Contains(string(raw), tc.body) {
			t.Errorf("%s: %d %s", name, res.StatusCode, raw)
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

const patience = 30 * time.Second
