package render_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
	"github.com/atrilhq/platform/internal/i18n"
	sim "github.com/atrilhq/platform/internal/sim/discord"
)

// peer is the simulated Discord, which checks what it is sent as the real one does.
type peer struct {
	world   *sim.World
	bot     sim.BotView
	channel string
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	w := sim.New(sim.Options{NoRouteLimits: true, GlobalLimit: -1})
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	v := w.View()
	p := &peer{world: w, bot: v.Bots[0]}
	for _, c := range v.Guilds[0].Channels {
		if c.Type == int(discord.ChannelTypeGuildText) {
			p.channel = c.ID
			return p
		}
	}
	t.Fatal("the demo world has no text channel")
	return nil
}

// call sends a request and returns what came back.
func (p *peer) call(t *testing.T, method, path string, body any) (int, []byte) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(method, "/api/v10"+path, bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bot "+p.bot.Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "DiscordBot (https://atril.example, 1)")
	rec := httptest.NewRecorder()
	p.world.Handler().ServeHTTP(rec, r)
	return rec.Code, rec.Body.Bytes()
}

func TestAnHonestPeerTakesEveryMessage(t *testing.T) {
	d := newPeer(t)
	for _, locale := range languages {
		p := printer(t, locale)
		all := map[string]render.Message{
			"help": render.Help(p), "a search": render.Search(p, "ocean", []music.Track{*ocean(), *radio()}),
			"bots": render.Bots(p, *pool(), invite), "a grab": render.Grab(p, *now()), "a closed grab": render.GrabClosed(p, *now()),
		}
		for name, a := range answers() {
			all["the answer "+name] = render.Answer(p, a)
		}
		for name, r := range refusals(t) {
			all["the refusal "+name] = render.Refusal(p, &r)
		}
		for name, v := range panels() {
			all["the panel "+name] = render.Panel(p, v, noon)
		}
		for name, m := range all {
			m.Ephemeral = false // messages of a channel cannot be
			code, body := d.call(t, http.MethodPost, "/channels/"+d.channel+"/messages", m.Create())
			if code != http.StatusOK {
				t.Errorf("%s: %s is refused with %d: %s", locale, name, code, body)
				continue
			}
			var sent struct {
				ID         string            `json:"id"`
				Components []json.RawMessage `json:"components"`
			}
			if err := json.Unmarshal(body, &sent); err != nil || len(sent.Components) != len(m.Components) {
				t.Errorf("%s: %s has %d rows of %d, %v", locale, name, len(sent.Components), len(m.Components), err)
			}
			path := "/channels/" + d.channel + "/messages/" + sent.ID
			if code, body := d.call(t, http.MethodPatch, path, m.Update()); code != http.StatusOK {
				t.Errorf("%s: an edit to %s is refused with %d: %s", locale, name, code, body)
			}
		}
	}
}

func TestAnHonestPeerTakesTheCommands(t *testing.T) {
	d := newPeer(t)
	b, err := i18n.New()
	if err != nil {
		t.Fatal(err)
	}
	code, body := d.call(t, http.MethodPut, "/applications/"+d.bot.ApplicationID+"/commands", command.Register(b))
	var all []json.RawMessage
	if err := json.Unmarshal(body, &all); err != nil || code != http.StatusOK || len(all) != len(command.Register(b)) {
		t.Fatalf("refused with %d: %s", code, body)
	}
}
