package audio

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/resolve"
)

const (
	probeEvery  = 2 * time.Second
	probeWithin = 2 * time.Second
	// downAfter is how many probes in a row must fail before a node counts as lost.
	downAfter = 3
)

// NodeState says how a node is.
type NodeState string

// The states of a node.
const (
	NodeUnknown NodeState = "unknown"
	NodeUp      NodeState = "up"
	NodeDown    NodeState = "down"
	// NodeRefused answers, and does not let us in.
	NodeRefused NodeState = "refused"
)

// node is one Lavalink server, watched.
type node struct {
	client *lavalink.Client
	board  *lavalink.Board

	mu      sync.Mutex
	state   NodeState
	since   time.Time
	reason  string
	version string
	fails   int
}

// NodeStatus is what operators see of a node.
type NodeStatus struct {
	Name    music.NodeName
	Address string
	Secure  bool
	State   NodeState
	Since   time.Time
	Reason  string
	Version string
	Latency time.Duration
	Score   float64
	Stats   lavalink.Stats
	Known   bool // Stats were received
}

func (n *node) name() music.NodeName { return n.client.Node().Name }

func (n *node) up() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == NodeUp
}

func (n *node) status() NodeStatus {
	at := n.client.Node()
	stats, known := n.board.Stats()
	n.mu.Lock()
	defer n.mu.Unlock()
	return NodeStatus{
		Name: at.Name, Address: at.Address, Secure: at.Secure, State: n.state, Since: n.since, Reason: n.reason,
		Version: n.version, Latency: n.board.Latency(), Score: n.board.Score(), Stats: stats, Known: known,
	}
}

// watch probes a node until ctx ends and tells the guilds when it comes and goes.
func (r *Role) watch(ctx context.Context, n *node) {
	for ctx.Err() == nil {
		r.probe(ctx, n)
		select {
		case <-ctx.Done():
		case <-r.opt.Clock.After(probeEvery):
		}
	}
}

func (r *Role) probe(ctx context.Context, n *node) {
	within, cancel := context.WithTimeout(ctx, probeWithin)
	defer cancel()
	sent := r.opt.Clock.Now()
	_, err := n.client.Stats(within)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		n.board.Measured(r.opt.Clock.Since(sent))
		n.mu.Lock()
		unknown := n.version == ""
		n.mu.Unlock()
		if unknown {
			if v, verr := n.client.Version(within); verr == nil {
				n.mu.Lock()
				n.version = v
				n.mu.Unlock()
			}
		}
	}
	r.judge(n, err)
}

// judge takes over the result of a probe.
func (r *Role) judge(n *node, err error) {
	n.mu.Lock()
	was, next := n.state, n.state
	switch fault.CodeOf(err) {
	case "":
		n.fails, n.reason, next = 0, "", NodeUp
	case fault.Unauthenticated, fault.Denied:
		n.fails++
		n.reason, _ = fault.Show(err)
		next = NodeRefused
	default:
		n.fails++
		n.reason, _ = fault.Show(err)
		if n.fails >= downAfter || was != NodeUp {
			next = NodeDown
		}
	}
	if next != was {
		n.state, n.since = next, r.opt.Clock.Now()
		if next != NodeUp {
			n.version = ""
		}
	}
	reason := n.reason
	n.mu.Unlock()
	if next == was {
		return
	}
	switch next {
	case NodeUp:
		r.log.Info("a node is up", "node", n.name())
		r.toAll("up", n.name(), music.NodeUp{Node: n.name()})
	case NodeDown, NodeRefused:
		_, hint := fault.Show(err)
		r.log.Warn("a node cannot be used", "node", n.name(), "state", next, "reason", reason, "hint", hint)
		r.toAll("down", n.name(), music.NodeDown{Node: n.name()})
	case NodeUnknown:
	}
}

// toAll tells every guild in memory about a node.
func (r *Role) toAll(what string, name music.NodeName, body music.Body) {
	id := r.inputID("node-" + what + ":" + string(name))
	r.loop.Each(func(g *music.Guild) bool {
		if len(g.Players) > 0 {
			r.deliver(music.Input{ID: id + ":" + string(g.ID), Guild: g.ID, Body: body})
		}
		return true
	})
}

// pick returns the node that would rather have another player than the others.
func (r *Role) pick() *node {
	var best *node
	for _, n := range r.nodes {
		if n.up() && (best == nil || n.board.Score() < best.board.Score()) {
			best = n
		}
	}
	return best
}

func (r *Role) node(name music.NodeName) *node {
	i := slices.IndexFunc(r.nodes, func(n *node) bool { return n.name() == name })
	if i < 0 {
		return nil
	}
	return r.nodes[i]
}

// Nodes returns how the nodes are, in order of their names.
func (r *Role) Nodes() []NodeStatus {
	out := make([]NodeStatus, 0, len(r.nodes))
	for _, n := range r.nodes {
		out = append(out, n.status())
	}
	slices.SortFunc(out, func(a, b NodeStatus) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return out
}

// loader loads from the nodes of a role.
type loader struct{ *Role }

var _ resolve.Loader = loader{}

// Load implements resolve.Loader: it asks the node that has least to do, and
// another one where that does not answer.
func (r loader) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	first := r.pick()
	if first == nil {
		return resolve.LoadResult{}, resolve.ErrNoNode
	}
	res, err := first.client.Load(ctx, identifier)
	if fault.CodeOf(err) == fault.Unavailable && ctx.Err() == nil {
		for _, n := range r.nodes {
			if n != first && n.up() {
				res, err = n.client.Load(ctx, identifier)
				break
			}
		}
	}
	return resolve.LoadResult(res), err
}
