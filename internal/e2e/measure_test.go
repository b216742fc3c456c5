package e2e_test

import (
	"context"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// TestFigures measures what a person waits for. Alone on a machine, with
// E2E_FIGURES=1, the goals are demanded; beside other tests only what nobody
// would wait for fails.
func TestFigures(t *testing.T) {
	alone := os.Getenv("E2E_FIGURES") != ""
	r := e2e.NewRig(t, true)
	goal := func(name string, got, want time.Duration) {
		t.Helper()
		t.Logf("%-28s %8s (goal %s)", name, got.Round(100*time.Microsecond), want)
		if limit := max(want*20, 30*time.Second); got > limit || alone && !e2e.Race && got > want {
			t.Errorf("%s took %s, want %s", name, got, want)
		}
	}
	began := time.Now()
	r.Launch()
	r.Until("the API answers", func(ctx context.Context) bool {
		_, err := r.API().Status(ctx)
		return err == nil
	})
	goal("API ready, empty directory", time.Since(began), 300*time.Millisecond)
	r.Ready()

	var walls []time.Duration
	for range 21 {
		began := time.Now()
		cmd := exec.Command(e2e.Binary(t, "platformctl"), "status", "--socket", r.Socket()) //nolint:gosec // a program that we built
		cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")                          // not what is measured
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		walls = append(walls, time.Since(began))
	}
	goal("platformctl status, median", percentile(walls, 50), 50*time.Millisecond)

	join(t, r, "ana", "demo", "music")
	lines := []string{
		"/play https://media.sandbox.example/track/ocean-floor", "/queue", "/nowplaying", "/volume percent:50", "/pause",
		"/resume", "/volume", "/play query:\"night train\"", "/skip", "/play teaspoon",
	}
	var answers []time.Duration
	for i := range 200 {
		res := say(t, r, "ana", lines[i%len(lines)])
		if res.State == discord.StateAnswered {
			answers = append(answers, time.Duration(res.AnsweredMS)*time.Millisecond)
		}
	}
	if len(answers) != 200 {
		t.Fatalf("%d answers", len(answers))
	}
	goal("answer to a command, p50", percentile(answers, 50), 20*time.Millisecond)
	goal("answer to a command, p99", percentile(answers, 99), 100*time.Millisecond)
	_, took := r.Daemon.Stop()
	goal("stop", took, time.Second)
}

func percentile(list []time.Duration, p int) time.Duration {
	list = slices.Sorted(slices.Values(list))
	return list[min(len(list)*p/100, len(list)-1)]
}
