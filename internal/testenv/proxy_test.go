package testenv_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/testenv"
)

// echo is a server that says back what it is told, line by line.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // ends at once
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer func() { _ = c.Close() }()
				_, _ = io.Copy(c, c)
			})
		}
	})
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

type caller struct {
	t *testing.T
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, p *testenv.Proxy) *caller {
	t.Helper()
	c, err := net.Dial("tcp", p.Address()) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	return &caller{t: t, Conn: c, r: bufio.NewReader(c)}
}

func (c *caller) ask(line string) (string, error) {
	if _, err := io.WriteString(c, line+"\n"); err != nil {
		return "", err
	}
	got, err := c.r.ReadString('\n')
	return got, err
}

func (c *caller) must(line string) {
	c.t.Helper()
	if got, err := c.ask(line); err != nil || got != line+"\n" {
		c.t.Fatalf("%q came back as %q, %v", line, got, err)
	}
}

func TestProxyCarriesBothWays(t *testing.T) {
	t.Parallel()
	p := testenv.NewProxy(t, "tcp", echo(t))
	one, two := dial(t, p), dial(t, p)
	one.must("hello")
	two.must("there")
	one.must("again")
	if n := p.Passed(); n != 2*18 {
		t.Errorf("%d bytes went through", n)
	}
	p.Slow(time.Millisecond)
	one.must("slowly")
}

func TestProxyHangsAndGoesOn(t *testing.T) {
	t.Parallel()
	p := testenv.NewProxy(t, "tcp", echo(t))
	old := dial(t, p)
	old.must("before")
	p.Hang()
	fresh := dial(t, p) // new connections stand too
	for name, c := range map[string]*caller{"old": old, "fresh": fresh} {
		if _, err := io.WriteString(c, name+"\n"); err != nil {
			t.Fatal(err)
		}
		_ = c.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
		if got, err := c.r.ReadString('\n'); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("the %s one carries %q, %v", name, got, err)
		}
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
	}
	p.Heal()
	for name, c := range map[string]*caller{"old": old, "fresh": fresh} {
		if got, err := c.r.ReadString('\n'); err != nil || got != name+"\n" {
			t.Errorf("after it the %s one brings %q, %v", name, got, err)
		}
	}
}

func TestProxyCutsAndResets(t *testing.T) {
	t.Parallel()
	p := testenv.NewProxy(t, "tcp", echo(t))
	c := dial(t, p)
	c.must("before")
	p.Cut()
	if got, err := c.ask("cut"); err == nil {
		t.Errorf("a connection that is cut carries %q", got)
	}
	if got, err := dial(t, p).ask("new"); err == nil {
		t.Errorf("a new one carries %q", got)
	}
	p.Heal()
	again := dial(t, p)
	again.must("after")
	p.Reset()
	if got, err := again.ask("reset"); err == nil {
		t.Errorf("a connection that was reset carries %q", got)
	}
	dial(t, p).must("at once")
}

func TestProxyBeforeNobody(t *testing.T) {
	t.Parallel()
	p := testenv.NewProxy(t, "unix", t.TempDir()+"/nobody")
	if got, err := dial(t, p).ask("hello"); err == nil {
		t.Errorf("nobody says %q", got)
	}
}
