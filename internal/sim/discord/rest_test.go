package discord_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestRESTAnswers(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	app, general, guild := f.bot.ApplicationID, f.channel("general"), f.guild.ID
	for _, tc := range []struct {
		method, path, body string
		status, code       int
	}{
		{"GET", "/gateway", "", 200, 0},
		{"GET", "/gateway/bot", "", 200, 0},
		{"GET", "/users/@me", "", 200, 0},
		{"GET", "/users/@me/guilds", "", 200, 0},
		{"GET", "/users/1", "", 404, 10013},
		{"GET", "/applications/@me", "", 200, 0},
		{"GET", "/oauth2/applications/@me", "", 200, 0},
		{"GET", "/guilds/" + guild, "", 200, 0},
		{"GET", "/guilds/1", "", 404, 10004},
		{"GET", "/guilds/" + guild + "/roles", "", 200, 0},
		{"GET", "/guilds/" + guild + "/channels", "", 200, 0},
		{"GET", "/guilds/" + guild + "/members?limit=2", "", 200, 0},
		{"GET", "/guilds/" + guild + "/members?limit=0", "", 400, 50035},
		{"GET", "/guilds/" + guild + "/members/" + app, "", 200, 0},
		{"GET", "/guilds/" + guild + "/members/1", "", 404, 10007},
		{"GET", "/guilds/" + guild + "/voice-states/@me", "", 404, 10065},
		{"PATCH", "/guilds/" + guild + "/voice-states/@me", `{"suppress":false}`, 404, 10065},
		{"PATCH", "/guilds/" + guild + "/voice-states/@me", `{"suppress":1}`, 400, 50035},
		{"GET", "/channels/" + general, "", 200, 0},
		{"GET", "/channels/1", "", 404, 10003},
		{"PUT", "/channels/" + f.channel("music") + "/voice-status", `{"status":"Ocean"}`, 204, 0},
		{"PUT", "/channels/" + f.channel("music") + "/voice-status", `{"status":"` + strings.Repeat("x", 501) + `"}`, 400, 50035},
		{"PUT", "/channels/" + general + "/voice-status", `{"status":""}`, 400, 50024},
		{"GET", "/channels/" + general + "/messages?limit=101", "", 400, 50035},
		{"GET", "/channels/" + general + "/messages/1", "", 404, 10008},
		{"GET", "/applications/1/commands", "", 403, 20012},
		{"GET", "/applications/" + app + "/guilds/1/commands", "", 403, 50001},
		{"GET", "/applications/" + app + "/commands/1", "", 404, 10063},
		{"POST", "/channels/" + general + "/messages", `{`, 400, 50109},
		{"POST", "/channels/" + general + "/messages", `{} {}`, 400, 50109},
		{"POST", "/channels/" + general + "/messages", `[]`, 400, 50035},
		{"POST", "/interactions/1/x/callback", `{"type":4}`, 404, 10062},
		{"PATCH", "/webhooks/" + app + "/x/messages/@original", `{"content":"x"}`, 404, 10015},
		{"GET", "/nothing", "", 404, 0},
		{"DELETE", "/gateway", "", 404, 0},
	} {
		var body any
		if tc.body != "" {
			body = tc.body
		}
		a := f.call(tc.method, tc.path, body)
		if a.status != tc.status || a.code() != tc.code {
			t.Errorf("%s %s %s: %d %v", tc.method, tc.path, tc.body, a.status, a.body)
		}
		if a.header.Get("Via") == "" {
			t.Errorf("%s %s has no Via", tc.method, tc.path)
		}
	}
	for _, auth := range []string{"", "Bot nonsense", f.bot.Token, "Bearer " + f.bot.Token} {
		if a := f.callAs(auth, "GET", "/users/@me", nil); a.status != 401 || a.body["message"] != "401: Unauthorized" {
			t.Errorf("%q: %d %v", auth, a.status, a.body)
		}
	}
	if a := f.call("POST", "/channels/"+general+"/messages", `{"content":"`+strings.Repeat("x", 1<<20)+`"}`); a.status != 413 {
		t.Errorf("a body of more than 1 MiB: %d", a.status)
	}
}

// paths lists where a tree of errors has entries.
func paths(v any, at string) []string {
	m, _ := v.(obj)
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if k == "_errors" {
			out = append(out, at+"="+m[k].([]any)[0].(obj)["code"].(string))
		} else {
			out = append(out, paths(m[k], strings.TrimPrefix(at+"."+k, "."))...)
		}
	}
	return out
}

