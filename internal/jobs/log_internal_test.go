package jobs

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

func TestErrorsOfTheQueueAreWarnings(t *testing.T) {
	var out bytes.Buffer
	log := slog.New(calmer{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo})})
	log.With("part", "jobs").WithGroup("queue").Error("cannot fetch", "error", errors.New("away"))
	log.Debug("a detail")
	log.Info("it runs")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `level=WARN msg="cannot fetch" part=jobs queue.error=away`) || !strings.Contains(lines[1], "level=INFO") {
		t.Errorf("wrote:\n%s", out.String())
	}
	out.Reset()
	slog.New(calmer{slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelError})}).Error("cannot fetch")
	if out.Len() > 0 {
		t.Errorf("a warning was written where only errors are wanted: %s", out.String())
	}
}
