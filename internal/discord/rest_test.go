package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	disgo "github.com/disgoorg/disgo/discord"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// reply is one answer of the API of a test.
type reply struct {
	status  int
	body    string
	headers map[string]string
}

type asked struct {
	method, path, auth string
	body               map[string]any
}

// api answers with replies in order, the last one again and again.
type api struct {
	mu      sync.Mutex
	replies []reply
	asked   []asked
	url     string
}

func newAPI(t *testing.T, replies ...reply) (*api, *discord.REST) {
	t.Helper()
	a := &api{replies: replies}
	srv := httptest.NewServer(http.HandlerFunc(a.serve))
	a.url = srv.URL
	r, err := discord.NewREST(discord.RESTOptions{Token: secret.New(token), URL: srv.URL + "/"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); srv.Close() })
	return a, r
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	raw, _ := io.ReadAll(r.Body)
	q := asked{method: r.Method, path: r.URL.RequestURI(), auth: r.Header.Get("Authorization")}
	_ = json.Unmarshal(raw, &q.body)
	a.mu.Lock()
	a.asked = append(a.asked, q)
	rep := a.replies[0]
	if len(a.replies) > 1 {
		a.replies = a.replies[1:]
	}
	a.mu.Unlock()
	if rep.status == 0 {
		panic(http.ErrAbortHandler) // the connection breaks
	}
	w.Header().Set("Via", "1.1 test")
	for k, v := range rep.headers {
		w.Header().Set(k, v)
	}
	w.WriteHeader(rep.status)
	_, _ = io.WriteString(w, rep.body)
}

func (a *api) all() []asked {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]asked(nil), a.asked...)
}

const hookToken = "aW50ZXJhY3Rpb24"

// calls are all calls that send something, by name.
func calls(r *discord.REST) map[string]func(context.Context) error {
	hello := disgo.MessageCreate{Content: "hello @everyone"}
	text := "hello"
	edit := disgo.MessageUpdate{Content: &text}
	return map[string]func(context.Context) error{
		"POST /interactions/5/" + hookToken + "/callback": func(ctx context.Context) error {
			return r.CreateResponse(ctx, "5", secret.New(hookToken), disgo.InteractionResponse{Type: 4, Data: hello})
		},
		"PATCH /webhooks/1000/" + hookToken + "/messages/@original": func(ctx context.Context) error {
			return r.EditOriginal(ctx, botID, secret.New(hookToken), edit)
		},
		"DELETE /webhooks/1000/" + hookToken + "/messages/@original": func(ctx context.Context) error {
			return r.DeleteOriginal(ctx, botID, secret.New(hookToken))
		},
		"POST /webhooks/1000/" + hookToken + "?wait=true": func(ctx context.Context) error {
			_, err := r.Followup(ctx, botID, secret.New(hookToken), hello)
			return err
		},
		"POST /channels/20/messages": func(ctx context.Context) error {
			_, err := r.CreateMessage(ctx, "20", "key", hello)
			return err
		},
		"PATCH /channels/20/messages/9":  func(ctx context.Context) error { return r.EditMessage(ctx, "20", "9", edit) },
		"DELETE /channels/20/messages/9": func(ctx context.Context) error { return r.DeleteMessage(ctx, "20", "9") },
	}
}

func TestWhatIsSent(t *testing.T) {
	a, r := newAPI(t, reply{status: 200, body: `{"id":"77"}`})
	for want, call := range calls(r) {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		all := a.all()
		got := all[len(all)-1]
		if got.method+" "+got.path != want {
			t.Errorf("%s became %s %s", want, got.method, got.path)
		}
		if hook := strings.Contains(want, hookToken); hook == (got.auth == "Bot "+token) {
			t.Errorf("%s was sent with authorization %t", want, got.auth != "")
		}
		if got.method == http.MethodDelete {
			continue
		}
		body := got.body
		if data, ok := body["data"].(map[string]any); ok {
			body = data
		}
		m, _ := body["allowed_mentions"].(map[string]any)
		if parse, ok := m["parse"].([]any); !ok || len(parse) != 0 || m["replied_user"] != false {
			t.Errorf("%s allows the mentions %v", want, body["allowed_mentions"])
		}
	}
}

