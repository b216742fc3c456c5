package page_test

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/sandbox/page"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

type obj = map[string]any

// stage is a simulated Discord with a bot that knows every kind of answer, and
// the page in front of it.
type stage struct {
	t     *testing.T
	world *discord.World
	api   string
	front string
	// finish lets the bot end an answer that it deferred.
	finish chan struct{}
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, world: discord.New(discord.Options{NoRouteLimits: true}), finish: make(chan struct{}, 1)}
	mux := http.NewServeMux()
	mux.Handle("/", s.world.Handler())
	mux.Handle(control.Prefix+"/", control.Handler(control.Deps{World: s.world}))
	back := httptest.NewServer(mux)
	s.api = back.URL
	s.world.SetBaseURL(back.URL)
	front := httptest.NewServer(handler(t, back.URL))
	s.front = front.URL + page.Path
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); s.bot(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := s.world.Close(); err != nil {
			t.Error(err)
		}
		<-done
		front.CloseClientConnections()
		front.Close()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		back.Close()
	})
	for end := time.Now().Add(30 * time.Second); s.world.View().Bots[0].Connected == 0; {
		if time.Now().After(end) {
			t.Fatal("the bot does not connect")
		}
		<-time.After(5 * time.Millisecond)
	}
	return s
}

func (s *stage) rest(method, path string, body any) {
	raw, err := json.Marshal(body)
	if err != nil {
		s.t.Error(err)
		return
	}
	req, err := http.NewRequestWithContext(context.Background(), method, s.api+"/api/v10"+path, strings.NewReader(string(raw)))
	if err != nil {
		s.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bot "+s.world.View().Bots[0].Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Error(err)
		return
	}
	_ = res.Body.Close()
	if res.StatusCode >= 300 {
		s.t.Errorf("%s %s: %d", method, path, res.StatusCode)
	}
}

var said = []obj{
	{"name": "show", "description": "Show everything", "description_localizations": obj{"es-ES": "Muestra todo"}},
	{"name": "whisper", "description": "Only for you"},
	{"name": "slow", "description": "Takes its time"},
	{"name": "ask", "description": "Ask back"},
	{"name": "find", "description": "Find a thing", "options": []obj{
		{"type": 3, "name": "what", "description": "What to find", "required": true, "autocomplete": true},
		{"type": 4, "name": "count", "description": "How many", "min_value": 1, "max_value": 9},
		{"type": 3, "name": "mode", "description": "How", "choices": []obj{{"name": "Fast", "value": "f"}, {"name": "Careful", "value": "c"}}},
	}},
	{"name": "silent", "description": "Never answers"},
	{"name": "set", "description": "Settings", "options": []obj{{"type": 1, "name": "language", "description": "Choose a language"}}},
}

// panel has every kind of component and much of markdown.
func panel() obj {
	button := func(style int, label string, more obj) obj {
		o := obj{"type": 2, "style": style, "label": label, "custom_id": "b-" + label}
		maps.Copy(o, more)
		return o
	}
	return obj{
		"content": "# Head\n**bold** *slant* `code` [site](https://example.org/x) <@" + "0" + "> <t:1700000000:R> ~~gone~~ a_b_c <b>not html</b>",
		"embeds":  []obj{{"title": "An embed", "description": "with *words*", "color": 0x2E9E6B, "fields": []obj{{"name": "Key", "value": "Value", "inline": true}}, "footer": obj{"text": "the foot"}}},
		"components": []obj{
			{"type": 1, "components": []obj{button(1, "One", nil), button(2, "Two", nil), button(3, "Three", nil), button(4, "Four", nil), button(2, "Off", obj{"disabled": true})}},
			{"type": 1, "components": []obj{{"type": 2, "style": 5, "label": "Out", "url": "https://example.org/"}, button(2, "Form", obj{"custom_id": "form"})}},
			{"type": 1, "components": []obj{{"type": 3, "custom_id": "one", "placeholder": "Pick one", "options": []obj{{"label": "Red", "value": "r"}, {"label": "Blue", "value": "b", "description": "as the sea"}}}}},
			{"type": 1, "components": []obj{{"type": 3, "custom_id": "many", "placeholder": "Pick some", "min_values": 1, "max_values": 2, "options": []obj{{"label": "Left", "value": "l"}, {"label": "Right", "value": "r"}, {"label": "Up", "value": "u"}}}}},
			{"type": 1, "components": []obj{{"type": 5, "custom_id": "who", "placeholder": "Pick somebody"}}},
		},
	}
}

