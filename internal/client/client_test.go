package client_test

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server answers with f and returns a client of it.
func server(t *testing.T, f http.HandlerFunc) *client.Client {
	t.Helper()
	srv := httptest.NewServer(f)
	t.Cleanup(srv.Close)
	c, err := client.New(client.Options{URL: srv.URL + "/", Timeout: 30 * time.Second, UserAgent: "test/1"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// calls is every method of the client, with a request that uses all it can say.
func calls(c *client.Client) map[string]func(context.Context) error {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	e := client.Events{After: 3, Guild: "g", Types: []string{"music.*", "a.b"}, Since: at, Until: at.Add(time.Hour), Limit: 5, Newest: true}
	return map[string]func(context.Context) error{
		"get-status": func(ctx context.Context) error { _, err := c.Status(ctx); return err },
		"list-players": func(ctx context.Context) error {
			_, err := c.Players(ctx, client.Players{Guild: "g", Bot: "b", Node: "n", Page: client.Page{Limit: 5, Cursor: "c"}})
			return err
		},
		"get-player": func(ctx context.Context) error { _, err := c.Player(ctx, "g", "b"); return err },
		"get-queue": func(ctx context.Context) error {
			_, err := c.Queue(ctx, "g", "b", client.Page{Limit: 5, Cursor: "c"})
			return err
		},
		"list-nodes":  func(ctx context.Context) error { _, err := c.Nodes(ctx); return err },
		"get-node":    func(ctx context.Context) error { _, err := c.Node(ctx, "n"); return err },
		"list-events": func(ctx context.Context) error { _, err := c.Events(ctx, e); return err },
		"tail-events": func(ctx context.Context) error {
			err := c.Tail(ctx, e, func(view.Event) error { return nil })
			if errors.Is(err, fault.Of(fault.Unavailable)) {
				return nil // the test's stream ends at once
			}
			return err
		},
		"list-guilds": func(ctx context.Context) error {
			_, err := c.Guilds(ctx, client.Page{Limit: 5, Cursor: "c"})
			return err
		},
		"get-guild": func(ctx context.Context) error { _, err := c.Guild(ctx, "g"); return err },
		"get-settings": func(ctx context.Context) error {
			_, err := c.Settings(ctx, "g")
			return err
		},
		"change-settings": func(ctx context.Context) error {
			_, err := c.ChangeSettings(ctx, "g", view.SettingsPatch{Reset: true})
			return err
		},
		"order-player":  func(ctx context.Context) error { _, err := c.Order(ctx, "g", "b", "skip"); return err },
		"cordon-node":   func(ctx context.Context) error { _, err := c.Cordon(ctx, "n", "why"); return err },
		"uncordon-node": func(ctx context.Context) error { _, err := c.Uncordon(ctx, "n"); return err },
		"drain-node":    func(ctx context.Context) error { _, err := c.Drain(ctx, "n", "why"); return err },
		"list-plays": func(ctx context.Context) error {
			_, err := c.Plays(ctx, client.Plays{Guild: "g", User: "u", Since: at, Until: at.Add(time.Hour), Page: client.Page{Limit: 5, Cursor: "c"}})
			return err
		},
		"get-play-totals": func(ctx context.Context) error { _, err := c.PlayTotals(ctx, "g", at); return err },
		"rebuild-plays":   func(ctx context.Context) error { _, err := c.RebuildPlays(ctx); return err },
		"list-letters": func(ctx context.Context) error {
			_, err := c.Letters(ctx, client.Page{Limit: 5, Cursor: "c"})
			return err
		},
		"get-letter":   func(ctx context.Context) error { _, err := c.Letter(ctx, "l"); return err },
		"retry-letter": func(ctx context.Context) error { _, err := c.RetryLetter(ctx, "l"); return err },
		"drop-letter":  func(ctx context.Context) error { _, err := c.DropLetter(ctx, "l"); return err },
		"list-jobs": func(ctx context.Context) error {
			_, err := c.Jobs(ctx, client.Jobs{Kind: "k", State: "running", Page: client.Page{Limit: 5, Cursor: "c"}})
			return err
		},
		"get-job":           func(ctx context.Context) error { _, err := c.Job(ctx, 7); return err },
		"retry-job":         func(ctx context.Context) error { _, err := c.RetryJob(ctx, 7); return err },
		"cancel-job":        func(ctx context.Context) error { _, err := c.CancelJob(ctx, 7); return err },
		"get-sandbox":       func(ctx context.Context) error { _, err := c.Sandbox(ctx); return err },
		"get-maintenance":   func(ctx context.Context) error { _, err := c.Maintenance(ctx); return err },
		"begin-maintenance": func(ctx context.Context) error { _, err := c.BeginMaintenance(ctx, "m", at); return err },
		"end-maintenance":   func(ctx context.Context) error { _, err := c.EndMaintenance(ctx); return err },
	}
}

// The client asks for every operation of the contract, and only with parameters
// that the contract has.
func TestClientKeepsTheContract(t *testing.T) {
	b, err := os.ReadFile("../../schema/openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, paths, ok := strings.Cut(string(b), "\npaths:\n")
	if !ok {
		t.Fatal("the contract has no paths")
	}
	operations := map[string]string{} // id -> its text
	address := map[string]string{}    // id -> method and path
	method := regexp.MustCompile(`(?m)^    (get|post|put|patch|delete):$`)
	for _, part := range regexp.MustCompile(`(?m)^  (?:/v1/)`).Split(paths, -1)[1:] {
		path, rest, ok := strings.Cut(part, ":")
		if !ok {
			t.Fatalf("no path in %q", part)
		}
		names := method.FindAllStringSubmatch(rest, -1)
		for i, text := range method.Split(rest, -1)[1:] {
			id := regexp.MustCompile(`operationId: (\S+)`).FindStringSubmatch(text)
			operations[id[1]], address[id[1]] = text, strings.ToUpper(names[i][1])+" /v1/"+path
		}
	}
	var mu sync.Mutex
	var got *http.Request
	c := server(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got = r
		mu.Unlock()
		_, _ = w.Write([]byte("{}"))
	})
	all := calls(c)
	for id := range operations {
		if all[id] == nil {
			t.Errorf("the client does not know %s", id)
		}
	}
	for id, call := range all {
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		want := strings.NewReplacer("{guild}", "g", "{bot}", "b", "{name}", "n", "{action}", "skip", "{id}", "l", "{job}", "7").Replace(address[id])
		if got.Method+" "+got.URL.Path != want || got.Header.Get("User-Agent") != "test/1" {
			t.Errorf("%s asks for %s %s, want %s", id, got.Method, got.URL.Path, want)
		}
		for key := range got.URL.Query() {
			if !strings.Contains(operations[id], "name: "+key+"\n") {
				t.Errorf("%s sends %s, which the contract does not have", id, key)
			}
		}
	}
}

func TestFaultsComeBack(t *testing.T) {
	c := server(t, func(w http.ResponseWriter, _ *http.Request) {
		problem.From(fault.New(fault.NotFound, "far", "there is no such thing").WithHint("list them"), "req-7").Write(w)
	})
	for id, call := range calls(c) {
		err := call(t.Context())
		message, hint := fault.Show(err)
		if !errors.Is(err, fault.Of(fault.NotFound)) || message != "there is no such thing" || hint != "list them" || problem.RequestID(err) != "req-7" {
			t.Errorf("%s: %v (%s) %s", id, err, hint, problem.RequestID(err))
		}
	}
}

func TestAnswersThatBreak(t *testing.T) {
	cases := []struct {
		name string
		f    http.HandlerFunc
		code fault.Code
	}{
		{"not JSON", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, fault.Internal},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, fault.Internal},
		{"cut off", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte("{"))
		}, fault.Unavailable},
		{"a proxy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, fault.Unavailable},
		{"aborted", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, fault.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if _, err := server(t, c.f).Status(t.Context()); fault.CodeOf(err) != c.code {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(release)
	c, err := client.New(client.Options{URL: srv.URL, Timeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_, err = c.Status(t.Context())
	message, hint := fault.Show(err)
	if fault.CodeOf(err) != fault.Unavailable || !strings.Contains(message, "in time") || !strings.Contains(hint, "--timeout") {
		t.Errorf("%v %s", err, hint)
	}
	if err := c.Tail(t.Context(), client.Events{}, nil); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("tail: %v", err)
	}
}

func TestWhereTheDaemonIs(t *testing.T) {
	for _, o := range []client.Options{{}, {URL: "ftp://x"}, {URL: "http://"}, {URL: "http://user:pw@x"}, {URL: "::"}} {
		if _, err := client.New(o); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("%+v: %v", o, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/does/not/exist.sock", file} {
		c, err := client.New(client.Options{Socket: path})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Status(t.Context())
		if message, hint := fault.Show(err); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(message, path) || !strings.Contains(hint, "platformd") {
			t.Errorf("%s: %v %s", path, err, hint)
		}
	}
}

func TestOverASocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "cl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "s")
	ln, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	srv := &httptest.Server{Listener: ln, Config: &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if err := json.NewEncoder(w).Encode(view.Status{Version: "9"}); err != nil {
			t.Error(err)
		}
	})}}
	srv.Start()
	defer srv.Close()
	c, err := client.New(client.Options{Socket: path})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if st, err := c.Status(t.Context()); err != nil || st.Version != "9" {
		t.Errorf("%+v %v", st, err)
	}
}

func TestNamesThatWalk(t *testing.T) {
	c := server(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("it asked for %s", r.URL) })
	for _, name := range []string{"", ".", ".."} {
		if _, err := c.Player(t.Context(), name, "b"); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("player %q: %v", name, err)
		}
		if _, err := c.Node(t.Context(), name); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("node %q: %v", name, err)
		}
	}
	var path string
	c = server(t, func(w http.ResponseWriter, r *http.Request) { path = r.URL.EscapedPath(); _, _ = w.Write([]byte("{}")) })
	if _, err := c.Node(t.Context(), "a/../b?c"); err != nil || path != "/v1/nodes/a%2F..%2Fb%3Fc" {
		t.Errorf("%s %v", path, err)
	}
}
