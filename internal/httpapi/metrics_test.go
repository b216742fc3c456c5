package httpapi_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/httpapi"
)

// counted remembers what it was told.
type counted struct {
	mu    sync.Mutex
	lines []string
}

func (c *counted) HTTPRequest(method, route string, status int, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines = append(c.lines, fmt.Sprintf("%s %s %d", method, route, status))
}

func TestMetricsGetPatternsNotPaths(t *testing.T) {
	var c counted
	h := httpapi.New(httpapi.Options{Backend: newFake(), Metrics: &c}).Handler()
	for _, r := range []struct{ method, path string }{
		{http.MethodGet, "/"}, {http.MethodHead, "/healthz"}, {http.MethodGet, "/v1/players/123/456"}, {http.MethodGet, "/secret-path"}, {http.MethodPost, "/healthz"},
	} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(r.method, r.path, nil))
	}
	want := []string{"GET /{$} 200", "HEAD /healthz 200", "GET other 401", "GET other 404", "POST other 405"}
	if !slices.Equal(c.lines, want) {
		t.Errorf("got %q, want %q", c.lines, want)
	}
}

func TestMetricsOfTheOwner(t *testing.T) {
	var c counted
	w := start(t, func(o *httpapi.Options) { o.Metrics = &c })
	w.do(t, true, http.MethodGet, "/v1/players/g1/b1")
	w.do(t, true, http.MethodGet, "/v1/players/nowhere/b1")
	c.mu.Lock()
	defer c.mu.Unlock()
	if want := []string{"GET /v1/players/{guild}/{bot} 200", "GET /v1/players/{guild}/{bot} 404"}; !slices.Equal(c.lines, want) {
		t.Errorf("got %q, want %q", c.lines, want)
	}
}

// What an answer hides, the log has, with the same name of the request.
func TestCausesAreLogged(t *testing.T) {
	var mu sync.Mutex
	var b bytes.Buffer
	w := start(t, func(o *httpapi.Options) { o.Logger = slog.New(slog.NewTextHandler(locked{&mu, &b}, nil)) })
	w.err = errors.New("the disk is on fire")
	got := w.do(t, true, http.MethodGet, "/v1/nodes")
	w.mu.Lock()
	w.err, w.panics = nil, true
	w.mu.Unlock()
	fell := w.do(t, true, http.MethodGet, "/v1/nodes/a")
	mu.Lock()
	defer mu.Unlock()
	log := b.String()
	for _, want := range []string{"the disk is on fire", got.problem.RequestID, "route=/v1/nodes", "secret detail", fell.problem.RequestID} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q: %s", want, log)
		}
	}
}

type locked struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (l locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}
