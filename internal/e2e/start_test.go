package e2e_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"github.com/atrilhq/platform/internal/e2e"
)

// nobody is a user without rights on every system we test on.
const nobody = 65534

// refused starts platformd and wants it to end with a code, a line that begins
// with platformd: and names all of want, and at most one more line with what to
// do next.
func refused(t *testing.T, s e2e.Spec, code int, want ...string) {
	t.Helper()
	if s.Program == "" {
		s.Program = "platformd"
	}
	if s.Home == "" {
		s.Home = t.TempDir()
	}
	p := e2e.Start(t, s)
	if got := p.Exit(); got != code {
		t.Errorf("exit code %d, want %d", got, code)
	}
	var said []string
	for line := range strings.Lines(p.Log()) {
		if !strings.HasPrefix(line, "time=") {
			said = append(said, strings.TrimSpace(line))
		}
	}
	if len(said) == 0 || len(said) > 2 || !strings.HasPrefix(said[0], "platformd: ") || len(said) == 2 && !strings.HasPrefix(said[1], "next: ") {
		t.Errorf("it wrote:\n%s", strings.Join(said, "\n"))
	}
	for _, w := range want {
		if !strings.Contains(strings.Join(said, "\n"), w) {
			t.Errorf("it does not name %q:\n%s", w, strings.Join(said, "\n"))
		}
	}
}

func TestPortTaken(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	taken := ln.Addr().String()
	for _, args := range [][]string{
		{"--sandbox", "--listen", taken}, {"--sandbox", "--operations-listen", taken}, {"sim", "--listen", taken},
	} {
		t.Run(args[0]+args[1], func(t *testing.T) {
			refused(t, e2e.Spec{Args: append(args, "--data-dir", filepath.Join(t.TempDir(), "d"))}, 5, taken)
		})
	}
}

func TestSecondDaemon(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false)
	r.Up()
	join(t, r, "ana", "demo", "music")
	expect(t, r, "ana", "/play ocean", "Now playing: ")
	files := func() string {
		ports, err := os.ReadFile(filepath.Join(r.SimDir(), "ports.json"))
		if err != nil {
			t.Fatal(err)
		}
		return string(ports)
	}
	before := files()
	refused(t, e2e.Spec{Args: []string{"--sandbox", "--data-dir", r.DataDir()}}, 5, fmt.Sprint("process ", r.Daemon.PID()), "in use")
	if after := files(); after != before {
		t.Errorf("the refused one changed the ports from %s to %s", before, after)
	}
	expect(t, r, "ana", "/nowplaying", "Ocean")
	if s, err := r.API().Status(t.Context()); err != nil || !s.Ready || s.PID != r.Daemon.PID() {
		t.Errorf("the first one: %+v %v", s, err)
	}
	r.Daemon.Kill()
	r.Up() // a lock of the dead holds nobody up
	expect(t, r, "ana", "/nowplaying", "Ocean")
}

func TestSecondSimulators(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, true)
	refused(t, e2e.Spec{Args: []string{"sim", "--data-dir", r.SimDir()}}, 5, fmt.Sprint("process ", r.Sim.PID()))
}

func TestDataDirectory(t *testing.T) {
	t.Parallel()
	home := t.TempDir()
	file := filepath.Join(home, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Run("below a file", func(t *testing.T) {
		refused(t, e2e.Spec{Home: home, Args: []string{"--sandbox", "--data-dir", filepath.Join(file, "d")}}, 7, file, "--data-dir")
	})
	for name, made := range map[string]bool{"cannot be made": false, "cannot be written": true} {
		t.Run(name, func(t *testing.T) {
			if os.Geteuid() != 0 {
				t.Skip("only root can run as another user; the directory of another one is tested there")
			}
			top, err := os.MkdirTemp("", "e2e-mine")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = os.RemoveAll(top) })
			if err := os.Chmod(top, 0o755); err != nil { //nolint:gosec // the other user has to get this far
				t.Fatal(err)
			}
			dir := filepath.Join(top, "data")
			if made {
				if err := os.Mkdir(dir, 0o755); err != nil { //nolint:gosec // readable, not writable
					t.Fatal(err)
				}
			}
			for _, args := range [][]string{{"--sandbox"}, {"sim"}} {
				refused(t, e2e.Spec{Home: top, UID: nobody, Args: append(args, "--data-dir", dir)}, 6, dir)
			}
		})
	}
}

