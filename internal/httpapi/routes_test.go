package httpapi_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
)

type row struct {
	pattern, path    string
	owner, anonymous int
}

// access is what each route answers to each caller. A route without a row fails.
var access = []row{
	{"GET /{$}", "/", 200, 200},
	{"GET /healthz", "/healthz", 200, 200},
	{"GET /v1/status", "/v1/status", 200, 401},
	{"GET /v1/players", "/v1/players", 200, 401},
	{"GET /v1/players/{guild}/{bot}", "/v1/players/g1/b1", 200, 401},
	{"GET /v1/queues/{guild}/{bot}", "/v1/queues/g1/b1", 200, 401},
	{"GET /v1/nodes", "/v1/nodes", 200, 401},
	{"GET /v1/nodes/{name}", "/v1/nodes/lava1", 200, 401},
	{"GET /v1/events", "/v1/events", 200, 401},
	{"GET /v1/events/tail", "/v1/events/tail", 200, 401}, // a stream: tail_test.go reads it as the owner
	{"GET /v1/sandbox", "/v1/sandbox", 404, 401},
	{"GET /v1/guilds", "/v1/guilds", 200, 401},
	{"GET /v1/guilds/{guild}", "/v1/guilds/g1", 200, 401},
	{"GET /v1/guilds/{guild}/settings", "/v1/guilds/g1/settings", 200, 401},
	{"PATCH /v1/guilds/{guild}/settings", "/v1/guilds/g1/settings", 200, 401},
	{"POST /v1/players/{guild}/{bot}/{action}", "/v1/players/g1/b1/pause", 200, 401},
	{"POST /v1/nodes/{name}/cordon", "/v1/nodes/lava1/cordon", 200, 401},
	{"DELETE /v1/nodes/{name}/cordon", "/v1/nodes/lava1/cordon", 200, 401},
	{"POST /v1/nodes/{name}/drain", "/v1/nodes/lava1/drain", 200, 401},
	{"GET /v1/plays", "/v1/plays?guild=g1", 200, 401},
	{"GET /v1/plays/totals", "/v1/plays/totals?guild=g1", 200, 401},
	{"POST /v1/plays/rebuild", "/v1/plays/rebuild", 200, 401},
	{"GET /v1/letters", "/v1/letters", 200, 401},
	{"GET /v1/letters/{id}", "/v1/letters/l1", 200, 401},
	{"POST /v1/letters/{id}/retry", "/v1/letters/l1/retry", 200, 401},
	{"DELETE /v1/letters/{id}", "/v1/letters/l1", 200, 401},
	{"GET /v1/jobs", "/v1/jobs", 200, 401},
	{"GET /v1/jobs/{job}", "/v1/jobs/7", 200, 401},
	{"POST /v1/jobs/{job}/retry", "/v1/jobs/7/retry", 200, 401},
	{"POST /v1/jobs/{job}/cancel", "/v1/jobs/7/cancel", 200, 401},
	{"GET /v1/maintenance", "/v1/maintenance", 200, 401},
	{"PUT /v1/maintenance", "/v1/maintenance", 200, 401},
	{"DELETE /v1/maintenance", "/v1/maintenance", 200, 401},
}

func TestEveryRouteForEveryCaller(t *testing.T) {
	w := start(t)
	admin, open := w.server.Routes()
	for _, p := range slices.Concat(admin, open) {
		if !slices.ContainsFunc(access, func(a row) bool { return a.pattern == p }) {
			t.Errorf("the route %q has no row", p)
		}
	}
	for _, a := range access {
		t.Run(a.pattern, func(t *testing.T) {
			if !slices.Contains(slices.Concat(admin, open), a.pattern) {
				t.Fatal("there is no such route")
			}
			method, _, _ := strings.Cut(a.pattern, " ")
			if got := w.do(t, false, method, a.path); got.status != a.anonymous {
				t.Errorf("anonymous: %d, want %d: %s", got.status, a.anonymous, got.body)
			}
			if strings.HasSuffix(a.path, "/tail") {
				return
			}
			got := w.do(t, true, method, a.path)
			if got.status != a.owner {
				t.Errorf("owner: %d, want %d: %s", got.status, a.owner, got.body)
			}
			for _, h := range []string{"X-Request-Id", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control"} {
				if got.header.Get(h) == "" {
					t.Errorf("%s is missing", h)
				}
			}
			for _, other := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch} {
				path, _, _ := strings.Cut(a.path, "?")
				if slices.ContainsFunc(access, func(o row) bool {
					to, _, _ := strings.Cut(o.path, "?")
					return to == path && strings.HasPrefix(o.pattern, other+" ")
				}) {
					continue
				}
				got := w.do(t, true, other, a.path)
				if got.status != http.StatusMethodNotAllowed {
					t.Errorf("%s: %d, want 405", other, got.status)
				}
				if got.status == http.StatusMethodNotAllowed && !strings.Contains(got.header.Get("Allow"), method) {
					t.Errorf("%s: allowed is %q", other, got.header.Get("Allow"))
				}
			}
		})
	}
}

func TestAnonymousIsToldWhatToDo(t *testing.T) {
	w := start(t)
	for _, path := range []string{"/v1/status", "/v1/nothing", "/v1/players/a/b"} {
		got := w.do(t, false, http.MethodGet, path)
		if got.status != 401 || got.problem.Code != string(fault.Unauthenticated) || !strings.Contains(got.problem.Hint, "platformctl") {
			t.Errorf("%s: %d %+v", path, got.status, got.problem)
		}
		if got.header.Get("WWW-Authenticate") == "" || got.problem.RequestID != got.header.Get("X-Request-Id") {
			t.Errorf("%s: headers %v", path, got.header)
		}
	}
	if got := w.do(t, false, http.MethodGet, "/elsewhere"); got.status != 404 || got.problem.Code != "not_found" {
		t.Errorf("elsewhere: %d %s", got.status, got.body)
	}
	if got := w.do(t, false, http.MethodGet, "/"); !strings.Contains(got.body, "platformctl status") {
		t.Errorf("the landing page does not say where to go: %s", got.body)
	}
}

func TestForeignPageMayNotChange(t *testing.T) {
	w := start(t)
	for _, h := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		got := w.do(t, false, http.MethodPost, "/", h[0], h[1])
		if got.status != 403 || got.problem.Code != string(fault.Denied) {
			t.Errorf("%v: %d %s", h, got.status, got.body)
		}
	}
}

func TestUnknownRouteForOwner(t *testing.T) {
	w := start(t)
	for _, path := range []string{"/v1/nothing", "/v1/", "/v1/players/only-guild", "/nothing"} {
		if got := w.do(t, true, http.MethodGet, path); got.status != 404 || got.problem.Hint == "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestContractIsCommitted(t *testing.T) {
	got, err := httpapi.Contract()
	if err != nil {
		t.Fatal(err)
	}
	const path = "../../schema/openapi.yaml"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != string(got) {
		t.Errorf("%s is not what the code says; run UPDATE=1 go test ./internal/httpapi", path)
	}
	for _, must := range []string{"operationId: tail-events", "application/problem+json", "next_cursor"} {
		if !strings.Contains(string(got), must) {
			t.Errorf("the contract lacks %q", must)
		}
	}
	if strings.Contains(string(got), "ErrorModel") {
		t.Error("the contract shows a shape that no answer has")
	}
}