var form = obj{"custom_id": "the-form", "title": "Tell me", "components": []obj{
	{"type": 1, "components": []obj{{"type": 4, "custom_id": "name", "label": "Your name", "style": 1, "min_length": 2, "max_length": 20}}},
	{"type": 1, "components": []obj{{"type": 4, "custom_id": "story", "label": "Your story", "style": 2, "required": false}}},
}}

// bot answers interactions until ctx ends.
func (s *stage) bot(ctx context.Context) {
	b := s.world.View().Bots[0]
	s.rest("PUT", "/applications/"+b.ApplicationID+"/commands", said)
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, s.world.View().GatewayURL+"?v=10&encoding=json", nil)
	if err != nil {
		s.t.Error(err)
		return
	}
	_ = res.Body.Close()
	defer func() { _ = ws.Close() }()
	_ = ws.WriteJSON(obj{"op": 2, "d": obj{"token": b.Token, "intents": 1<<0 | 1<<7, "properties": obj{}}})
	for {
		var m struct {
			T string          `json:"t"`
			D json.RawMessage `json:"d"`
		}
		if err := ws.ReadJSON(&m); err != nil {
			return
		}
		var in interaction
		if m.T == "INTERACTION_CREATE" && json.Unmarshal(m.D, &in) == nil {
			s.answer(ctx, in)
		}
	}
}

type interaction struct {
	ID, Token string
	Type      int
	Data      struct {
		Name     string   `json:"name"`
		CustomID string   `json:"custom_id"`
		Values   []string `json:"values"`
		Options  []struct {
			Name    string `json:"name"`
			Value   any    `json:"value"`
			Focused bool   `json:"focused"`
		} `json:"options"`
		Components []struct {
			Components []struct {
				CustomID string `json:"custom_id"`
				Value    string `json:"value"`
			} `json:"components"`
		} `json:"components"`
	}
}

func (s *stage) answer(ctx context.Context, in interaction) {
	callback := func(typ int, data any) {
		s.rest("POST", "/interactions/"+in.ID+"/"+in.Token+"/callback", obj{"type": typ, "data": data})
	}
	switch {
	case in.Type == 4:
		typed, _ := in.Data.Options[0].Value.(string)
		callback(8, obj{"choices": []obj{{"name": typed + " the first", "value": "id-1"}, {"name": typed + " the second", "value": "id-2"}}})
	case in.Type == 5:
		callback(4, obj{"content": "You are " + in.Data.Components[0].Components[0].Value})
	case in.Data.CustomID == "form", in.Data.Name == "ask":
		callback(9, form)
	case in.Type == 3:
		p := panel()
		p["content"] = "pressed " + in.Data.CustomID + " " + strings.Join(in.Data.Values, "+")
		callback(7, p)
	case in.Data.Name == "show":
		callback(4, panel())
	case in.Data.Name == "whisper":
		callback(4, obj{"content": "psst", "flags": 64})
	case in.Data.Name == "slow":
		callback(5, obj{})
		select {
		case <-s.finish:
			s.rest("PATCH", "/webhooks/"+s.world.View().Bots[0].ApplicationID+"/"+in.Token+"/messages/@original", obj{"content": "at last"})
		case <-ctx.Done():
		}
	case in.Data.Name == "find":
		raw, err := json.Marshal(in.Data.Options)
		if err != nil {
			s.t.Error(err)
		}
		callback(4, obj{"content": "found " + string(raw)})
	}
}
