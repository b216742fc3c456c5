package control

import (
	"net/http"
	"strings"
	"sync"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// Faults that every Node can have.
const (
	nodeDown   = "node.down"
	nodeCut    = "node.cut"
	nodeForget = "node.forget"
)

// bareNodes remembers which of the nodes without faults of their own are down.
type bareNodes struct {
	mu   sync.Mutex
	down map[string]bool
}

// bareNode gives a Node that is no faults.Set the faults that every Node can have.
type bareNode struct {
	Node
	all *bareNodes
}

// Faults implements faults.Set.
func (b bareNode) Faults() []faults.Fault {
	b.all.mu.Lock()
	defer b.all.mu.Unlock()
	down := faults.Fault{Name: nodeDown, Area: faults.AreaNode, Summary: "The node refuses connections.", Lasting: true}
	if b.all.down[b.Name()] {
		down.Active = []map[string]string{{}}
	}
	return []faults.Fault{
		{Name: nodeCut, Area: faults.AreaNode, Summary: "The node's sockets break; its sessions live on."},
		down,
		{Name: nodeForget, Area: faults.AreaNode, Summary: "The node forgets its sessions, as a restart does."},
	}
}

// SetFault implements faults.Set.
func (b bareNode) SetFault(name string, args map[string]string) error {
	if len(args) > 0 {
		return fault.New(fault.Invalid, "control.Faults", name+" has no such argument").WithHint("known: node")
	}
	switch name {
	case nodeDown:
		b.setDown(true)
	case nodeCut:
		b.CutSockets()
	case nodeForget:
		b.ForgetSessions()
	default:
		return fault.New(fault.NotFound, "control.Faults", "this node has no such fault")
	}
	return nil
}

// ClearFault implements faults.Set.
func (b bareNode) ClearFault(name string, _ map[string]string) error {
	if name == nodeDown {
		b.setDown(false)
	}
	return nil
}

func (b bareNode) setDown(down bool) {
	b.all.mu.Lock()
	defer b.all.mu.Unlock()
	if b.all.down == nil {
		b.all.down = map[string]bool{}
	}
	b.all.down[b.Name()] = down
	b.SetDown(down)
}

func (c control) node(name string) (Node, error) {
	names := []string{}
	for _, n := range c.Nodes {
		if n.Name() == name {
			return n, nil
		}
		names = append(names, n.Name())
	}
	return nil, fault.New(fault.NotFound, "control.Node", "there is no such node").WithHint("known: " + strings.Join(names, ", "))
}

func (c control) ofNode(f func(Node) any) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		n, err := c.node(r.PathValue("name"))
		if err != nil {
			return nil, err
		}
		return f(n), nil
	}
}
