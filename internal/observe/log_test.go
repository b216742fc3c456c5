package observe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/observe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "canary/7f3a \"9c<x>"

type nested struct {
	Name  string            `json:"name"`
	Token string            `json:"token"`
	Inner map[string]string `json:"inner"`
}

func loggers(t *testing.T, secrets *observe.Secrets) map[string]func(func(*slog.Logger)) string {
	t.Helper()
	out := map[string]func(func(*slog.Logger)) string{}
	for name, asJSON := range map[string]bool{"text": false, "json": true} {
		out[name] = func(f func(*slog.Logger)) string {
			var b bytes.Buffer
			f(observe.NewLogger(&b, observe.LogOptions{Level: slog.LevelDebug, JSON: asJSON, Secrets: secrets}))
			return b.String()
		}
	}
	return out
}

// Whatever is logged, the canary is not.
func TestCanaryIsNeverLogged(t *testing.T) {
	secrets := &observe.Secrets{}
	secrets.Add(canary, "")
	forms := map[string]func(*slog.Logger){
		"message":       func(l *slog.Logger) { l.Info("using " + canary) },
		"value":         func(l *slog.Logger) { l.Info("m", "x", canary) },
		"error":         func(l *slog.Logger) { l.Info("m", "err", fmt.Errorf("dial: %w", errors.New(canary))) },
		"bytes as text": func(l *slog.Logger) { l.Info("m", "x", fmt.Sprintf("%q", canary)) },
		"url":           func(l *slog.Logger) { l.Info("m", "u", "http://h/?k=canary%2F7f3a+%229c%3Cx%3E") },
		"struct":        func(l *slog.Logger) { l.Info("m", "x", nested{Name: canary, Inner: map[string]string{"a": canary}}) },
		"group":         func(l *slog.Logger) { l.WithGroup("g").With("a", canary).Info("m", slog.Group("h", "b", canary)) },
		"key of map":    func(l *slog.Logger) { l.Info("m", "x", map[string]int{canary: 1}) },
		"debug":         func(l *slog.Logger) { l.DebugContext(context.Background(), "m", "x", []string{canary}) },
	}
	for kind, capture := range loggers(t, secrets) {
		for name, f := range forms {
			t.Run(kind+" "+name, func(t *testing.T) {
				out := capture(f)
				if strings.Contains(out, "7f3a") || !strings.Contains(out, observe.Redacted) {
					t.Errorf("%s", out)
				}
			})
		}
	}
}

// Keys that name secrets hide their values though nobody registered them.
func TestKeysOfSecrets(t *testing.T) {
	header := http.Header{"Authorization": {"Bot abc"}, "Accept": {"all"}}
	for kind, capture := range loggers(t, nil) {
		t.Run(kind, func(t *testing.T) {
			out := capture(func(l *slog.Logger) {
				l.Info("m", "bot_token", "abc", "Password", "abc", "client-secret", "abc", "authorization", "abc", "api_key", []string{"abc"},
					"nested", nested{Name: "kept", Token: "abc", Inner: map[string]string{"password": "abc", "city": "kept2"}}, "header", header,
					"tokens_left", 5, "list", []any{map[string]any{"secret": "abc"}})
			})
			if strings.Contains(out, "abc") {
				t.Errorf("a secret shows: %s", out)
			}
			for _, want := range []string{"kept", "kept2", "all", "5"} {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing: %s", want, out)
				}
			}
		})
	}
}

func TestShortSecretsDoNotEatWords(t *testing.T) {
	s := &observe.Secrets{}
	s.Add("at", "secret-one", "secret-one-longer")
	if got := s.Scrub("at data secret-one-longer secret-one"); got != "at data [redacted] [redacted]" {
		t.Errorf("%q", got)
	}
}

func TestJSONRecordsStayJSON(t *testing.T) {
	s := &observe.Secrets{}
	s.Add(canary)
	var b bytes.Buffer
	tr := observe.NewTrace()
	l := observe.NewLogger(&b, observe.LogOptions{JSON: true, Secrets: s})
	l.InfoContext(observe.WithTrace(t.Context(), tr), "a "+canary, "n", 1, "when", time.Unix(0, 0).UTC())
	l.Debug("left out")
	var rec map[string]any
	if err := json.Unmarshal(b.Bytes(), &rec); err != nil {
		t.Fatalf("%v: %s", err, b.String())
	}
	if rec["msg"] != "a [redacted]" || rec["trace_id"] != tr.TraceID() || rec["span_id"] != tr.SpanID() || rec["n"] != 1.0 {
		t.Errorf("%v", rec)
	}
}

func TestLevels(t *testing.T) {
	for name, want := range map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError, "info": slog.LevelInfo, "loud": slog.LevelInfo} {
		if got := observe.ParseLevel(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
