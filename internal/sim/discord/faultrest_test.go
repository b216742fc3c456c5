package discord_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
)

// callRaw sends a request as the bot and returns the body as text.
func (f *fixture) callRaw(method, path string) (answer, string) {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.srv.URL+"/api/v10"+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+f.bot.Token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return answer{status: res.StatusCode, header: res.Header}, string(b)
}

func TestRateLimitForms(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args                        args
		scope, global, after        string
		bucket, via, json, isolated bool
	}{
		"route":                    {args{}, "user", "", "2", true, true, true, true},
		"shared":                   {args{"form": "shared"}, "shared", "", "2", true, true, true, true},
		"global":                   {args{"form": "global"}, "global", "true", "2", false, true, true, false},
		"before Discord":           {args{"form": "cloudflare"}, "", "", "2", false, false, false, false},
		"a header with a fraction": {args{"header": "fraction"}, "user", "", "1.25", true, true, true, true},
		"without route limits too": {args{"route": "GET /guilds/{guild}"}, "user", "", "2", true, true, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			f := start(t, discord.Options{Clock: clock, NoRouteLimits: name == "without route limits too"})
			tc.args["retry_after"] = "1.25"
			f.breaks("rest.rate_limit", tc.args)
			path := "/guilds/" + f.guild.ID
			res, body := f.callRaw("GET", path)
			h := res.header
			if res.status != 429 || h.Get("Retry-After") != tc.after || h.Get("X-RateLimit-Scope") != tc.scope || h.Get("X-RateLimit-Global") != tc.global {
				t.Fatalf("%d %v", res.status, h)
			}
			if (h.Get("X-RateLimit-Bucket") != "") != tc.bucket || tc.bucket && (h.Get("X-RateLimit-Remaining") != "0" || h.Get("X-RateLimit-Reset-After") != "1.250") {
				t.Fatalf("bucket %v", h)
			}
			if (h.Get("Via") != "") != tc.via {
				t.Fatalf("via %q", h.Get("Via"))
			}
			if isJSON := strings.Contains(body, `"retry_after":1.25`); isJSON != tc.json || strings.Contains(h.Get("Content-Type"), "json") != tc.json {
				t.Fatalf("%s %q", h.Get("Content-Type"), body)
			}
			clock.Advance(time.Second)
			if res, _ := f.callRaw("GET", path); res.status != 429 {
				t.Fatalf("the limit holds until its time is over, got %d", res.status)
			}
			other, _ := f.callRaw("GET", "/users/@me")
			if (other.status == 200) != tc.isolated {
				t.Fatalf("another route answers %d", other.status)
			}
			cb, _ := f.callRaw("POST", "/interactions/1/x/callback")
			if want := map[bool]int{true: 404, false: 429}[tc.via]; cb.status != want {
				t.Fatalf("an interaction's answer gets %d, want %d", cb.status, want)
			}
			clock.Advance(250 * time.Millisecond)
			if res, _ := f.callRaw("GET", path); res.status != 200 {
				t.Fatalf("after its time: %d", res.status)
			}
		})
	}
}

// The answer to an interaction meets the limit of its route, not the global one
// that waits before it.
func TestGlobalLimitSparesInteractions(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{})
	f.breaks("rest.rate_limit", args{"form": "global"})
	f.breaks("rest.rate_limit", args{"form": "route", "route": "POST /interactions"})
	res, _ := f.callRaw("POST", "/interactions/1/x/callback")
	if res.status != 429 || res.header.Get("X-RateLimit-Scope") != "user" {
		t.Fatalf("%d %v", res.status, res.header)
	}
	if a := f.active("rest.rate_limit"); len(a) != 1 || a[0]["form"] != "global" {
		t.Fatalf("%v", a)
	}
}

func TestRateLimitCountsAndMends(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock})
	f.breaks("rest.rate_limit", args{"count": "2", "retry_after": "1", "route": "/users/", "bot": "atril"})
	if res, _ := f.callRaw("GET", "/gateway/bot"); res.status != 200 {
		t.Fatal("another route is not meant")
	}
	for i, want := range []int{429, 429, 200} {
		if res, _ := f.callRaw("GET", "/users/@me"); res.status != want {
			t.Fatalf("%d: %d", i, res.status)
		}
		clock.Advance(time.Second)
	}
	f.breaks("rest.rate_limit", args{"count": "0", "retry_after": "3600", "form": "cloudflare"})
	f.callRaw("GET", "/users/@me")
	f.mends("rest.rate_limit", nil)
	if res, _ := f.callRaw("GET", "/users/@me"); res.status != 200 {
		t.Fatalf("mending lifts what holds: %d", res.status)
	}
}

