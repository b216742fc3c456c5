package testenv

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Watched is a primary with a replica, and a sentinel that watches them.
type Watched struct {
	Primary, Replica, Sentinel *RedisServer
	// Name is what the sentinel calls the primary.
	Name string
}

// RedisWatched starts a primary, a replica that has all of it and a sentinel that
// makes the replica the primary when the primary is gone, for this test only. They
// listen on loopback.
func RedisWatched(tb testing.TB) Watched {
	tb.Helper()
	w := Watched{Name: "main"}
	w.Primary = portServer(tb, nil, "repl-diskless-sync-delay 0")
	host, port, _ := net.SplitHostPort(w.Primary.address)
	w.Replica = portServer(tb, nil, "replicaof "+host+" "+port, "replica-priority 1")
	until(tb, "the replica has what the primary has", func() bool { return strings.Contains(w.Replica.info(), "master_link_status:up") })
	w.Sentinel = portServer(tb, []string{"--sentinel"},
		fmt.Sprintf("sentinel monitor %s %s %s 1", w.Name, host, port),
		"sentinel down-after-milliseconds "+w.Name+" 1000",
		"sentinel failover-timeout "+w.Name+" 10000",
	)
	until(tb, "the sentinel knows the replica", func() bool {
		text := fmt.Sprint(w.Sentinel.Do(tb, "SENTINEL", "REPLICAS", w.Name))
		_, port, _ := net.SplitHostPort(w.Replica.address)
		return strings.Contains(text, port) && !strings.Contains(text, "disconnected")
	})
	return w
}

// Promoted waits until the replica is the primary.
func (w Watched) Promoted(tb testing.TB) {
	tb.Helper()
	until(tb, "the replica is the primary", func() bool { return strings.Contains(w.Replica.info(), "role:master") })
}

// info is what a server says of its replication.
func (s *RedisServer) info() string {
	ctx, cancel := context.WithTimeout(context.Background(), redisStart)
	defer cancel()
	text, _ := s.admin.Info(ctx, "replication").Result() // one that does not answer says nothing
	return text
}

// portServer starts a server on a port of its own, with arguments and lines of
// configuration. A port that was free a moment ago may be taken, so it tries others.
func portServer(tb testing.TB, args []string, config ...string) *RedisServer {
	tb.Helper()
	var last error
	for range 10 {
		s, err := prepareRedis(nil)
		if err != nil {
			tb.Fatal(err)
		}
		port, err := freePorts()
		if err != nil {
			tb.Fatal(err)
		}
		s.args, s.network, s.address = args, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		own := []string{"bind 127.0.0.1", "port " + strconv.Itoa(port)}
		if len(args) > 0 {
			s.config = append([]string{"dir " + s.dir, "pidfile " + s.pidfile(), "daemonize no"}, own...)
		} else {
			s.config = append(s.config, own...)
		}
		s.config = append(s.config, config...)
		if last = s.start(); last == nil {
			tb.Cleanup(s.stop)
			return s
		}
		s.stop()
	}
	tb.Fatalf("no Redis on a port: %v", last)
	return nil
}

// until waits until something is so.
func until(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	limit := time.After(redisStart)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !ok() {
		select {
		case <-limit:
			tb.Fatalf("it did not happen: %s", what)
		case <-again.C:
		}
	}
}
