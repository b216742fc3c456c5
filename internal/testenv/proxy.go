package testenv

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a program and a server, on a loopback port of its own, and
// does to the network between them what a test asks for.
type Proxy struct {
	network, target string
	listener        net.Listener

	mu sync.Mutex
	// turn wakes the pumps when the way changes.
	turn *sync.Cond
	way  way
	// delay is how long each piece waits.
	delay  time.Duration
	conns  map[net.Conn]struct{}
	passed int64
	closed bool
	wg     sync.WaitGroup
}

// way is what happens to what is sent.
type way int

const (
	through way = iota
	// hanging connections stand and carry nothing, as behind a cut cable.
	hanging
	// shut connections are closed, and new ones at once.
	shut
)

// NewProxy starts a proxy before a server, which need not be there yet. It ends
// with the test. Network and target are as for [net.Dial].
func NewProxy(tb testing.TB, network, target string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // ends at once
	if err != nil {
		tb.Fatalf("a proxy: %v", err)
	}
	p := &Proxy{network: network, target: target, listener: l, conns: map[net.Conn]struct{}{}}
	p.turn = sync.NewCond(&p.mu)
	p.wg.Go(p.accept)
	tb.Cleanup(p.close)
	return p
}

// Address is where the proxy listens: a host and a port.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// Passed is how many bytes went through so far, both ways together.
func (p *Proxy) Passed() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.passed
}

// Heal lets everything through again: what hung goes on where it was.
func (p *Proxy) Heal() { p.set(through, 0) }

// Hang lets connections stand, new ones too, and carries nothing.
func (p *Proxy) Hang() { p.set(hanging, 0) }

// Slow holds back each piece for a while, and loses none.
func (p *Proxy) Slow(d time.Duration) { p.set(through, d) }

// Cut closes all connections, and each new one at once, until Heal.
func (p *Proxy) Cut() {
	p.set(shut, 0)
	p.drop(false)
}

// Reset breaks the connections that there are, as RST does. New ones go through.
func (p *Proxy) Reset() { p.drop(true) }

func (p *Proxy) set(w way, delay time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.way, p.delay = w, delay
	p.turn.Broadcast()
}

func (p *Proxy) drop(reset bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		if t, ok := c.(*net.TCPConn); ok && reset {
			_ = t.SetLinger(0)
		}
		_ = c.Close()
	}
	p.turn.Broadcast()
}

func (p *Proxy) close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	_ = p.listener.Close()
	p.drop(false)
	p.wg.Wait()
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.wg.Go(func() { p.serve(c) })
	}
}

// serve joins a connection to one to the server until either ends.
func (p *Proxy) serve(c net.Conn) {
	if !p.keep(c) {
		return
	}
	defer p.forget(c)
	if !p.pass(c, 0) {
		return
	}
	s, err := net.Dial(p.network, p.target) //nolint:noctx // a server on this machine, there or not
	if err != nil || !p.keep(s) {
		return
	}
	defer p.forget(s)
	var both sync.WaitGroup
	both.Go(func() { p.pump(c, s) })
	both.Go(func() { p.pump(s, c) })
	both.Wait()
}

// keep remembers a connection, unless there are to be none.
func (p *Proxy) keep(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.way == shut {
		_ = c.Close()
		return false
	}
	p.conns[c] = struct{}{}
	return true
}

func (p *Proxy) forget(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, c)
	_ = c.Close()
	p.turn.Broadcast()
}

// pump carries what one side sends to the other one.
func (p *Proxy) pump(from, to net.Conn) {
	defer func() { _ = errors.Join(from.Close(), to.Close()) }()
	piece := make([]byte, 32<<10)
	for {
		n, err := from.Read(piece)
		if n > 0 {
			if !p.pass(from, n) {
				return
			}
			if _, err := to.Write(piece[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// pass waits until a piece may go on. It returns false where its connection ended.
func (p *Proxy) pass(c net.Conn, n int) bool {
	p.mu.Lock()
	for p.way == hanging && !p.closed && p.standing(c) {
		p.turn.Wait()
	}
	ok, delay := !p.closed && p.way != shut && p.standing(c), p.delay
	p.passed += int64(n)
	p.mu.Unlock()
	if ok && delay > 0 && n > 0 {
		wait := time.NewTimer(delay)
		defer wait.Stop()
		<-wait.C
	}
	return ok
}

func (p *Proxy) standing(c net.Conn) bool { _, ok := p.conns[c]; return ok }
