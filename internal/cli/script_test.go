package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// leakless fails where a test left a goroutine behind.
type leakless struct{ *testing.M }

func (m leakless) Run() int {
	code := m.M.Run()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(leakless{m}, map[string]func(){"platformctl": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
		code := cli.Run(ctx, os.Args[1:], cli.IO{
			Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			Build: cli.Build{Version: "1.2.3", Commit: "abc", Date: "2026-03-01"}, Now: func() time.Time { return at },
		})
		stop()
		os.Exit(code)
	}})
}

// answering is a control API that answers commands as a bot would have made it.
func answering(t *testing.T) string {
	reply := json.RawMessage(`{"id":"900","content":"Queued **Ocean**","author":{"username":"atril"},"flags":64,"embeds":[{"title":"Ocean","description":"by Ana","fields":[{"name":"Length","value":"3:05"}]}],"components":[{"type":1,"components":[{"type":2,"label":"Skip","custom_id":"skip"},{"type":2,"label":"Stop","custom_id":"stop","disabled":true}]}]}`)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sim/v1/send", func(w http.ResponseWriter, r *http.Request) {
		var in control.SendRequest
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.Header.Get("X-Sandbox") != "1" {
			t.Errorf("request: %v %v", err, r.Header)
		}
		out := map[string]any{"interaction_id": "77", "state": "answered", "acked_ms": 1, "answered_ms": 12, "deferred": false, "reply": reply}
		if in.Focused != "" {
			out = map[string]any{"interaction_id": "79", "state": "answered", "choices": []map[string]any{{"name": "Ocean Floor", "value": "sim:ocean"}}}
			if in.Focused != "query" {
				t.Errorf("the option is %q", in.Focused)
			}
		}
		if in.Line == "/silence" {
			out = map[string]any{"interaction_id": "78", "state": "failed", "acked_ms": -1, "answered_ms": -1, "deferred": false, "reply": nil}
		}
		_ = json.NewEncoder(w).Encode(out)
	})
	mux.HandleFunc("POST /sim/v1/click", func(w http.ResponseWriter, r *http.Request) {
		var in control.ClickRequest
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || len(in.Values) != 2 {
			t.Errorf("request: %v %+v", err, in)
		}
		form := json.RawMessage(`{"title":"Add a track","custom_id":"mm:add","components":[{"type":18,"label":"What to play","component":{"type":4,"custom_id":"query","value":"oc"}},{"type":1,"components":[{"type":4,"custom_id":"mood","label":"Mood"}]}]}`)
		_ = json.NewEncoder(w).Encode(map[string]any{"interaction_id": "80", "state": "answered", "reply": nil, "modal": form})
	})
	mux.HandleFunc("POST /sim/v1/modal", func(w http.ResponseWriter, r *http.Request) {
		var in control.ModalRequest
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in.ModalID != "80" || len(in.Fields["mood"]) != 2 {
			t.Errorf("request: %v %+v", err, in)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"interaction_id": "81", "state": "answered", "reply": reply})
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestScripts(t *testing.T) {
	dir, err := os.MkdirTemp("", "ctl")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	world := discord.New(discord.Options{})
	t.Cleanup(func() { _ = world.Close() })
	simulated := httptest.NewServer(control.Handler(control.Deps{World: world}))
	t.Cleanup(simulated.Close)

	live := daemon(t, newBackend(""), dir, "live.sock")
	sandbox := daemon(t, newBackend(simulated.URL), dir, "sandbox.sock")
	// Scripts run at the same time, and a maintenance is seen by all of a daemon.
	worked := daemon(t, newBackend(""), dir, "worked.sock")
	acted := daemon(t, newBackend(answering(t)), dir, "acted.sock")
	stale := filepath.Join(dir, "stale")
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("../../testdata/script/ctl_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files: files, RequireExplicitExec: true, UpdateScripts: os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			for k, v := range map[string]string{
				"PLATFORM_SOCKET": live, "LIVE": live, "SANDBOX": sandbox, "ACTED": acted, "WORKED": worked, "STALE": stale, "HOME": e.WorkDir,
				"XDG_STATE_HOME": "", "XDG_RUNTIME_DIR": "", "LANG": "C", "LC_ALL": "",
				"GORACE": "atexit_sleep_ms=0", // a program under the race detector waits a second before it exits
			} {
				e.Setenv(k, v)
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command and compares its exit code: exits 3 platformctl ….
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ee *exec.ExitError
		if !errors.As(err, &ee) {
			ts.Fatalf("%v", err)
		}
		got = ee.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