func TestMessageValidation(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	long := func(n int) string { return strings.Repeat("é", n) }
	button := obj{"type": 2, "style": 1, "label": "x", "custom_id": "a"}
	row := func(cs ...any) obj { return obj{"type": 1, "components": cs} }
	embeds := func(n, size int) (out []obj) {
		for range n {
			out = append(out, obj{"description": long(size)})
		}
		return out
	}
	for name, tc := range map[string]struct {
		body obj
		want string // "" is accepted, a number is a code, otherwise a path
	}{
		"text":                     {obj{"content": "hello"}, ""},
		"2000 characters":          {obj{"content": long(2000)}, ""},
		"2001 characters":          {obj{"content": long(2001)}, "content=BASE_TYPE_MAX_LENGTH"},
		"nothing":                  {obj{}, "50006"},
		"content of another type":  {obj{"content": 5}, "content=STRING_TYPE_CONVERT"},
		"unknown field":            {obj{"content": "x", "colour": 1}, "colour=UNKNOWN_FIELD"},
		"10 embeds":                {obj{"embeds": embeds(10, 600)}, ""},
		"11 embeds":                {obj{"embeds": embeds(11, 1)}, "embeds=BASE_TYPE_BAD_LENGTH"},
		"6001 characters":          {obj{"embeds": append(embeds(2, 3000), obj{"title": "x"})}, "embeds=MAX_EMBED_SIZE_EXCEEDED"},
		"embed title":              {obj{"embeds": []obj{{"title": long(257)}}}, "embeds.0.title=BASE_TYPE_MAX_LENGTH"},
		"embed field without name": {obj{"embeds": []obj{{"fields": []obj{{"value": "x"}}}}}, "embeds.0.fields.0.name=BASE_TYPE_REQUIRED"},
		"embed color":              {obj{"embeds": []obj{{"color": 1 << 24}}}, "embeds.0.color=NUMBER_TYPE_MAX"},
		"embed url":                {obj{"embeds": []obj{{"url": "javascript:x"}}}, "embeds.0.url=URL_TYPE_INVALID_SCHEME"},
		"embed time":               {obj{"embeds": []obj{{"timestamp": "today"}}}, "embeds.0.timestamp=DATE_TIME_TYPE_PARSE"},
		"a button":                 {obj{"components": []obj{row(button)}}, ""},
		"five rows":                {obj{"components": rows(5, 5)}, ""},
		"six rows":                 {obj{"components": rows(6, 1)}, "components=BASE_TYPE_BAD_LENGTH"},
		"six buttons":              {obj{"components": rows(1, 6)}, "components.0.components=BASE_TYPE_BAD_LENGTH"},
		"a button without a row":   {obj{"components": []any{button}}, "components.0.components=BASE_TYPE_REQUIRED"},
		"the same id twice":        {obj{"components": []obj{row(button), row(button)}}, "components=COMPONENT_CUSTOM_ID_DUPLICATED"},
		"a button without an id":   {obj{"components": []obj{row(obj{"type": 2, "style": 1, "label": "x"})}}, "components.0.components.0.custom_id=BASE_TYPE_REQUIRED"},
		"a link without a url":     {obj{"components": []obj{row(obj{"type": 2, "style": 5, "label": "x"})}}, "components.0.components.0.url=BASE_TYPE_REQUIRED"},
		"a menu beside a button":   {obj{"components": []obj{row(button, menu())}}, "components.0.components=COMPONENT_LAYOUT_WIDTH_EXCEEDED"},
		"a menu":                   {obj{"components": []obj{row(menu())}}, ""},
		"text display without V2":  {obj{"components": []obj{{"type": 10, "content": "x"}}}, "components.0.components=BASE_TYPE_REQUIRED"},
		"a container of V2": {obj{"flags": 1 << 15, "components": []obj{{"type": 17, "components": []obj{
			{"type": 10, "content": "x"}, {"type": 14}, {"type": 9, "components": []obj{{"type": 10, "content": "y"}}, "accessory": button}, row(menu()),
		}}}}, ""},
		"ephemeral in a channel":  {obj{"content": "x", "flags": 64}, "flags=BITFIELD_TYPE_CONVERT"},
		"mentions, both ways":     {obj{"content": "x", "allowed_mentions": obj{"parse": []string{"users"}, "users": []string{"1"}}}, "allowed_mentions=MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"},
		"mentions of what is not": {obj{"content": "x", "allowed_mentions": obj{"parse": []string{"all"}}}, "allowed_mentions.parse.0=BASE_TYPE_CHOICES"},
		"nonce too long":          {obj{"content": "x", "nonce": long(26)}, "nonce=BASE_TYPE_MAX_LENGTH"},
		"reply to nothing":        {obj{"content": "x", "message_reference": obj{"message_id": "1"}}, "message_reference=REPLIES_UNKNOWN_MESSAGE"},
	} {
		t.Run(name, func(t *testing.T) {
			a := f.call("POST", "/channels/"+f.channel("general")+"/messages", tc.body)
			got := ""
			switch p := paths(a.body["errors"], ""); {
			case len(p) > 0:
				got = p[0]
			case a.status != 200:
				got = fmt.Sprint(a.code())
			}
			if got != tc.want || tc.want != "" && a.status != 400 {
				t.Fatalf("%d %q, want %q: %v", a.status, got, tc.want, a.body)
			}
		})
	}
}

