package testenv

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const postgresStart = 60 * time.Second

type postgres struct {
	dir string
	// pipe keeps the server alive; nobody writes to it.
	pipe *os.File
	made atomic.Int64
}

var startPostgres = sync.OnceValues(newPostgres) //nolint:gochecknoglobals // one server a process is the point

// Postgres returns the address of an empty database on a private PostgreSQL,
// which the tests of this process share; the database goes when the test ends.
// The server does not wait for the disk. The test fails where PostgreSQL is not
// installed.
func Postgres(tb testing.TB) string {
	tb.Helper()
	s, err := startPostgres()
	if err != nil {
		tb.Fatalf("no PostgreSQL for the test: %v", err)
	}
	name := fmt.Sprintf("test_%d", s.made.Add(1))
	if err := s.exec("CREATE DATABASE " + name + " TEMPLATE template0"); err != nil {
		tb.Fatalf("a database for the test: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			tb.Errorf("the test's database: %v", err)
		}
	})
	return s.url(name)
}

func newPostgres() (*postgres, error) { return newPostgresWith() }

// newPostgresWith starts a server with settings that overrule those of tests.
func newPostgresWith(settings ...string) (*postgres, error) {
	bin, err := binaries([]string{"initdb", "postgres"}, []string{
		"/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin", "/usr/pgsql-*/bin",
	})
	if err != nil {
		return nil, err
	}
	dir, err := workDir("pg")
	if err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	data, log := filepath.Join(dir, "data"), filepath.Join(dir, "log")
	if err := once(as, dir, filepath.Join(bin, "initdb"), "-D", data, "-U", "platform", "-A", "trust",
		"-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	command := []string{
		filepath.Join(bin, "postgres"), "-D", data, "-k", dir,
		"-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=200",
		"-c", "shared_buffers=32MB", "-c", "logging_collector=off", "-c", "autovacuum_naptime=10s",
	}
	for _, one := range settings {
		command = append(command, "-c", one)
	}
	_, pipe, err := keep(as, "QUIT", dir, log, command...)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &postgres{dir: dir, pipe: pipe}
	if err := s.await(); err != nil {
		text, _ := os.ReadFile(log) //nolint:gosec // the server's own log
		return nil, errors.Join(fmt.Errorf("PostgreSQL did not start: %w\n%s", err, text), pipe.Close())
	}
	return s, nil
}

func (s *postgres) url(database string) string {
	return "postgres://platform@/" + database + "?" + url.Values{"host": {s.dir}, "sslmode": {"disable"}}.Encode()
}

// await tries until the server lets us in.
func (s *postgres) await() error {
	limit, cancel := context.WithTimeout(context.Background(), postgresStart)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.exec("SELECT 1")
		if err == nil {
			return nil
		}
		select {
		case <-limit.Done():
			return err
		case <-again.C:
		}
	}
}

func (s *postgres) exec(text string) error {
	ctx, cancel := context.WithTimeout(context.Background(), postgresStart)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, text)
	return errors.Join(err, conn.Close(ctx))
}
