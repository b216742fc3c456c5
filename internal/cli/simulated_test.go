package cli_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// post lets the simulated world's bot write a message, by REST as a bot does.
func post(t *testing.T, world *discord.World, body string) string {
	t.Helper()
	v := world.View()
	var channel string
	for _, g := range v.Guilds {
		for _, c := range g.Channels {
			if g.Name == "demo" && c.Name == "general" {
				channel = c.ID
			}
		}
	}
	req := httptest.NewRequest(http.MethodPost, "/api/v10/channels/"+channel+"/messages", strings.NewReader(body))
	req.Header.Set("Authorization", "Bot "+v.Bots[0].Token)
	req.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	world.Handler().ServeHTTP(rec, req)
	var m struct{ ID string }
	if err := json.Unmarshal(rec.Body.Bytes(), &m); err != nil || rec.Code != 200 || m.ID == "" {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	return m.ID
}

// The commands speak to the simulators' own handler, so the wire between them
// cannot drift apart.
func TestSimulatedDiscord(t *testing.T) {
	world := discord.New(discord.Options{})
	defer func() { _ = world.Close() }()
	api := httptest.NewServer(control.Handler(control.Deps{World: world}))
	defer api.Close()
	dir, err := os.MkdirTemp("", "sim")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	env := []string{"PLATFORM_SOCKET=" + daemon(t, newBackend(api.URL), dir, "s.sock")}

	first := post(t, world, `{"content":"Now playing **Ocean**","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Skip","custom_id":"mp:skip"},{"type":2,"style":1,"label":"Off","custom_id":"off","disabled":true}]}]}`)
	post(t, world, `{"embeds":[{"title":"Queue","description":"one\ntwo","footer":{"text":"2 tracks"}}]}`)

	code, out, talk := run(t.Context(), t, env, "sandbox", "messages")
	want := "atril  Now playing **Ocean**\n       [Skip] [Off (off)]\n\natril  | Queue\n       | one\n       | two\n       | 2 tracks\n"
	if code != 0 || out != want {
		t.Errorf("%d %s\n%q, want\n%q", code, talk, out, want)
	}
	if code, out, _ = run(t.Context(), t, env, "sandbox", "messages", "-o", "name", "--limit", "2"); code != 0 || !strings.HasPrefix(out, first+"\n") {
		t.Errorf("%d %q", code, out)
	}
	if code, out, _ = run(t.Context(), t, env, "sandbox", "messages", "-o", "jsonl"); code != 0 || strings.Count(out, `"content":`) != 2 {
		t.Errorf("%d %q", code, out)
	}
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		// No bot listens, so what is sent is never answered.
		{[]string{"click", "mp:skip", "--wait", "50ms"}, 8, "no answer came in time"},
		{[]string{"click", "skip", "--wait", "50ms", "--message", first}, 8, "no answer came in time"},
		{[]string{"click", "off"}, 6, "disabled"},
		{[]string{"click", "nothing"}, 3, "known: Skip, Off"},
		{[]string{"click", "skip", "--user", "eve"}, 3, "eve"},
		{[]string{"click", "skip", "--guild", "nowhere"}, 3, "nowhere"},
		{[]string{"messages", "--channel", "nowhere"}, 3, "nowhere"},
		{[]string{"send", `/play query:"ocean`}, 2, ""},
		{[]string{"voice", "join", "music", "--user", "bruno"}, 0, "bruno join music"},
	} {
		code, _, talk := run(t.Context(), t, env, append([]string{"sandbox"}, c.args...)...)
		if code != c.code || !strings.Contains(talk, c.want) {
			t.Errorf("%q: %d, want %d: %s", c.args, code, c.code, talk)
		}
	}
	inVoice := false
	for _, u := range world.View().Users {
		inVoice = inVoice || u.Name == "bruno" && len(u.Voice) == 1
	}
	if !inVoice {
		t.Error("bruno is not in voice")
	}
	if code, _, _ := run(t.Context(), t, env, "sandbox", "reset", "-o", "json"); code != 0 {
		t.Errorf("reset: %d", code)
	}
	if code, out, _ := run(t.Context(), t, env, "sandbox", "messages", "-o", "json"); code != 0 || out != "[]\n" {
		t.Errorf("after the reset: %d %q", code, out)
	}
}