func rows(n, buttons int) (out []obj) {
	for i := range n {
		var bs []obj
		for j := range buttons {
			bs = append(bs, obj{"type": 2, "style": 1, "label": "x", "custom_id": fmt.Sprint(i, j)})
		}
		out = append(out, obj{"type": 1, "components": bs})
	}
	return out
}

func menu() obj {
	return obj{"type": 3, "custom_id": "menu", "placeholder": "Choose", "options": []obj{{"label": "A", "value": "a"}, {"label": "B", "value": "b"}}}
}

func TestMessageLife(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	c := f.login()
	base := "/channels/" + f.channel("general") + "/messages"
	ana := f.user("ana")
	text := "hi <@" + ana + "> @everyone"
	a := f.call("POST", base, obj{"content": text, "nonce": "n1", "enforce_nonce": true, "allowed_mentions": obj{"parse": []string{}}})
	if a.status != 200 || len(a.body["mentions"].([]any)) != 0 || a.body["mention_everyone"] != false {
		t.Fatalf("%v", a.body)
	}
	id := a.body["id"].(string)
	if again := f.call("POST", base, obj{"content": "other", "nonce": "n1", "enforce_nonce": true}); again.body["id"] != id {
		t.Fatal("the same nonce must give the same message")
	}
	if m := c.until("MESSAGE_CREATE").data(t); m["id"] != id || m["content"] != text {
		t.Fatalf("event %v", m)
	}
	if b := f.call("POST", base, obj{"content": text}); len(b.body["mentions"].([]any)) != 1 {
		t.Fatal("without allowed_mentions everybody is mentioned")
	}
	e := f.call("PATCH", base+"/"+id, obj{"content": "edited", "components": []obj{{"type": 1, "components": []obj{menu()}}}})
	if e.status != 200 || e.body["edited_timestamp"] == nil {
		t.Fatalf("%v", e.body)
	}
	if m := c.until("MESSAGE_UPDATE").data(t); m["content"] != "edited" {
		t.Fatalf("event %v", m)
	}
	if l := f.call("GET", base+"?limit=1&before="+f.call("GET", base, nil).list[0].(obj)["id"].(string), nil).list; len(l) != 1 || l[0].(obj)["id"] != id {
		t.Fatalf("list %v", l)
	}
	if d := f.call("DELETE", base+"/"+id, nil); d.status != 204 {
		t.Fatal(d.status)
	}
	if m := c.until("MESSAGE_DELETE").data(t); m["id"] != id {
		t.Fatalf("event %v", m)
	}
	if err := f.w.SetOverwrite("demo", "general", "atril", 0, discord.PermSendMessages); err != nil {
		t.Fatal(err)
	}
	if a := f.call("POST", base, obj{"content": "x"}); a.code() != 50013 {
		t.Fatalf("%v", a.body)
	}
}

func TestRateLimits(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock})
	path := "/channels/" + f.channel("general") + "/messages"
	for i := range 5 {
		a := f.call("POST", path, obj{"content": "x"})
		if a.status != 200 || a.header.Get("X-RateLimit-Remaining") != fmt.Sprint(4-i) || a.header.Get("X-RateLimit-Limit") != "5" || a.header.Get("X-RateLimit-Bucket") == "" {
			t.Fatalf("%d: %d %v", i, a.status, a.header)
		}
	}
	clock.Advance(4500 * time.Millisecond)
	a := f.call("POST", path, obj{"content": "x"})
	if a.status != 429 || a.header.Get("Retry-After") != "1" || a.body["retry_after"] != 0.5 || a.body["global"] != false || a.header.Get("X-RateLimit-Scope") != "user" {
		t.Fatalf("%d %v %v", a.status, a.header, a.body)
	}
	clock.Advance(500 * time.Millisecond)
	if a := f.call("POST", path, obj{"content": "x"}); a.status != 200 {
		t.Fatalf("after the reset: %d", a.status)
	}
	var last answer
	for range 60 {
		if last = f.call("GET", "/guilds/"+f.guild.ID, nil); last.body["global"] == true {
			break
		}
	}
	if last.status != 429 || last.header.Get("X-RateLimit-Global") != "true" || last.header.Get("Via") == "" {
		t.Fatalf("50 a second are the limit of all routes: %d %v", last.status, last.body)
	}
	if a := f.call("POST", "/interactions/1/x/callback", obj{"type": 4}); a.status != 404 {
		t.Fatalf("interaction endpoints are exempt: %d", a.status)
	}
	for _, v := range f.w.Violations() {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(raw), "/x/") {
			t.Fatalf("the journal must not keep tokens: %s", raw)
		}
	}
}
