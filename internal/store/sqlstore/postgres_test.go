package sqlstore_test

import (
	"errors"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// proxy stands between the store and the server, and can cut or hold what
// passes.
type proxy struct {
	t      *testing.T
	server string
	port   net.Listener
	wg     sync.WaitGroup
	// mute swallows what the server says from now on; deaf what it is told.
	mute, deaf atomic.Bool
	mu         sync.Mutex
	conns      []net.Conn
}

func newProxy(t *testing.T, address string) (*proxy, string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{t: t, server: filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), port: port}
	p.wg.Go(p.accept)
	t.Cleanup(func() {
		_ = port.Close()
		p.cut()
		p.wg.Wait()
	})
	return p, "postgres://platform@" + port.Addr().String() + u.Path + "?sslmode=disable"
}

func (p *proxy) accept() {
	for {
		client, err := p.port.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		p.wg.Go(func() { p.pass(server, client, &p.deaf) })
		p.wg.Go(func() { p.pass(client, server, &p.mute) })
	}
}

func (p *proxy) pass(to, from net.Conn, swallow *atomic.Bool) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !swallow.Load() {
			_, err = to.Write(buf[:n])
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, net.ErrClosed) {
				p.t.Logf("the proxy: %v", err)
			}
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		_ = c.Close()
	}
	p.conns = nil
}

func TestAConnectionThatBreaksAtCommit(t *testing.T) {
	for _, c := range []struct {
		name  string
		cut   func(*proxy)
		stays bool
	}{
		{"COMMIT does not arrive", func(p *proxy) { p.deaf.Store(true) }, false},
		{"the answer does not arrive", func(p *proxy) { p.mute.Store(true) }, true},
		{"the connection is cut before", (*proxy).cut, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, address := newProxy(t, testenv.Postgres(t))
			var armed atomic.Bool
			db := open(t, sqlstore.Options{URL: address, Timeout: 5 * time.Second, Failpoint: func(s store.Stage) error {
				// The stage is where COMMIT is about to be sent; it is sent.
				if s == store.StageCommit && armed.CompareAndSwap(true, false) {
					c.cut(p)
				}
				return nil
			}})
			l, err := db.Acquire(t.Context(), 0, "h", time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			armed.Store(true)
			start := time.Now()
			_, err = db.Commit(t.Context(), batchOf(l, 0, "event"))
			// A server that ends the transaction because COMMIT did not come says that
			// nothing was made.
			code := fault.CodeOf(err)
			if (code != fault.Unknown && (c.stays || code != fault.Unavailable)) || time.Since(start) > 30*time.Second {
				t.Fatalf("after %v: %v", time.Since(start), err)
			}
			p.cut()
			p.deaf.Store(false)
			p.mute.Store(false)
			// It heals by itself, and says what became of it.
			again := time.NewTicker(10 * time.Millisecond)
			defer again.Stop()
			for limit := time.After(30 * time.Second); ; {
				now, err := db.BatchNumbers(t.Context(), []int{0})
				if err == nil {
					if stays := now[0].Batch == l.Batch+1; stays != c.stays {
						t.Fatalf("the batch number is %d", now[0].Batch)
					}
					l.Batch = now[0].Batch
					break
				}
				select {
				case <-limit:
					t.Fatal(err)
				case <-again.C:
				}
			}
			if _, err := db.Commit(t.Context(), batchOf(l, 0, "next")); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestAServerThatDoesNotAnswer(t *testing.T) {
	p, address := newProxy(t, testenv.Postgres(t))
	db := open(t, sqlstore.Options{URL: address, Timeout: 3 * time.Second})
	l, err := db.Acquire(t.Context(), 0, "h", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	p.mute.Store(true)
	for name, f := range map[string]func() error{
		"ping":   func() error { return db.Ping(t.Context()) },
		"load":   func() error { _, err := db.Load(t.Context(), guildIDs("a")); return err },
		"commit": func() error { _, err := db.Commit(t.Context(), batchOf(l, 0, "x")); return err },
		"renew":  func() error { return db.Renew(t.Context(), "h", []store.Stamp{{Epoch: l.Epoch}}, time.Minute) },
	} {
		start := time.Now()
		err := f()
		if code := fault.CodeOf(err); code != fault.Unavailable && (name != "commit" || code != fault.Unknown) {
			t.Errorf("%s: %v", name, err)
		}
		if d := time.Since(start); d > 30*time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
	p.mute.Store(false)
	p.cut()
}