func TestCreateMessageIsSafeToRepeat(t *testing.T) {
	a, r := newAPI(t, reply{status: 200, body: `{"id":"77"}`})
	for _, key := range []string{"a", "a", "b"} {
		if id, err := r.CreateMessage(t.Context(), "20", key, disgo.MessageCreate{Content: "x"}); err != nil || id != "77" {
			t.Fatalf("it gave %q, %v", id, err)
		}
	}
	got := a.all()
	nonce := func(i int) string { return fmt.Sprint(got[i].body["nonce"]) }
	if nonce(0) != nonce(1) || nonce(0) == nonce(2) || len(nonce(0)) != 25 || got[0].body["enforce_nonce"] != true {
		t.Errorf("the nonces are %s, %s, %s", nonce(0), nonce(1), nonce(2))
	}
	if _, err := r.CreateMessage(t.Context(), "20", "", disgo.MessageCreate{}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("without a key it gave %v", err)
	}
}

func TestErrorsOfDiscord(t *testing.T) {
	body := func(code int) string { return fmt.Sprintf(`{"message":"words of Discord","code":%d}`, code) }
	for name, tc := range map[string]struct {
		reply reply
		want  fault.Code
	}{
		"too late":          {reply{status: 404, body: body(10062)}, fault.NotFound},
		"hook token is old": {reply{status: 401, body: body(50027)}, fault.NotFound},
		"acknowledged":      {reply{status: 400, body: body(40060)}, fault.Conflict},
		"no permission":     {reply{status: 403, body: body(50013)}, fault.Denied},
		"no access":         {reply{status: 403, body: body(50001)}, fault.Denied},
		"wrong token":       {reply{status: 401, body: `{"message":"401: Unauthorized","code":0}`}, fault.Unauthenticated},
		"message gone":      {reply{status: 404, body: body(10008)}, fault.NotFound},
		"channel gone":      {reply{status: 404, body: body(10003)}, fault.NotFound},
		"invalid form":      {reply{status: 400, body: `{"message":"Invalid Form Body","code":50035,"errors":{"content":[1]}}`}, fault.Invalid},
		"edited too often":  {reply{status: 429, body: body(30046)}, fault.Quota},
		"not JSON":          {reply{status: 418, body: `<html>`}, fault.Invalid},
		"too long a wait":   {reply{status: 429, body: body(0), headers: map[string]string{"Retry-After": "3600"}}, fault.Quota},
	} {
		t.Run(name, func(t *testing.T) {
			a, r := newAPI(t, tc.reply)
			err := r.EditMessage(t.Context(), "20", "9", disgo.MessageUpdate{})
			if fault.CodeOf(err) != tc.want {
				t.Errorf("it gave %v", err)
			}
			if n := len(a.all()); n != 1 {
				t.Errorf("it was sent %d times", n)
			}
			if m, _ := fault.Show(err); m == "" || strings.Contains(m, "words of Discord") {
				t.Errorf("it shows %q", m)
			}
		})
	}
}

func TestErrorsHoldNoSecrets(t *testing.T) {
	for name, rep := range map[string]reply{
		"a broken connection": {}, "an answer": {status: 400, body: `{"message":"no","code":1}`}, "no JSON": {status: 200, body: `{`},
	} {
		_, r := newAPI(t, rep)
		for call, f := range calls(r) {
			ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
			err := f(ctx)
			cancel()
			for ; err != nil; err = errors.Unwrap(err) {
				if s := fmt.Sprintf("%v %+v", err, err); strings.Contains(s, hookToken) || strings.Contains(s, token) {
					t.Errorf("%s, %s: %s", name, call, s)
				}
			}
		}
	}
}

