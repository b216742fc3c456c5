package sqlstore_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// refused opens what must not open and looks at what a person is told.
func refused(t *testing.T, o sqlstore.Options, code fault.Code, says ...string) {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), o)
	if err == nil {
		_ = db.Close()
		t.Fatal("it opened")
	}
	if fault.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
	message, hint := fault.Show(err)
	for _, s := range says {
		if !strings.Contains(message+"\n"+hint, s) {
			t.Errorf("%q (%q) does not say %q", message, hint, s)
		}
	}
}

func TestAddresses(t *testing.T) {
	for _, url := range []string{
		"", "platform.db", "/tmp/platform.db", "mysql://localhost/x", "sqlite:platform.db", "sqlite://platform.db", "sqlite://host/x.db",
		"sqlite:///", "sqlite:///tmp/", "sqlite:///tmp/x.db?mode=memory", "sqlite:///tmp/x.db#y", "sqlite:///tmp/%zz",
	} {
		t.Run(url, func(t *testing.T) { refused(t, sqlstore.Options{URL: url}, fault.Invalid, "sqlite:///") })
	}
	t.Run("postgres", func(t *testing.T) {
		const secret = "hunter2secret"
		_, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: "postgres://user:" + secret + "@host:notaport/db"})
		if fault.CodeOf(err) != fault.Invalid || strings.Contains(err.Error(), secret) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("partitions", func(t *testing.T) {
		refused(t, sqlstore.Options{URL: file(t.TempDir()), Partitions: 5000}, fault.Invalid, "4096")
		refused(t, sqlstore.Options{URL: file(t.TempDir()), Partitions: -1}, fault.Invalid, "4096")
	})
}

func TestPathsWithOddCharacters(t *testing.T) {
	for _, name := range []string{"with space", "100% sure", "what?", "#1", "ñandú", "a&b=c"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), name, "my platform.db")
			escaped := strings.NewReplacer("%", "%25", "?", "%3F", "#", "%23").Replace(path)
			db := open(t, sqlstore.Options{URL: "sqlite://" + escaped})
			if err := db.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPartitionsAreDecidedOnce(t *testing.T) {
	for name, url := range map[string]string{"sqlite": file(t.TempDir()), "postgres": testenv.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct{ ask, get int }{{5, 5}, {0, 5}, {5, 5}} {
				db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Partitions: c.ask})
				if err != nil {
					t.Fatal(err)
				}
				if n, err := db.Partitions(t.Context()); err != nil || n != c.get {
					t.Errorf("%d partitions, %v", n, err)
				}
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			refused(t, sqlstore.Options{URL: url, Partitions: 6}, fault.Invalid, "5 partitions")
		})
	}
}

func TestFilesAreTheOwners(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	db := open(t, sqlstore.Options{URL: file(dir)})
	if _, err := db.Acquire(t.Context(), 0, "h", time.Minute); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 4 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has %v, %v", f.Name(), info.Mode(), err)
		}
	}
	refused(t, sqlstore.Options{URL: file(dir)}, fault.Conflict, fmt.Sprintf("process %d", os.Getpid()))
}

func TestAFileInTheWay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, sqlstore.Options{URL: "sqlite://" + path + "/platform.db"}, fault.Unavailable, "cannot be written")
}

func TestReadOnlyDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		// Nothing is read-only to root, but what the kernel itself keeps.
		if _, err := os.Stat("/proc/self"); err == nil {
			refused(t, sqlstore.Options{URL: "sqlite:///proc/self/platform.db"}, fault.Unavailable, "cannot be written", "/proc/self")
			return
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // that is the test
		t.Fatal(err)
	}
	refused(t, sqlstore.Options{URL: file(dir)}, fault.Denied, dir, "right to write")
}

// made returns a directory with a closed database that has something in it.
func made(t *testing.T) (dir, path string) {
	t.Helper()
	dir = t.TempDir()
	db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: file(dir)})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, filepath.Join(dir, "platform.db")
}

func TestDamagedFiles(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"no database":  func([]byte) []byte { return bytes.Repeat([]byte("not a database. "), 1000) },
		"cut":          func(b []byte) []byte { return b[:len(b)/2] },
		"pages zeroed": func(b []byte) []byte { clear(b[4096 : 4096*8]); return b },
		"noise": func(b []byte) []byte {
			for i := 5000; i < len(b); i += 7 {
				b[i] ^= 0x5a
			}
			return b
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, path := made(t)
			raw, err := os.ReadFile(path) //nolint:gosec // the test's own
			if err != nil {
				t.Fatal(err)
			}
			raw = spoil(raw)
			if err := os.WriteFile(path, raw, 0o600); err != nil {
				t.Fatal(err)
			}
			refused(t, sqlstore.Options{URL: file(dir)}, fault.Unavailable, path, "restore a backup")
			after, err := os.ReadFile(path) //nolint:gosec // the test's own
			if err != nil || !bytes.Equal(after, raw) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

func raw(t testing.TB, driver, address string, texts ...string) {
	t.Helper()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, text := range texts {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVersionsOfTheSchema(t *testing.T) {
	const newer = `INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, TRUE)`
	t.Run("sqlite", func(t *testing.T) {
		dir, path := made(t)
		open := sqlstore.Options{URL: file(dir), CheckOnly: true}
		db, err := sqlstore.Open(t.Context(), open)
		if err != nil {
			t.Fatalf("a database of this version: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		raw(t, "sqlite", path, newer)
		refused(t, sqlstore.Options{URL: file(dir)}, fault.Conflict, "99", "newer version")
		refused(t, sqlstore.Options{URL: file(t.TempDir()), CheckOnly: true}, fault.Conflict, "schema 0")
	})
	t.Run("postgres", func(t *testing.T) {
		url := testenv.Postgres(t)
		refused(t, sqlstore.Options{URL: url, CheckOnly: true}, fault.Conflict, "schema 0")
		db := open(t, sqlstore.Options{URL: url})
		raw(t, "pgx", url, newer)
		refused(t, sqlstore.Options{URL: url}, fault.Conflict, "99", "newer version")
		if err := db.Ping(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestManyOpenAtOnce(t *testing.T) {
	url := testenv.Postgres(t)
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: url, Partitions: 7})
			if err == nil {
				err = db.Close()
			}
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	var logged bytes.Buffer
	const secret = "hunter2secret"
	_, err := sqlstore.Open(t.Context(), sqlstore.Options{
		URL:    "postgres://user:" + secret + "@127.0.0.1:1/db",
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	if fault.CodeOf(err) != fault.Unavailable || strings.Contains(err.Error()+logged.String(), secret) {
		t.Errorf("got %v, logged %s", err, &logged)
	}
}