func TestServerErrors(t *testing.T) {
	t.Parallel()
	f := start(t, discord.Options{GlobalLimit: -1, NoRouteLimits: true})
	path := "/channels/" + f.channel("general") + "/messages"
	for _, status := range []string{"500", "502", "503"} {
		f.breaks("rest.error", args{"status": status, "route": "GET /users"})
		res, body := f.callRaw("GET", "/users/@me")
		if strconv.Itoa(res.status) != status || strings.HasPrefix(body, "{") != (status == "500") {
			t.Fatalf("%d: %q", res.status, body)
		}
	}
	count := func() int { return len(f.call("GET", path, nil).list) }
	f.breaks("rest.error", args{"route": "POST"})
	req := func() int {
		res, err := http.Post(f.srv.URL+"/api/v10"+path, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := req(); got != 401 {
		t.Fatalf("a refused request does not run into the fault: %d", got)
	}
	f.mends("rest.error", nil)
	for _, applied := range []string{"false", "true"} {
		f.breaks("rest.error", args{"status": "500", "applied": applied, "route": "POST /channels", "count": "1"})
		before := count()
		if a := f.call("POST", path, obj{"content": "x"}); a.status != 500 {
			t.Fatalf("%d", a.status)
		}
		if made := count() - before; made != map[string]int{"false": 0, "true": 1}[applied] {
			t.Fatalf("applied %s made %d messages", applied, made)
		}
	}
	if v := f.w.Violations(); len(v) != 1 {
		t.Fatalf("the client is not to blame for 5xx: %+v", v)
	}
}

// rest.slow holds a request up before it takes effect, rest.late_reply after it.
func TestSlowAndLate(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]bool{"rest.slow": false, "rest.late_reply": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := clockwork.NewFakeClock()
			f := start(t, discord.Options{Clock: clock, HeartbeatInterval: time.Hour})
			f.breaks(name, args{"delay": "3s", "route": "POST /channels"})
			done := make(chan answer, 1)
			go func() {
				done <- f.call("POST", "/channels/"+f.channel("general")+"/messages", obj{"content": "x"})
			}()
			if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			if m, err := f.w.Messages("demo", "general", 1); err != nil || (len(m) == 1) != effect {
				t.Fatalf("took effect %v, want %v (%v)", len(m) == 1, effect, err)
			}
			select {
			case a := <-done:
				t.Fatalf("answered %d before its time", a.status)
			default:
			}
			clock.Advance(3 * time.Second)
			if a := <-done; a.status != 200 {
				t.Fatal(a.status)
			}
		})
	}
}

// A World that closes does not wait for the requests that it holds up.
func TestCloseEndsWhatWaits(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock})
	f.breaks("rest.slow", args{"delay": "1h"})
	done := make(chan error, 1)
	go func() {
		res, err := http.Get(f.srv.URL + "/api/v10/gateway")
		if err == nil {
			_ = res.Body.Close()
		}
		done <- err
	}()
	if err := clock.BlockUntilContext(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if err := f.w.Close(); err != nil {
		t.Fatal(err)
	}
	if <-done == nil {
		t.Fatal("the request must break off")
	}
}

func TestInvalidRequestsBan(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, InvalidLimit: 5, GlobalLimit: -1, NoRouteLimits: true})
	bad := func() int { return f.callAs("Bot nonsense", "GET", "/users/@me", nil).status }
	for range 4 {
		if got := bad(); got != 401 {
			t.Fatal(got)
		}
	}
	clock.Advance(10 * time.Minute) // they are forgotten
	f.breaks("rest.rate_limit", args{"form": "shared", "retry_after": "0.5", "count": "3"})
	for range 3 { // a shared limit does not count
		if res, _ := f.callRaw("GET", "/users/@me"); res.status != 429 {
			t.Fatal(res.status)
		}
		clock.Advance(500 * time.Millisecond)
	}
	for i := range 5 {
		if got := bad(); got != 401 {
			t.Fatalf("%d: %d", i, got)
		}
	}
	res, body := f.callRaw("GET", "/users/@me")
	if res.status != 429 || res.header.Get("Via") != "" || !strings.Contains(body, "1015") || res.header.Get("Retry-After") != "600" {
		t.Fatalf("banned: %d %v %q", res.status, res.header, body)
	}
	clock.Advance(10 * time.Minute)
	if res, _ := f.callRaw("GET", "/users/@me"); res.status != 200 {
		t.Fatal("a ban ends")
	}
}

func TestDailyCommandCreates(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	f := start(t, discord.Options{Clock: clock, CreateLimit: 3, NoRouteLimits: true})
	path := "/applications/" + f.bot.ApplicationID + "/commands"
	cmd := func(name string) obj { return obj{"name": name, "description": "x"} }
	steps := []struct {
		method, path string
		body         any
		want         int
	}{
		{"POST", path, cmd("a"), 201},
		{"POST", path, cmd("a"), 200}, // overwriting is free
		{"PUT", path, []obj{cmd("a"), cmd("b"), cmd("c")}, 200},
		{"PUT", path, []obj{cmd("a"), cmd("d")}, 429},
		{"POST", path, cmd("d"), 429},
		{"PUT", path, []obj{cmd("b")}, 200},
		{"POST", "/applications/" + f.bot.ApplicationID + "/guilds/" + f.guild.ID + "/commands", cmd("a"), 201}, // counted apart
	}
	for i, s := range steps {
		a := f.call(s.method, s.path, s.body)
		if a.status != s.want || s.want == 429 && (a.code() != 30034 || a.body["retry_after"] != 86400.0) {
			t.Fatalf("%d: %d %v", i, a.status, a.body)
		}
	}
	if got := len(f.call("GET", path, nil).list); got != 1 {
		t.Fatalf("%d commands", got)
	}
	clock.Advance(24 * time.Hour)
	if a := f.call("POST", path, cmd("d")); a.status != 201 {
		t.Fatalf("the next day: %d %v", a.status, a.body)
	}
}