func TestRetries(t *testing.T) {
	ok := reply{status: 200, body: `{"id":"77"}`}
	limit := func(after string) reply {
		return reply{status: 429, body: `{}`, headers: map[string]string{"Retry-After": after, "X-RateLimit-Bucket": "b"}}
	}
	cloudflare := reply{status: 429, body: `error code: 1015`, headers: map[string]string{"Retry-After": "0.05", "Via": ""}}
	page := reply{status: 429, body: "<!doctype html><html><title>Error 1015</title></html>", headers: map[string]string{
		"Retry-After": "0.05", "Via": "", "Content-Type": "text/html",
	}}
	scoped := func(scope string) reply {
		r := limit("0.064")
		r.headers["X-RateLimit-Scope"] = scope
		return r
	}
	global := reply{status: 429, body: `{"global":true,"retry_after":0.05}`, headers: map[string]string{
		"Retry-After": "0.05", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global",
	}}
	bare := reply{status: 429, body: `{}`, headers: map[string]string{"X-RateLimit-Reset-After": "0.05"}}
	for name, tc := range map[string]struct {
		first []reply
		once  fault.Code // what a follow-up gives, which must not be repeated blindly
	}{
		"a 5xx":                  {[]reply{{status: 502}}, fault.Unknown},
		"two 5xx":                {[]reply{{status: 500}, {status: 503, body: "<html>"}}, fault.Unknown},
		"a broken connection":    {[]reply{{}}, fault.Unknown},
		"a 429 with a fraction":  {[]reply{limit("0.05")}, ""},
		"two 429":                {[]reply{limit("0.01"), limit("0.02")}, ""},
		"a 429 without a bucket": {[]reply{bare}, ""},
		"a 429 of Cloudflare":    {[]reply{cloudflare}, ""},
		"a page of Cloudflare":   {[]reply{page}, ""},
		"a shared 429":           {[]reply{scoped("shared")}, ""},
		"a 429 of the user":      {[]reply{scoped("user")}, ""},
		"a global 429":           {[]reply{global}, ""},
		"a 429 without a time":   {[]reply{{status: 429, body: `{"retry_after":0.05}`}}, ""},
		"a 520 page":             {[]reply{{status: 520, body: "<html><body>520</body></html>", headers: map[string]string{"Via": ""}}}, fault.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, r := newAPI(t, append(append([]reply{}, tc.first...), ok)...)
			if err := r.EditMessage(t.Context(), "20", "9", disgo.MessageUpdate{}); err != nil || len(a.all()) != len(tc.first)+1 {
				t.Errorf("an edit gave %v after %d requests", err, len(a.all()))
			}
			b, s := newAPI(t, append(append([]reply{}, tc.first...), ok)...)
			_, err := s.Followup(t.Context(), botID, secret.New(hookToken), disgo.MessageCreate{Content: "x"})
			if fault.CodeOf(err) != tc.once {
				t.Errorf("a follow-up gave %v", err)
			}
			if n := len(b.all()); tc.once != "" && n != 1 {
				t.Errorf("a follow-up was sent %d times", n)
			}
		})
	}
}

