package daemon_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/daemon"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/testenv"
)

// lines is a log that is read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

// find returns a field of the first record with a message.
func (l *lines) find(message, field string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.SplitSeq(l.text.String(), "\n") {
		var r map[string]any
		if json.Unmarshal([]byte(line), &r) == nil && r["msg"] == message {
			s, _ := r[field].(string)
			return s
		}
	}
	return ""
}

// ready asks a daemon, which may not listen yet.
func ready(ctx context.Context, address string) (code int, says string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/readyz", http.NoBody)
	if err != nil {
		return 0, ""
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	return res.StatusCode, string(raw)
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	late := time.After(time.Minute)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("it did not happen: %s", what)
		}
	}
}

// TestRedisThatComesLater: a daemon that starts first waits, says so, and does
// its work once Redis is there.
func TestRedisThatComesLater(t *testing.T) {
	t.Parallel()
	server := testenv.NewRedis(t)
	server.Kill(t)
	log := &lines{}
	o := world(t)
	o.Config.Redis.URL = secret.New(server.URL())
	o.Logger = slog.New(slog.NewJSONHandler(log, nil))
	up := make(chan view.Status, 1)
	o.Up = func(s view.Status) { up <- s }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- daemon.Run(ctx, o) }()
	defer http.DefaultClient.CloseIdleConnections()

	until(t, "the log says what it waits for", func() bool {
		return log.find("the start waits", "for") == "bus" && log.find("the start waits", "why") != ""
	})
	address := log.find("operators are answered", "address")
	until(t, "it is not ready and says why", func() bool {
		code, says := ready(ctx, address)
		return code == http.StatusServiceUnavailable && strings.Contains(says, `"name":"bus","ok":false,"reason":"Redis cannot be reached"`)
	})
	select {
	case err := <-done:
		t.Fatalf("it ended: %v", err)
	case <-up:
		t.Fatal("it says that it is up")
	default:
	}
	server.Start(t)
	select {
	case <-up:
	case err := <-done:
		t.Fatalf("it ended: %v", err)
	case <-time.After(time.Minute):
		t.Fatal("it does not come up")
	}
	until(t, "it is ready", func() bool {
		code, says := ready(ctx, address)
		return code == http.StatusOK && strings.Contains(says, `"name":"bus","ok":true`)
	})
	cancel()
	if err := <-done; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// TestToldToStopWhileItWaits is no failure.
func TestToldToStopWhileItWaits(t *testing.T) {
	t.Parallel()
	server := testenv.NewRedis(t)
	server.Kill(t)
	log := &lines{}
	o := world(t)
	o.Config.Redis.URL = secret.New(server.URL())
	o.Logger = slog.New(slog.NewJSONHandler(log, nil))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- daemon.Run(ctx, o) }()
	until(t, "it waits", func() bool { return log.find("the start waits", "for") == "bus" })
	cancel()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("it ended with %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it does not end")
	}
}
