package httpapi_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

func TestFaultsBecomeProblems(t *testing.T) {
	cases := []struct {
		name   string
		err    error
		status int
		code   fault.Code
		detail string
	}{
		{"not found", fault.New(fault.NotFound, "x", "there is no guild of that name").WithHint("list them"), 404, fault.NotFound, "there is no guild of that name"},
		{"conflict", fault.New(fault.Conflict, "x", "it moved on"), 409, fault.Conflict, "it moved on"},
		{"unavailable", fault.Wrap(errors.New("dial secret-host"), fault.Unavailable, "x", "the database does not answer"), 503, fault.Unavailable, "the database does not answer"},
		{"quota", fault.New(fault.Quota, "x", "too many"), 429, fault.Quota, "too many"},
		{"foreign", errors.New("secret-host exploded"), 500, fault.Internal, "an internal error happened"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := start(t)
			w.err = c.err
			got := w.do(t, true, http.MethodGet, "/v1/status")
			if got.status != c.status || got.problem.Status != c.status || got.problem.Code != string(c.code) || got.problem.Detail != c.detail {
				t.Errorf("%d %+v", got.status, got.problem)
			}
			if strings.Contains(got.body, "secret-host") {
				t.Errorf("the cause is shown: %s", got.body)
			}
			if got.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("content type %q", got.header.Get("Content-Type"))
			}
		})
	}
}

func TestPanicIsOneAnswer(t *testing.T) {
	w := start(t)
	w.panics = true
	got := w.do(t, true, http.MethodGet, "/v1/status")
	if got.status != 500 || strings.Contains(got.body, "secret detail") || got.problem.RequestID == "" {
		t.Errorf("%d %s", got.status, got.body)
	}
	w.mu.Lock()
	w.panics = false
	w.mu.Unlock()
	if got := w.do(t, true, http.MethodGet, "/v1/status"); got.status != 200 {
		t.Errorf("after the panic: %d", got.status)
	}
}

func TestParametersReachTheBackend(t *testing.T) {
	w := start(t)
	if got := w.do(t, true, http.MethodGet, "/v1/players?guild=g&bot=b&node=n&limit=7&cursor=c"); got.status != 200 || !strings.Contains(got.body, `"items":[]`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if p := w.player; p.Guild != "g" || p.Bot != "b" || p.Node != "n" || p.Limit != 7 || p.Cursor != "c" {
		t.Errorf("filter %+v", p)
	}
	w.do(t, true, http.MethodGet, "/v1/queues/g1/b1")
	if w.page.Limit != 100 {
		t.Errorf("the default page is %+v", w.page)
	}
	q := url.Values{"after": {"5"}, "guild": {"g"}, "type": {"music.play.*,music.bot.left"}, "limit": {"3"}, "newest": {"true"}, "since": {at.Format(time.RFC3339)}}
	if got := w.do(t, true, http.MethodGet, "/v1/events?"+q.Encode()); got.status != 200 || !strings.Contains(got.body, `"data":{"a":1}`) {
		t.Errorf("%d %s", got.status, got.body)
	}
	if e := w.events; e.After != 5 || e.Guild != "g" || len(e.Types) != 2 || e.Limit != 3 || !e.Newest || !e.Since.Equal(at) {
		t.Errorf("filter %+v", e)
	}
}

func TestBadParameters(t *testing.T) {
	w := start(t)
	cases := map[string]string{
		"/v1/players?limit=0":                                 "query.limit",
		"/v1/players?limit=501":                               "query.limit",
		"/v1/players?limit=many":                              "query.limit",
		"/v1/players?guid=1":                                  "query.guid",
		"/v1/players?guild=" + strings.Repeat("9", 65):        "query.guild",
		"/v1/queues/g1/b1?cursor=" + strings.Repeat("x", 300): "query.cursor",
		"/v1/events?limit=1001":                               "query.limit",
		"/v1/events?after=-1":                                 "query.after",
		"/v1/events?since=yesterday":                          "query.since",
		"/v1/nodes/" + strings.Repeat("n", 65):                "path.name",
	}
	for path, location := range cases {
		got := w.do(t, true, http.MethodGet, path)
		if got.status != 422 || got.problem.Code != string(fault.Invalid) || len(got.problem.Errors) == 0 || got.problem.Errors[0].Location != location {
			t.Errorf("%.60s: %d %+v", path, got.status, got.problem)
		}
	}
	for _, path := range []string{"/v1/events?type=Music", "/v1/events?since=2026-01-02T00:00:00Z&until=2026-01-01T00:00:00Z", "/v1/events/tail?type=*"} {
		if got := w.do(t, true, http.MethodGet, path); got.status != 422 || got.problem.Detail == "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := w.do(t, true, http.MethodGet, "/v1/players/nowhere/b"); got.status != 404 || got.problem.Detail != "there is no guild nowhere" {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestLimitsOfARequest(t *testing.T) {
	w := start(t)
	if got := w.do(t, true, http.MethodGet, "/v1/status", "X-Big", strings.Repeat("x", 64<<10)); got.status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KiB: %d", got.status)
	}
	if got := w.do(t, true, http.MethodGet, "/v1/status", "X-Request-Id", "abcdefgh-1"); got.header.Get("X-Request-Id") != "abcdefgh-1" {
		t.Errorf("a good request id is not kept: %v", got.header)
	}
	if got := w.do(t, true, http.MethodGet, "/v1/status", "X-Request-Id", "a b\"<script>"); strings.Contains(got.header.Get("X-Request-Id"), "script") {
		t.Errorf("a bad request id is kept: %v", got.header)
	}
}