// daemonless makes a data directory with a database and nobody who uses it.
func daemonless(t *testing.T) (r *e2e.Rig, file string) {
	t.Helper()
	r = e2e.NewRig(t, false, "--plan-default", "free")
	r.Up()
	join(t, r, "ana", "demo", "music")
	archive(t, r, "Added 200 of 5,000 tracks")
	if code, _ := r.Daemon.Stop(); code != 0 {
		t.Fatalf("it left with %d", code)
	}
	return r, filepath.Join(r.DataDir(), "platform.db")
}

func TestCorruptDatabase(t *testing.T) {
	t.Parallel()
	damage := map[string]func([]byte) []byte{
		"garbage":   func(b []byte) []byte { _, _ = rand.Read(b); return b },
		"truncated": func(b []byte) []byte { return b[:len(b)/2] },
		"text":      func([]byte) []byte { return []byte(strings.Repeat("this is no database\n", 500)) },
		"a hole in the middle": func(b []byte) []byte {
			clear(b[len(b)/3 : 2*len(b)/3])
			return b
		},
	}
	for name, f := range damage {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, file := daemonless(t)
			good, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			bad := f(bytes.Clone(good))
			if err := os.WriteFile(file, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, e2e.Spec{Home: r.Home, Args: []string{"--sandbox", "--data-dir", r.DataDir()}}, 7, file, "damaged", "backup")
			if after, err := os.ReadFile(file); err != nil || !bytes.Equal(after, bad) {
				t.Errorf("the file was changed: %v", err)
			}
			if err := os.WriteFile(file, good, 0o600); err != nil {
				t.Fatal(err)
			}
			r.Up() // the backup, restored
			q, err := r.API().Queue(t.Context(), players(t.Context(), t, r)[0].Guild, players(t.Context(), t, r)[0].Bot, pageOf(10))
			if err != nil || q.Total < 198 {
				t.Errorf("of the backup %d tracks are there: %v", q.Total, err)
			}
		})
	}
}

func TestDatabaseOfANewerVersion(t *testing.T) {
	t.Parallel()
	r, file := daemonless(t)
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(context.Background(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)`)
	if cerr := db.Close(); err != nil || cerr != nil {
		t.Fatal(err, cerr)
	}
	refused(t, e2e.Spec{Home: r.Home, Args: []string{"--sandbox", "--data-dir", r.DataDir()}}, 5, "newer version", "99999")
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "p.yaml")
	if err := os.WriteFile(file, []byte("lavalink:\n  nodez: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, e2e.Spec{Args: []string{"--config", file}}, 2, "lavalink.nodez", "lavalink.nodes", file)
	refused(t, e2e.Spec{Args: []string{"--sandbox"}, Env: []string{"PLATFORM_LISTENN=x"}}, 2, "PLATFORM_LISTENN")
	refused(t, e2e.Spec{Args: []string{"--config", file + ".none"}}, 2, file+".none")
	refused(t, e2e.Spec{Args: []string{"--sandbox", "--listen", "nowhere"}}, 2, "listen")
	refused(t, e2e.Spec{Args: []string{"--no-such-flag"}}, 2, "--no-such-flag")
	refused(t, e2e.Spec{Args: []string{"--sandbox=127.0.0.1:1", "--data-dir", filepath.Join(t.TempDir(), "d")}}, 7, "127.0.0.1:1", "platformd sim")
	refused(t, e2e.Spec{Env: []string{"DISCORD_TOKEN=no.token"}}, 2, "token")
}
