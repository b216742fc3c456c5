package control

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// argNode is the argument by which a fault of a node says which one.
const argNode = "node"

// listFaults lists the faults of the World and of the nodes; one that several
// nodes have is listed once, with the argument node.
func (c control) listFaults(*http.Request) (any, error) {
	return FaultList{Faults: c.allFaults()}, nil
}

func (c control) allFaults() []faults.Fault {
	all := c.World.Faults()
	known := c.names()
	for _, n := range c.Nodes {
		for _, f := range c.setOf(n).Faults() {
			for i := range f.Active {
				f.Active[i] = with(swap(f.Active[i], known.byID), n.Name())
			}
			at := slices.IndexFunc(all, func(o faults.Fault) bool { return o.Name == f.Name })
			if at >= 0 {
				all[at].Active = append(all[at].Active, f.Active...)
				continue
			}
			f.Args = append([]faults.Arg{c.nodeArg()}, slices.DeleteFunc(slices.Clone(f.Args), isNode)...)
			all = append(all, f)
		}
	}
	slices.SortFunc(all, func(a, b faults.Fault) int { return strings.Compare(a.Name, b.Name) })
	return all
}

func isNode(a faults.Arg) bool { return a.Name == argNode }

// nodeArg is the argument node with the names that there are. It may be left
// out where there is only one.
func (c control) nodeArg() faults.Arg {
	a := faults.Arg{Name: argNode, Help: "name of a node; may be left out where there is only one", Required: len(c.Nodes) > 1}
	for _, n := range c.Nodes {
		a.Values = append(a.Values, n.Name())
	}
	if len(c.Nodes) == 1 {
		a.Default = c.Nodes[0].Name()
	}
	return a
}

func with(args map[string]string, node string) map[string]string {
	out := map[string]string{argNode: node}
	maps.Copy(out, args)
	return out
}

// setOf is a node as a set of faults; one that is none has what every Node can.
func (c control) setOf(n Node) faults.Set {
	if s, ok := n.(faults.Set); ok {
		return s
	}
	return bareNode{n, c.bare}
}

// find takes the fault of a name as it is now. NotFound lists what there is.
func (c control) find(name string) (faults.Fault, error) {
	all := c.allFaults()
	names := make([]string, 0, len(all))
	for _, f := range all {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return faults.Fault{}, fault.New(fault.NotFound, "control.Faults", "there is no such fault").
		WithHint("known: " + strings.Join(names, ", "))
}

func (c control) setFault(r *http.Request) (any, error) {
	req, err := take[FaultRequest](r)
	if err != nil {
		return nil, err
	}
	f, err := c.find(r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	if f.Area != faults.AreaNode {
		err = c.World.SetFault(f.Name, req.Args)
	} else {
		err = c.setNode(f, req.Args)
	}
	if err != nil {
		return nil, err
	}
	return c.find(f.Name)
}

func (c control) setNode(f faults.Fault, args map[string]string) error {
	name := args[argNode]
	if name == "" {
		name = c.nodeArg().Default
	}
	if name == "" {
		return fault.New(fault.Invalid, "control.Faults", f.Name+" needs the argument node").
			WithHint("one of " + strings.Join(c.nodeArg().Values, ", "))
	}
	n, err := c.node(name)
	if err != nil {
		return err
	}
	return c.setOf(n).SetFault(f.Name, swap(without(args), c.names().byName))
}

// without is args without the node, which only the control knows.
func without(args map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range args {
		if k != argNode {
			out[k] = v
		}
	}
	return out
}

func (c control) clearFault(r *http.Request) (any, error) {
	f, err := c.find(r.PathValue("name"))
	if err != nil {
		return nil, err
	}
	args := map[string]string{}
	for k, v := range r.URL.Query() {
		args[k] = v[0]
	}
	return nil, c.mend(f, args)
}

// mend clears a fault where args say: at one node, or at all of them.
func (c control) mend(f faults.Fault, args map[string]string) error {
	if f.Area != faults.AreaNode {
		return c.World.ClearFault(f.Name, args)
	}
	nodes, known := c.Nodes, c.names()
	if name := args[argNode]; name != "" {
		n, err := c.node(name)
		if err != nil {
			return err
		}
		nodes = []Node{n}
	}
	for _, n := range nodes {
		s := c.setOf(n)
		if !slices.ContainsFunc(s.Faults(), func(o faults.Fault) bool { return o.Name == f.Name }) {
			continue
		}
		if err := s.ClearFault(f.Name, swap(without(args), known.byName)); err != nil {
			return err
		}
	}
	return nil
}

// clearFaults mends everything that lasts, and goes on where one cannot be
// mended; the first failure is answered.
func (c control) clearFaults(*http.Request) (any, error) {
	var failed error
	for _, f := range c.allFaults() {
		if !f.Lasting {
			continue
		}
		if err := c.mend(f, nil); err != nil && failed == nil {
			failed = err
		}
	}
	return nil, failed
}
