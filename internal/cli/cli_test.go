package cli_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/fault"
)

func TestExitCodes(t *testing.T) {
	for code, want := range map[fault.Code]int{
		fault.Internal: 1, fault.Invalid: 2, fault.NotFound: 3, fault.Unauthenticated: 4, fault.Conflict: 5,
		fault.Denied: 6, fault.Quota: 6, fault.Unavailable: 7, fault.Pending: 8, fault.Unknown: 8,
	} {
		if got := cli.ExitCode(fault.New(code, "x", "y")); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
	if cli.ExitCode(nil) != 0 || cli.ExitCode(errors.New("x")) != 1 {
		t.Error("no error, or one that is not ours")
	}
}

func run(ctx context.Context, t *testing.T, env []string, args ...string) (int, string, string) {
	t.Helper()
	var out, talk bytes.Buffer
	code := cli.Run(ctx, args, cli.IO{Env: env, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &talk})
	return code, out.String(), talk.String()
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	code, out, _ := run(ctx, t, []string{"PLATFORM_SOCKET=/nowhere"}, "status")
	if code != 130 || out != "" {
		t.Errorf("%d %q", code, out)
	}
}

func TestSocketOfAnotherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can make a file of another user")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "platform", "admin.sock")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 4242, 4242); err != nil {
		t.Fatal(err)
	}
	code, _, talk := run(t.Context(), t, []string{"XDG_STATE_HOME=" + dir}, "status")
	if code != 6 || !strings.Contains(talk, "belongs to another user") || !strings.Contains(talk, "--socket") {
		t.Errorf("%d %s", code, talk)
	}
	// Whoever names it means it: the kernel is asked, and nothing listens there.
	if code, _, talk = run(t.Context(), t, nil, "status", "--socket", path); code != 7 {
		t.Errorf("%d %s", code, talk)
	}
}

// catalogs is the source of the Spanish catalogs.
func catalogs(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("catalog_*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("there is no catalog", err)
	}
	var all strings.Builder
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(b)
	}
	return all.String()
}

// Every text of a command is in the Spanish catalog, and no entry is without use.
func TestSpanishIsComplete(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	spoken := regexp.MustCompile(`say\(\s*"((?:[^"\\]|\\.)*)"`)
	catalog := catalogs(t)
	used := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || strings.HasPrefix(f, "catalog_") {
			continue
		}
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range spoken.FindAllStringSubmatch(string(b), -1) {
			used[m[1]] = true
		}
	}
	for text := range used {
		if text != "| " && !strings.Contains(catalog, `"`+text+`"`) {
			t.Errorf("no Spanish for %q", text)
		}
	}
	if len(used) < 100 {
		t.Errorf("only %d texts were found", len(used))
	}
}

func TestHelpIsWholeInBothLanguages(t *testing.T) {
	for _, lang := range []string{"en", "es"} {
		for _, path := range []string{"", "status", "players list", "players get", "queues get", "nodes list", "nodes get", "events list", "events tail", "guilds list", "guilds get", "guilds settings get", "guilds settings set", "players pause", "players resume", "players skip", "players stop", "players leave", "nodes cordon", "nodes uncordon", "nodes drain", "plays list", "plays totals", "plays rebuild", "letters list", "letters show", "letters retry", "letters drop", "jobs list", "jobs show", "jobs retry", "jobs cancel", "maintenance on", "maintenance off", "maintenance status", "sandbox complete", "sandbox modal", "sandbox dms", "sandbox invite", "sandbox faults list", "sandbox faults set", "sandbox faults clear", "sandbox send", "sandbox click", "sandbox voice join", "sandbox voice move", "sandbox voice leave", "sandbox messages", "sandbox reset", "version"} {
			code, out, talk := run(t.Context(), t, nil, append(strings.Fields(path), "--help", "--lang", lang)...)
			heading := map[string]string{"en": "Examples:", "es": "Ejemplos:"}[lang]
			if code != 0 || talk != "" || !strings.Contains(out, heading) || !strings.Contains(out, "platformctl "+path) {
				t.Errorf("%s %q: %d %s%s", lang, path, code, out, talk)
			}
		}
	}
}
