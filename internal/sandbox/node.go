package sandbox

import (
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// node is a simulated Lavalink server with a listener of its own.
type node struct {
	*lavalink.Node
	name string
	addr string

	once sync.Once
	http *http.Server
}

// listen opens the node's port: the one of last time, or any.
func (n *node) listen(last string) error {
	ln, err := listen("", last)
	if err != nil {
		return err
	}
	n.addr = ln.Addr().String()
	n.http = &http.Server{Handler: n.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func(srv *http.Server, ln net.Listener) { _ = srv.Serve(ln) }(n.http, ln)
	return nil
}

func (n *node) close() {
	n.once.Do(func() {
		n.Node.Close()
		if n.http != nil {
			_ = n.http.Close()
		}
	})
}

// Name implements control.Node.
func (n *node) Name() string { return n.name }

// Address implements control.Node.
func (n *node) Address() string { return n.addr }

// Players implements control.Node.
func (n *node) Players() any { return n.Node.Players() }

// Timeline implements control.Node.
func (n *node) Timeline() any { return n.Node.Timeline() }
