package audio

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/lavalink"
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
	// info is what the node last said of itself. It is kept while the node is
	// away, and asked for again when it returns: asked says that this was done.
	info  lavalink.Info
	asked bool
	// stats are the last ones, with the load of the CPU falling slowly. ours is
	// how many players we knew to play there at that time.
	stats lavalink.Stats
	ours  int
	seen  time.Time
	fails int
	// cordon is what an operator decided, nil where nothing.
	cordon *Cordon
	// given are the players that the node was given in the last seconds, and
	// troubles the updates that failed lately.
	given    map[playerKey]time.Time
	pruned   time.Time
	troubles []time.Time
	// told is true while the guilds believe that it is up.
	told bool
	// draining is true while its players are moved away.
	draining bool
	// hurry asks for a probe at once.
	hurry chan struct{}
}

func newNode(c *lavalink.Client, now time.Time) *node {
	return &node{
		client: c, board: lavalink.NewBoard(), state: NodeConnecting, since: now,
		given: map[playerKey]time.Time{}, hurry: make(chan struct{}, 1),
	}
}

func (n *node) name() music.NodeName { return n.client.Node().Name }

// sources are those that the node said it plays, nil where it never said.
func (n *node) sources() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.info.Sources
}

// lost says that the node cannot be used, and that this was told.
func (n *node) lost() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == NodeDown || n.state == NodeRefused
}

func (n *node) view() view.Node {
	at := n.client.Node()
	v := view.Node{
		Name: string(at.Name), Address: at.Address, Secure: at.Secure, Region: strings.Join(at.Regions, ", "), Sources: []string{},
	}
	if st, known := n.board.Stats(); known && st.Frames != nil {
		v.Deficit = int64(st.Frames.Deficit)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	v.Players, v.Playing, v.CPU = n.stats.Players, n.stats.Playing, n.stats.SystemLoad
	v.MemoryUsed, v.MemoryTotal, v.UptimeMS = n.stats.MemoryUsed, n.stats.MemoryAllowed, n.stats.Uptime.Milliseconds()
	v.State, v.Reason, v.SeenAt = string(n.state), n.reason, n.seen
	if n.state == NodeUp {
		v.Version = n.info.Version
		v.Sources = append(v.Sources, n.info.Sources...)
	}
	if c := n.cordon; c != nil {
		v.Cordoned, v.CordonReason, v.CordonedBy = true, c.Reason, c.By
	}
	return v
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
