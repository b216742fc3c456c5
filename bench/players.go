package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/bench/world"
)

const (
	// storedPlayers with storedTracks each are in the database when the daemon
	// starts, each in a guild of its own.
	storedPlayers, storedTracks = 10_000, 20
	// settledWithin is how long it may take to store them, and until the daemon
	// has read them all.
	settledWithin = 2 * time.Minute
)

// ofPlayers are the measurements with many players.
func ofPlayers() []measurement {
	p := &players{}
	of := func(f func() float64) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			if err := p.measure(e); err != nil {
				return 0, 0, err
			}
			return f(), 0, nil
		}
	}
	return []measurement{
		{"stored-players-api-ready", "ms", "", goal{value: 1000, below: true}, of(func() float64 { return milliseconds(p.ready) })},
		{"stored-players-settled", "ms", "", goal{}, of(func() float64 { return milliseconds(p.settled) })},
		{"player-heap", "KB", "", goal{value: 18, below: true}, of(func() float64 { return p.heap })},
		{"player-resident", "KB", "", goal{value: 18, below: true}, of(func() float64 { return p.resident })},
	}
}

// players measures, once, a daemon that starts with many players stored, against
// one with none. Neither Discord nor the node answers them, so that all that is
// seen is what players cost.
type players struct {
	once sync.Once
	err  error

	ready, settled time.Duration
	// heap and resident are what a player adds, in KB.
	heap, resident float64
}

func (p *players) measure(e env) error {
	p.once.Do(func() { p.err = p.run(e) })
	return p.err
}

func (p *players) run(e env) (err error) {
	nobody, err := startNobody()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, nobody.Close()) }()
	empty, err := holding(e, nobody.Addr, 0)
	if err != nil {
		return err
	}
	full, err := holding(e, nobody.Addr, storedPlayers)
	if err != nil {
		return err
	}
	p.ready, p.settled = full.ready, full.settled
	p.heap = (full.heap - empty.heap) / storedPlayers / 1000
	p.resident = (full.resident - empty.resident) / storedPlayers / 1000
	return nil
}

// startNobody starts a server that says who the bot is, and is neither Discord nor
// a node otherwise.
func startNobody() (*http.Server, error) {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	srv := &http.Server{
		Addr: ln.Addr().String(), ReadHeaderTimeout: time.Second,
		Handler: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			// A start waits for Discord's word on the token.
			if r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/@me") {
				rw.Header().Set("Content-Type", "application/json")
				_, _ = io.WriteString(rw, `{"id":"`+world.ApplicationID+`","username":"bench"}`) // whoever left does not listen
				return
			}
			rw.WriteHeader(http.StatusServiceUnavailable)
		}),
	}
	go func() { _ = srv.Serve(ln) }() // it ends with Close
	return srv, nil
}

// A held is what a daemon with a number of players takes.
type held struct {
	ready, settled time.Duration
	heap, resident float64
}

// settled waits until the heap does not change any more: what was stored has
// been read, and what had to be done about it has been done. It returns the heap.
func settled(ctx context.Context, d *proc.Platform) (float64, error) {
	const same, within = 4, 0.04
	var last float64
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 0; ; n++ {
		heap, err := d.Heap(ctx)
		if err != nil {
			return 0, err
		}
		if math.Abs(heap-last) > within*heap {
			n, last = 0, heap
		}
		if n == same {
			return heap, nil
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("the heap does not settle, it has %s: %w", figure(heap), ctx.Err())
		case <-tick.C:
		}
	}
}

func holding(e env, nobody string, n int) (h held, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), settledWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := store(ctx, proc.DataDir(dir), n, storedTracks); err != nil {
		return h, err
	}
	d, err := proc.StartPlatform(e.bin, dir, proc.Where{Discord: nobody, Token: world.Token(), Node: nobody, Password: world.Password})
	if err != nil {
		return h, err
	}
	defer func() { err = errors.Join(err, d.Stop()) }()
	if h.ready, err = d.APIReady(ctx); err != nil {
		return h, err
	}
	if h.heap, err = settled(ctx, d); err != nil {
		return h, err
	}
	h.settled = time.Since(d.Started)
	rss, err := d.RSS()
	h.resident = float64(rss)
	if err != nil || e.profile == "" || n == 0 {
		return h, err
	}
	heap, err := d.HeapProfile(ctx)
	if err != nil {
		return h, err
	}
	return h, os.WriteFile(e.profile+".heap", []byte(heap), 0o600)
}
