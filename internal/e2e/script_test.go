package e2e_test

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/atrilhq/platform/internal/e2e"
)

// TestScripts types what a person would type, each script against a fresh
// sandbox that found its own place below the person's home.
func TestScripts(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../testdata/script/e2e_*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files: files, RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			r := e2e.NewRig(e.T().(testing.TB), false)
			r.Up()
			for k, v := range map[string]string{
				"HOME": e.WorkDir, "XDG_STATE_HOME": "", "XDG_RUNTIME_DIR": "", "LANG": "C", "LC_ALL": "", "NO_COLOR": "",
				"PLATFORM_SOCKET": r.Socket(), "GREETING": filepath.Join(e.WorkDir, "greeting"), "DATA": r.DataDir(),
				"PATH": filepath.Dir(e2e.Binary(t, "platformctl")) + string(filepath.ListSeparator) + e.Getenv("PATH"),
			} {
				e.Setenv(k, v)
			}
			return writeFile(e.Getenv("GREETING"), r.Daemon.Output())
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "eventually": eventually},
	})
}

// exits runs a command and compares its exit code: exits 3 platformctl …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGUMENTS")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var ended *exec.ExitError
		if !errors.As(err, &ended) {
			ts.Fatalf("%v", err)
		}
		got = ended.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
