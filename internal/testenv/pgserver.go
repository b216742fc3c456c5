package testenv

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// PostgresServer is a private PostgreSQL with one database that a test may hurt.
type PostgresServer struct {
	server *postgres
	// pipes are those of the starts before.
	pipes []*os.File
}

const ownDatabase = "platform"

// NewPostgres starts a PostgreSQL with an empty database for this test only, with
// settings as name=value. It does not wait for the disk unless they say so.
func NewPostgres(tb testing.TB, settings ...string) *PostgresServer {
	tb.Helper()
	p, err := newPostgres(settings...)
	if err != nil {
		tb.Fatalf("no PostgreSQL for the test: %v", err)
	}
	s := &PostgresServer{server: p}
	tb.Cleanup(s.stop)
	if err := p.exec("CREATE DATABASE " + ownDatabase + " TEMPLATE template0"); err != nil {
		tb.Fatalf("a database for the test: %v", err)
	}
	return s
}

// URL is where the database is, by the server's own socket.
func (s *PostgresServer) URL() string { return s.server.url(ownDatabase) }

// At is the address of the database for who comes by a proxy at a host and a port.
func (s *PostgresServer) At(address string) string {
	return "postgres://platform@" + address + "/" + ownDatabase + "?sslmode=disable"
}

// Socket is the path of the server's socket, for a proxy before it.
func (s *PostgresServer) Socket() string { return filepath.Join(s.server.dir, ".s.PGSQL.5432") }

// Kill ends the server as `pg_ctl stop -m immediate` does: nothing is finished,
// and the next start recovers. It returns when nobody listens any more.
func (s *PostgresServer) Kill(tb testing.TB) {
	tb.Helper()
	if err := syscall.Kill(s.pid(tb), syscall.SIGQUIT); err != nil {
		tb.Fatalf("ending PostgreSQL: %v", err)
	}
	limit := time.After(postgresStart)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		// The file of its process id goes last, after everything that it began.
		_, gone := os.Stat(s.pidfile())
		c, err := net.Dial("unix", s.Socket()) //nolint:noctx // a socket on this machine
		if err != nil && errors.Is(gone, os.ErrNotExist) {
			return
		}
		if err == nil {
			_ = c.Close()
		}
		select {
		case <-limit:
			tb.Fatal("PostgreSQL is still there")
		case <-again.C:
		}
	}
}

// Start starts the server again after Kill, and waits until it has recovered.
func (s *PostgresServer) Start(tb testing.TB) {
	tb.Helper()
	s.pipes = append(s.pipes, s.server.pipe)
	if err := s.server.start(); err != nil {
		tb.Fatal(err)
	}
}

// Exec runs a statement as the test's own.
func (s *PostgresServer) Exec(tb testing.TB, text string) {
	tb.Helper()
	if err := s.server.exec(text); err != nil {
		tb.Fatalf("%s: %v", text, err)
	}
}

func (s *PostgresServer) pidfile() string { return filepath.Join(s.server.data(), "postmaster.pid") }

func (s *PostgresServer) pid(tb testing.TB) int {
	tb.Helper()
	text, err := os.ReadFile(s.pidfile())
	if err != nil {
		tb.Fatalf("the process of PostgreSQL: %v", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		tb.Fatalf("the process of PostgreSQL: %v", err)
	}
	return pid
}

// stop ends the server; its shells remove the directory.
func (s *PostgresServer) stop() {
	for _, p := range append(s.pipes, s.server.pipe) {
		_ = p.Close()
	}
}
