package audio

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
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
	// NodeConnecting has not answered yet, or has just stopped answering.
	NodeConnecting NodeState = "connecting"
	NodeUp         NodeState = "up"
	NodeDown       NodeState = "down"
	// NodeRefused answers, and does not let us in.
	NodeRefused NodeState = "refused"
)

// node is one Lavalink server, watched.
type node struct {
	client *lavalink.Client
	board  *lavalink.Board

	mu     sync.Mutex
	state  NodeState
	since  time.Time
	reason string
	info   lavalink.Info
	stats  lavalink.Stats
	seen   time.Time
	fails  int
	// told is true while the guilds believe that it is up.
	told bool
}

func (n *node) name() music.NodeName { return n.client.Node().Name }

func (n *node) up() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == NodeUp
}

// lost says that the node cannot be used, and that this was told.
func (n *node) lost() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == NodeDown || n.state == NodeRefused
}

func (n *node) view() view.Node {
	at := n.client.Node()
	v := view.Node{Name: string(at.Name), Address: at.Address, Secure: at.Secure, Sources: []string{}}
	if st, known := n.board.Stats(); known && st.Frames != nil {
		v.Deficit = int64(st.Frames.Deficit)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	v.Players, v.Playing, v.CPU = n.stats.Players, n.stats.Playing, n.stats.SystemLoad
	v.MemoryUsed, v.MemoryTotal, v.UptimeMS = n.stats.MemoryUsed, n.stats.MemoryAllowed, n.stats.Uptime.Milliseconds()
	v.State, v.Reason, v.Version, v.SeenAt = string(n.state), n.reason, n.info.Version, n.seen
	v.Sources = append(v.Sources, n.info.Sources...)
	return v
}

// watch probes a node until ctx ends and tells the guilds when it comes and goes.
func (r *Role) watch(ctx context.Context, n *node) {
	var first sync.Once
	defer first.Do(r.looked.Done)
	for ctx.Err() == nil {
		r.probe(ctx, n)
		first.Do(r.looked.Done)
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
	stats, err := n.client.Stats(within)
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		n.board.Measured(r.opt.Clock.Since(sent))
		n.mu.Lock()
		n.stats, n.seen = stats, r.opt.Clock.Now().UTC()
		unknown := n.info.Version == ""
		n.mu.Unlock()
		if unknown {
			if info, ierr := n.client.Info(within); ierr == nil {
				n.mu.Lock()
				n.info = info
				n.mu.Unlock()
			}
		}
	}
	r.judge(n, err)
}

// judge takes over the result of a probe.
func (r *Role) judge(n *node, err error) {
	n.mu.Lock()
	was, next := n.state, NodeConnecting
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
		if n.fails >= downAfter || !n.told {
			next = NodeDown
		}
	}
	// A node that never answered is told of as well: players may have been left on it.
	tell := next != was && next != NodeConnecting && (n.told || next == NodeUp || was == NodeConnecting)
	if next == NodeUp && n.told {
		tell = false
	}
	if next != was {
		n.state, n.since = next, r.opt.Clock.Now()
		if next != NodeUp {
			n.info, n.stats = lavalink.Info{}, lavalink.Stats{}
		}
	}
	if next != NodeConnecting {
		n.told = next == NodeUp
	}
	reason := n.reason
	n.mu.Unlock()
	if !tell {
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
	case NodeConnecting:
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
func (r *Role) Nodes() []view.Node {
	sessions := map[music.NodeName]int{}
	r.links.each(func(k linkKey, _ *lavalink.Link) { sessions[k.node]++ })
	out := make([]view.Node, 0, len(r.nodes))
	for _, n := range r.nodes {
		v := n.view()
		v.Sessions = sessions[n.name()]
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b view.Node) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// loader loads from the nodes of a role.
type loader struct{ *Role }

var _ resolve.Loader = loader{}

// Load implements resolve.Loader: it asks the node that has least to do, and
// another one where that does not answer.
func (r loader) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	select {
	case <-r.known:
	case <-ctx.Done():
		return resolve.LoadResult{}, resolve.ErrNoNode
	}
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
