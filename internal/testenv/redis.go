package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
)

const redisStart = 60 * time.Second

// RedisServer is a private Redis that a test may hurt. It keeps nothing on disk
// unless its configuration says so.
type RedisServer struct {
	dir    string
	bin    string
	as     *syscall.Credential
	config []string
	// args follow the file with the configuration.
	args []string
	// address is a path or a host and a port.
	network, address string
	// pipes keep the server's shells alive, one for each start.
	pipes []*os.File
	// admin is the test's own connection.
	admin *goredis.Client
}

var sharedRedis = sync.OnceValues(func() (*RedisServer, error) { return newRedis(nil) }) //nolint:gochecknoglobals // one server a process is the point

// Redis returns the address of a private Redis that the tests of this process
// share; each uses keys of its own. The test fails where Redis is not installed.
func Redis(tb testing.TB) string {
	tb.Helper()
	s, err := sharedRedis()
	if err != nil {
		tb.Fatalf("no Redis for the test: %v", err)
	}
	return s.URL()
}

// NewRedis starts a Redis for this test only, with lines of configuration, which
// ends with the test.
func NewRedis(tb testing.TB, config ...string) *RedisServer {
	tb.Helper()
	s, err := newRedis(config)
	if err != nil {
		tb.Fatalf("no Redis for the test: %v", err)
	}
	tb.Cleanup(s.stop)
	return s
}

func newRedis(config []string) (*RedisServer, error) {
	s, err := prepareRedis(config)
	if err != nil {
		return nil, err
	}
	if err := s.start(); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// prepareRedis makes a server that is not started yet, on a socket of its own.
func prepareRedis(config []string) (*RedisServer, error) {
	bin, err := binaries([]string{"redis-server"}, []string{
		"/usr/local/bin", "/opt/homebrew/opt/redis*/bin", "/usr/local/opt/redis*/bin",
	})
	if err != nil {
		return nil, err
	}
	dir, err := workDir("redis")
	if err != nil {
		return nil, err
	}
	as, err := unprivileged(dir)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	s := &RedisServer{dir: dir, bin: filepath.Join(bin, "redis-server"), as: as, network: "unix", address: filepath.Join(dir, "socket")}
	s.config = append([]string{
		"port 0", "unixsocket " + s.address, "dir " + dir, "pidfile " + s.pidfile(), "save \"\"", "appendonly no", "daemonize no",
	}, config...)
	return s, nil
}

// URL is where the server is.
func (s *RedisServer) URL() string {
	if s.network == "unix" {
		return "unix://" + s.address
	}
	return "redis://" + s.address
}

func (s *RedisServer) pidfile() string { return filepath.Join(s.dir, "pid") }

func (s *RedisServer) connect() *goredis.Client {
	return goredis.NewClient(&goredis.Options{
		Network: s.network, Addr: s.address, Protocol: 2, MaxRetries: -1, DialerRetries: 1, DisableIdentity: true,
	})
}

// start starts the server, at the first time or again, and waits until it answers.
func (s *RedisServer) start() error {
	file := filepath.Join(s.dir, "config")
	if err := os.WriteFile(file, []byte(strings.Join(s.config, "\n")+"\n"), 0o644); err != nil { //nolint:gosec // read by the server's user
		return err
	}
	_ = os.Remove(s.pidfile())
	log := filepath.Join(s.dir, "log")
	if s.as != nil { // a sentinel writes to it
		if err := os.Chown(file, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return err
		}
	}
	_, pipe, err := keep(s.as, "KILL", s.dir, log, append([]string{s.bin, file}, s.args...)...)
	if err != nil {
		return err
	}
	s.pipes = append(s.pipes, pipe)
	if s.admin == nil {
		s.admin = s.connect()
	}
	limit, cancel := context.WithTimeout(context.Background(), redisStart)
	defer cancel()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		err := s.greet(limit)
		if err == nil {
			return nil
		}
		text, _ := os.ReadFile(log) //nolint:gosec // the server's own log
		if bytes.Contains(text, []byte("Failed listening")) || limit.Err() != nil {
			return fmt.Errorf("Redis did not start: %w\n%s", err, text)
		}
		select {
		case <-limit.Done():
		case <-again.C:
		}
	}
}

// greet asks whether the server is there. It looks for its door first, because
// the client library would complain on stderr about each try, and for its process
// id, because somebody else may stand at its door.
func (s *RedisServer) greet(ctx context.Context) error {
	if _, err := os.Stat(s.pidfile()); err != nil {
		return err
	}
	c, err := (&net.Dialer{}).DialContext(ctx, s.network, s.address)
	if err != nil {
		return err
	}
	return errors.Join(c.Close(), s.admin.Ping(ctx).Err())
}

// Start starts the server again after Kill, at the same address.
func (s *RedisServer) Start(tb testing.TB) {
	tb.Helper()
	if err := s.start(); err != nil {
		tb.Fatal(err)
	}
}

// Kill ends the server as a power cut would, and waits until it is gone.
func (s *RedisServer) Kill(tb testing.TB) {
	tb.Helper()
	pid := s.pid(tb)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		tb.Fatalf("killing Redis: %v", err)
	}
	limit := time.After(redisStart)
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		// Its process id stays until its shell ends; its door does not.
		c, err := net.Dial(s.network, s.address)
		if err != nil {
			return
		}
		_ = c.Close()
		select {
		case <-limit:
			tb.Fatal("Redis is still there")
		case <-again.C:
		}
	}
}

// Pause stops the server's process without closing its connections; Resume lets
// it go on. A paused server goes on when the test ends.
func (s *RedisServer) Pause(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGSTOP)
}

// Resume lets a paused server go on.
func (s *RedisServer) Resume(tb testing.TB) {
	tb.Helper()
	s.signal(tb, syscall.SIGCONT)
}

// Do sends the server a command, and fails the test if it refuses.
func (s *RedisServer) Do(tb testing.TB, args ...any) any {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), redisStart)
	defer cancel()
	got, err := s.admin.Do(ctx, args...).Result()
	if err != nil && !errors.Is(err, goredis.Nil) {
		tb.Fatalf("%v: %v", args[0], err)
	}
	return got
}

func (s *RedisServer) signal(tb testing.TB, what syscall.Signal) {
	tb.Helper()
	if err := syscall.Kill(s.pid(tb), what); err != nil {
		tb.Fatalf("%v for Redis: %v", what, err)
	}
}

func (s *RedisServer) pid(tb testing.TB) int {
	tb.Helper()
	text, err := os.ReadFile(s.pidfile())
	if err != nil {
		tb.Fatalf("the process of Redis: %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		tb.Fatalf("the process of Redis: %v", err)
	}
	return pid
}

// stop ends the server and what belongs to it; its shells remove the directory.
func (s *RedisServer) stop() {
	if s.admin != nil {
		_ = s.admin.Close()
	}
	if len(s.pipes) == 0 {
		_ = os.RemoveAll(s.dir)
	}
	for _, p := range s.pipes {
		_ = p.Close()
	}
}
