package testenv

import (
	"errors"
	"testing"
)

// durable is what a server has to be told that stands for a real one in
// measurements: what it says is written is on the disk.
func durable() []string { return []string{"fsync=on", "full_page_writes=on", "synchronous_commit=on"} }

// DurablePostgres returns the address of an empty database on a PostgreSQL of its
// own that waits for the disk, for measurements. It ends with the test.
func DurablePostgres(tb testing.TB) string {
	tb.Helper()
	s, err := newPostgres(durable()...)
	if err != nil {
		tb.Fatalf("no PostgreSQL for the measurement: %v", err)
	}
	tb.Cleanup(func() { _ = s.pipe.Close() }) // it ends with its pipe
	if err := s.exec("CREATE DATABASE platform TEMPLATE template0"); err != nil {
		tb.Fatalf("a database for the measurement: %v", err)
	}
	return s.url("platform")
}

// ServeDurable is Serve with servers that keep what they say they have, as one
// runs them: PostgreSQL waits for the disk, Redis writes to it each second.
func ServeDurable() (database, redis string, stop func() error, err error) {
	p, err := newPostgres(durable()...)
	if err != nil {
		return "", "", nil, err
	}
	if err := p.exec("CREATE DATABASE platform TEMPLATE template0"); err != nil {
		return "", "", nil, errors.Join(err, p.pipe.Close())
	}
	r, err := newRedis([]string{"appendonly yes", "appendfsync everysec"})
	if err != nil {
		return "", "", nil, errors.Join(err, p.pipe.Close())
	}
	return p.url("platform"), r.URL(), func() error { r.stop(); return p.pipe.Close() }, nil
}
