package lavalink_test

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
)

// wire forwards connections to a node. Those that carry a WebSocket can be
// frozen: nothing passes any more, and neither end is told.
type wire struct {
	listener net.Listener
	to       string
	all      sync.WaitGroup

	mu      sync.Mutex
	closed  bool
	open    []net.Conn // every end
	sockets []net.Conn // the node's ends of WebSockets
	frozen  chan struct{}
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{listener: l, to: to, frozen: make(chan struct{})}
	w.all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			w.all.Go(func() { w.forward(c) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		w.mu.Lock()
		w.closed = true
		for _, c := range w.open {
			c.Close()
		}
		w.mu.Unlock()
		w.all.Wait()
	})
	return w
}

func (w *wire) forward(client net.Conn) {
	defer client.Close()
	first := make([]byte, 4096)
	n, err := client.Read(first)
	if err != nil {
		return
	}
	node, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	socket := bytes.HasPrefix(first[:n], []byte("GET /v4/websocket"))
	w.mu.Lock()
	w.open = append(w.open, client, node)
	closed, frozen := w.closed, w.frozen
	if socket {
		w.sockets = append(w.sockets, node)
	}
	w.mu.Unlock()
	defer node.Close()
	if closed {
		return
	}
	if _, err := node.Write(first[:n]); err != nil {
		return
	}
	pass := func(to, from net.Conn) {
		buf := make([]byte, 4096)
		for {
			n, err := from.Read(buf)
			if socket {
				select {
				case <-frozen:
					// What comes is swallowed; that an end closes is not passed on.
					if from == client {
						_, _ = io.Copy(io.Discard, from)
						return
					}
				default:
				}
			}
			if err != nil {
				to.Close()
				return
			}
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
	}
	var both sync.WaitGroup
	both.Go(func() { pass(node, client) })
	both.Go(func() { pass(client, node) })
	both.Wait()
}

// freeze lets the WebSockets that are open now hang.
func (w *wire) freeze() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.frozen)
	w.frozen = make(chan struct{})
}

// notice lets the node see that its ends of the WebSockets are dead.
func (w *wire) notice() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.sockets {
		c.Close()
	}
}

func TestAHalfOpenLinkIsSteeredByRESTUntilItCanBeResumed(t *testing.T) {
	r := newRig(t)
	w := newWire(t, strings.TrimPrefix(r.srv.URL, "http://"))
	client, err := lavalink.NewClient(
		lavalink.Node{Name: "one", Address: w.listener.Addr().String(), Password: secret.New(password)}, lavalink.ClientOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	o := own(t, client, "")
	session := o.up().Session
	d := r.wanted("p1", "last-ferry")
	o.apply(d)
	body[music.PlayStarted](o)

	w.freeze()
	began := o.clock.Now()
	o.down()
	if took := o.clock.Since(began); took < 10*time.Second {
		t.Errorf("it was given up after %v", took)
	}
	up := o.up()
	if up.Session != session || !up.Steered {
		t.Fatalf("the session that still stands on the node is not steered: %+v", up)
	}
	d.Paused = true
	o.apply(d)
	if p := r.node.Players(); len(p) != 1 || !p[0].Paused || p[0].Session != session {
		t.Fatalf("the node has %+v", p)
	}

	w.notice()
	up = o.up()
	if up.Session != session || !up.Resumed || up.Steered {
		t.Fatalf("the session was not resumed: %+v", up)
	}
	if s := body[music.NodeSnapshot](o); s.Play != "p1" || !s.Paused || s.Fresh {
		t.Errorf("the node plays %+v", s)
	}
}
