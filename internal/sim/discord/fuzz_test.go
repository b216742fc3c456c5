package discord_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// asked is a bare world and how to ask its REST API without a listener.
type asked struct {
	w    *discord.World
	base string
	auth string
}

func bare(tb testing.TB) *asked {
	tb.Helper()
	w := discord.New(discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	tb.Cleanup(func() { _ = w.Close() })
	v := w.View()
	return &asked{w: w, base: "/channels/" + v.Guilds[0].Channels[0].ID + "/messages", auth: "Bot " + v.Bots[0].Token}
}

func (a *asked) post(tb testing.TB, typ, body string) (int, obj) {
	tb.Helper()
	r := httptest.NewRequestWithContext(tb.Context(), http.MethodPost, "/api/v10"+a.base, strings.NewReader(body))
	r.Header.Set("Authorization", a.auth)
	r.Header.Set("Content-Type", typ)
	rec := httptest.NewRecorder()
	a.w.Handler().ServeHTTP(rec, r)
	var out obj
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		tb.Fatalf("%q is answered with %q: %v", body, rec.Body, err)
	}
	return rec.Code, out
}

// judge says that a body was either taken and keeps the limits, or refused in
// Discord's form.
func judge(t *testing.T, body string, status int, out obj) {
	t.Helper()
	switch status {
	case http.StatusOK:
		if s, _ := out["content"].(string); len([]rune(s)) > 2000 {
			t.Fatalf("%q: %d characters were taken", body, len([]rune(s)))
		}
		for field, most := range map[string]int{"embeds": 10, "components": 40, "attachments": 10} {
			if l, ok := out[field].([]any); !ok || len(l) > most {
				t.Fatalf("%q: %s are %v", body, field, out[field])
			}
		}
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		if code, _ := out["code"].(float64); code == 0 && out["message"] == "" {
			t.Fatalf("%q: refused without a reason: %v", body, out)
		}
	default:
		t.Fatalf("%q: %d %v", body, status, out)
	}
}

// Whatever is sent as a message is taken or refused; nothing breaks.
func FuzzMessage(f *testing.F) {
	for _, s := range []string{
		`{"content":"x"}`, `{"embeds":[{"title":"x","fields":[{"name":"n","value":"v"}]}]}`, `[]`, `null`, `5`, `{"components":null}`,
		`{"content":"x","components":[{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"a"}]}]}`,
		`{"content":"x","components":[{"type":1,"components":[{"type":3,"custom_id":"a","options":[{"label":"l","value":"v"}],"max_values":9}]}]}`,
		`{"flags":32768,"components":[{"type":17,"components":[{"type":9,"components":[{"type":10,"content":"t"}],"accessory":{"type":11,"media":{"url":"https://x.example"}}}]}]}`,
		`{"content":"x","attachments":[{"id":0}]}`, `{"content":"x","attachments":[{"id":"0"}],"nonce":1e400}`, `{"flags":-1,"content":"x"}`,
		`{"content":"<@1> @everyone","allowed_mentions":{"parse":["users"],"users":["1"]}}`, `{"message_reference":{"message_id":1},"content":"x"}`,
		`{"components":[{"type":1e0,"components":[{}]}],"content":""}`, `{"content":"x","components":[null,5,[],{"type":{}}]}`,
	} {
		f.Add(s)
	}
	a := bare(f)
	f.Fuzz(func(t *testing.T, body string) {
		if strings.TrimSpace(body) == "" {
			t.Skip("an empty body is an empty message")
		}
		status, out := a.post(t, "application/json", body)
		judge(t, body, status, out)
	})
}

func FuzzMultipart(f *testing.F) {
	part := func(field, more, data string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + field + "\"" + more + "\r\n\r\n" + data + "\r\n"
	}
	for _, s := range []string{
		part("payload_json", "", `{"content":"x"}`) + "--b--\r\n",
		part("payload_json", "", `{"attachments":[{"id":0}]}`) + part("files[0]", `; filename="a.txt"`, "data") + "--b--\r\n",
		part("files[0]", `; filename="../../a b.txt"`, "") + "--b--\r\n",
		part("files[0]", "", "no name") + "--b--\r\n", part("files[", `; filename="a"`, "") + "--b--\r\n",
		"--b--\r\n", "--b\r\n", "", "\r\n--b\r\nContent-Type: x\r\n\r\n", part("payload_json", "", "{") + "--b--",
	} {
		f.Add(s)
	}
	a := bare(f)
	f.Fuzz(func(t *testing.T, body string) {
		status, out := a.post(t, "multipart/form-data; boundary=b", body)
		judge(t, body, status, out)
		files, _ := out["attachments"].([]any)
		for _, x := range files {
			if name, _ := x.(obj)["filename"].(string); name == "" || strings.ContainsAny(name, "/\\\" ") || strings.HasPrefix(name, ".") {
				t.Fatalf("%q: a file is named %q", body, name)
			}
		}
	})
}
