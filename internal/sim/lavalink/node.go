package lavalink

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
)

// Options says what a node is. Password is required; the rest has defaults.
type Options struct {
	Name     string
	Password string
	// Clock is the node's time; the real clock if nil.
	Clock clockwork.Clock
	// Catalog is the library; DefaultCatalog() if nil.
	Catalog *Catalog
	Logger  *slog.Logger
	// Verify decides whether voice credentials are real. It is called without
	// the node's lock and may block, as a voice handshake does; an error makes
	// the PATCH fail with 500. Nil accepts all.
	Verify func(Voice) error
	// DisabledFilters are refused with 400 and missing in /v4/info.
	DisabledFilters []string
	// Region is where the node claims to be, as it is shown; nothing depends on it.
	Region string
	// Latency is how long the way to the node and back takes: REST answers and
	// pongs come that late, what a socket tells by itself half of it.
	Latency time.Duration
	// Sources are what it loads from, of Sources(); DefaultSources() if empty.
	Sources []string
	// IPBlock gives it a route planner over these addresses, as 2001:db8::/64;
	// empty for none.
	IPBlock string
}

// Node is one simulated Lavalink server. Its methods may be called from any
// goroutine.
type Node struct {
	opts    Options
	clock   clockwork.Clock
	catalog *Catalog
	log     *slog.Logger
	mux     http.Handler
	// closing ends with Close, or with SetDown(true) for what runs then.
	closing context.Context //nolint:containedctx // the life of the node, not of a call
	stop    context.CancelFunc
	running sync.WaitGroup

	mu        sync.Mutex
	now       time.Time
	started   time.Time
	due       alarms
	seq       uint64
	timer     clockwork.Timer
	armed     time.Time // what timer is set to
	sessions  map[string]*session
	closed    bool
	down      bool
	loadDelay time.Duration
	timeline  timeline
	planner   *planner
	// broken holds the lasting faults that are set, with their arguments.
	broken map[string]map[string]string
	// changed is set when something that is heard did, until the hooks were told.
	changed bool
	hooks   []func()
}

// New starts a node. A missing password, an unknown name among the disabled
// filters or the sources, a negative latency and a block of addresses that is
// none are fault.Invalid.
func New(opts Options) (*Node, error) {
	const op = "lavalink.New"
	if opts.Password == "" {
		return nil, fault.New(fault.Invalid, op, "a node needs a password").WithHint("set Options.Password")
	}
	for _, f := range opts.DisabledFilters {
		if !slices.Contains(FilterNames(), f) {
			return nil, fault.New(fault.Invalid, op, "no filter is called "+f)
		}
	}
	for _, src := range opts.Sources {
		if !slices.Contains(Sources(), src) {
			return nil, fault.New(fault.Invalid, op, "no source is called "+src)
		}
	}
	if len(opts.Sources) == 0 {
		opts.Sources = DefaultSources()
	}
	if opts.Latency < 0 {
		return nil, fault.New(fault.Invalid, op, "a latency cannot be negative")
	}
	plan, err := newPlanner(opts.IPBlock)
	if err != nil {
		return nil, err
	}
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	if opts.Catalog == nil {
		opts.Catalog = DefaultCatalog()
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	n := &Node{
		opts: opts, clock: opts.Clock, catalog: opts.Catalog, log: opts.Logger.With("node", opts.Name),
		now: opts.Clock.Now(), sessions: make(map[string]*session), planner: plan, broken: make(map[string]map[string]string),
	}
	n.started = n.now
	n.closing, n.stop = context.WithCancel(context.Background())
	n.mux = n.routes()
	return n, nil
}

// Name is what the node is called.
func (n *Node) Name() string { return n.opts.Name }

// Region is where the node claims to be.
func (n *Node) Region() string { return n.opts.Region }

// Latency is how long the way to the node and back takes.
func (n *Node) Latency() time.Duration { return n.opts.Latency }

// Handler serves the node: REST and WebSocket.
func (n *Node) Handler() http.Handler { return http.HandlerFunc(n.serve) }

// Close shuts the node down as a stopped server does: every socket is closed
// with 1001, all sessions and players end. It waits until nothing of the node
// runs any more and may be called twice.
func (n *Node) Close() {
	now := n.lock()
	n.closed = true
	n.stop()
	for _, s := range n.sorted() {
		if s.link != nil {
			s.link.finish(1001)
			s.link = nil
		}
		n.destroySession(now, s)
	}
	n.unlock()
	n.running.Wait()
}

// sorted returns the sessions in the order of their ids.
func (n *Node) sorted() []*session {
	out := make([]*session, 0, len(n.sessions))
	for _, s := range n.sessions {
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b *session) int { return compareText(a.id, b.id) })
	return out
}

// passwordIs is never true while the password was changed under the clients.
func (n *Node) passwordIs(given string) bool {
	right := subtle.ConstantTimeCompare([]byte(given), []byte(n.opts.Password)) == 1
	n.mu.Lock()
	defer n.mu.Unlock()
	return right && n.broken[FaultWrongPassword] == nil
}

// newSessionID returns sixteen letters and digits, as the server makes them.
func (n *Node) newSessionID() string {
	const pool = "abcdefghijklmnopqrstuvwxyz0123456789"
	for {
		raw := []byte(rand.Text())[:16]
		for i, b := range raw {
			raw[i] = pool[int(b)%len(pool)]
		}
		if id := string(raw); n.sessions[id] == nil {
			return id
		}
	}
}