func TestRetriesEnd(t *testing.T) {
	a, r := newAPI(t, reply{status: 500})
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	from := time.Now()
	err := r.DeleteMessage(ctx, "20", "9")
	if fault.CodeOf(err) != fault.Unavailable || time.Since(from) > 20*time.Second || len(a.all()) < 2 {
		t.Errorf("it gave %v after %s and %d requests", err, time.Since(from), len(a.all()))
	}
	dead, err := discord.NewREST(discord.RESTOptions{Token: secret.New(token), URL: "http://127.0.0.1:1"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if _, err := dead.Followup(ctx, botID, secret.New(hookToken), disgo.MessageCreate{}); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("where nothing was sent, a follow-up gave %v", err)
	}
}

func TestAnAnswerWithoutEndIsGivenUp(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 9 << 4 {
			if _, err := w.Write(make([]byte, 64<<10)); err != nil {
				return
			}
		}
	}))
	defer srv.Close()
	r, err := discord.NewREST(discord.RESTOptions{Token: secret.New(token), URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Check(t.Context()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("it gave %v", err)
	}
}

func TestRESTRefusesBadInput(t *testing.T) {
	a, r := newAPI(t, reply{status: 200, body: `{}`})
	ctx := t.Context()
	for name, err := range map[string]error{
		"an interaction": r.CreateResponse(ctx, "x", secret.New(hookToken), disgo.InteractionResponse{Type: 5}),
		"a path":         r.CreateResponse(ctx, "5", secret.New("../../users/@me"), disgo.InteractionResponse{Type: 5}),
		"a query":        r.EditOriginal(ctx, botID, secret.New("a?b"), disgo.MessageUpdate{}),
		"dots":           r.DeleteOriginal(ctx, botID, secret.New("..")),
		"no token":       r.DeleteOriginal(ctx, botID, secret.Text{}),
		"a type":         r.CreateResponse(ctx, "5", secret.New(hookToken), disgo.InteractionResponse{Type: 1}),
		"a channel":      r.EditMessage(ctx, "general", "9", disgo.MessageUpdate{}),
		"a message":      r.DeleteMessage(ctx, "20", "9/../1"),
		"a guild":        func() error { _, err := r.UserVoiceState(ctx, "0", "7"); return err }(),
		"a user":         func() error { _, err := r.UserVoiceState(ctx, guildID, "-7"); return err }(),
	} {
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s gave %v", name, err)
		}
	}
	if n := len(a.all()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	for name, o := range map[string]discord.RESTOptions{
		"no token": {}, "an address": {Token: secret.New(token), URL: "discord.com"}, "a scheme": {Token: secret.New(token), URL: "ftp://discord.com"},
	} {
		if _, err := discord.NewREST(o); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s gave %v", name, err)
		}
	}
}

func TestReads(t *testing.T) {
	_, r := newAPI(t, reply{status: 200, body: `{"id":"1000","username":"atril"}`}, reply{status: 200, body: `{"id":"1001"}`},
		reply{status: 200, body: `{"url":"wss://g","shards":2,"session_start_limit":{"total":1000,"remaining":999,"reset_after":1500,"max_concurrency":1}}`},
		reply{status: 200, body: `{"user_id":"7","channel_id":"21","suppress":true,"member":{"user":{"id":"7","bot":true}}}`},
		reply{status: 404, body: `{"message":"Unknown Voice State","code":10065}`},
		reply{status: 404, body: `{"message":"Unknown Guild","code":10004}`},
	)
	if a, err := r.Check(t.Context()); err != nil || a != (discord.Account{ID: "1000", Application: "1001", Name: "atril"}) {
		t.Errorf("Check gave %+v, %v", a, err)
	}
	want := discord.StartLimits{URL: "wss://g", Shards: 2, Total: 1000, Remaining: 999, ResetAfter: 1500 * time.Millisecond, Concurrency: 1}
	if l, err := r.StartLimits(t.Context()); err != nil || l != want {
		t.Errorf("StartLimits gave %+v, %v", l, err)
	}
	v, err := r.UserVoiceState(t.Context(), guildID, "7")
	if err != nil || v != (music.VoiceState{User: "7", Channel: "21", Bot: true, Suppressed: true}) {
		t.Errorf("UserVoiceState gave %+v, %v", v, err)
	}
	if v, err := r.UserVoiceState(t.Context(), guildID, "7"); err != nil || v != (music.VoiceState{User: "7"}) {
		t.Errorf("of a user who is not in voice it gave %+v, %v", v, err)
	}
	if _, err := r.UserVoiceState(t.Context(), guildID, "7"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("of an unknown guild it gave %v", err)
	}
}
