package lavalink

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// The faults of a node, by name.
const (
	FaultDown            = "node.down"
	FaultCut             = "node.cut"
	FaultHalfOpen        = "node.half_open"
	FaultForget          = "node.forget"
	FaultRefuseSessions  = "node.refuse_sessions"
	FaultWrongPassword   = "node.wrong_password"
	FaultSlowLoad        = "node.slow_load"
	FaultFailLoad        = "node.fail_load"
	FaultEmptyLoad       = "node.empty_load"
	FaultStuckNode       = "node.stuck"
	FaultExceptionBefore = "node.exception_before"
	FaultExceptionAfter  = "node.exception_after"
	FaultLoadFailed      = "node.load_failed"
	FaultCleanup         = "node.cleanup"
	FaultGarbage         = "node.garbage"
	FaultUnknownEvent    = "node.unknown_event"
	FaultLyingStats      = "node.lying_stats"
)

// maxLoadDelay bounds node.slow_load.
const maxLoadDelay = 10 * time.Minute

// breakage is one fault and what it does, under the node's lock. Of a lasting
// one, strike runs once it counts as set, and mend once it does not any more.
type breakage struct {
	faults.Fault

	strike func(n *Node, now time.Time, args map[string]string) error
	mend   func(n *Node, now time.Time)
}

// Faults implements faults.Set. The node itself is none of the arguments.
func (n *Node) Faults() []faults.Fault {
	n.lock()
	defer n.unlock()
	out := make([]faults.Fault, 0, len(breakages()))
	for _, b := range breakages() {
		if args, ok := n.broken[b.Name]; ok {
			b.Active = []map[string]string{maps.Clone(args)}
		}
		out = append(out, b.Fault)
	}
	slices.SortFunc(out, func(a, b faults.Fault) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// SetFault implements faults.Set. The argument node is allowed where it is this
// node's name. A lasting fault that is set already takes the new arguments. A
// fault that has nobody to happen to is fault.Conflict, a closed node
// fault.Unavailable.
func (n *Node) SetFault(name string, args map[string]string) error {
	const op = "lavalink.SetFault"
	b, args, err := n.breakage(op, name, args)
	if err != nil {
		return err
	}
	if args, err = b.Check(args); err != nil {
		return err
	}
	if err := checkArgs(args); err != nil {
		return err
	}
	now := n.lock()
	defer n.unlock()
	if n.closed {
		return fault.New(fault.Unavailable, op, "the node is closed")
	}
	if b.Lasting {
		n.broken[name] = args
	}
	if b.strike == nil {
		return nil
	}
	return b.strike(n, now, args)
}

// ClearFault implements faults.Set. With the argument guild it mends only what
// was set for that guild.
func (n *Node) ClearFault(name string, args map[string]string) error {
	b, args, err := n.breakage("lavalink.ClearFault", name, args)
	if err != nil {
		return err
	}
	now := n.lock()
	defer n.unlock()
	set, ok := n.broken[name]
	if !ok || (args["guild"] != "" && args["guild"] != set["guild"]) {
		return nil
	}
	delete(n.broken, name)
	if b.mend != nil {
		b.mend(n, now)
	}
	return nil
}

// breakage finds a fault by its name and takes the node out of its arguments.
func (n *Node) breakage(op, name string, args map[string]string) (breakage, map[string]string, error) {
	all := breakages()
	i := slices.IndexFunc(all, func(b breakage) bool { return b.Name == name })
	if i < 0 {
		return breakage{}, nil, fault.New(fault.NotFound, op, "a node has no such fault").WithHint("list the faults to see their names")
	}
	if of := args["node"]; of != "" && of != n.opts.Name {
		return breakage{}, nil, fault.New(fault.Invalid, op, "this is another node").WithHint("it is called " + n.opts.Name)
	}
	args = maps.Clone(args)
	delete(args, "node")
	return all[i], args, nil
}

func checkArgs(args map[string]string) error {
	const op = "lavalink.SetFault"
	if g := args["guild"]; g != "" && !isSnowflake(g) {
		return fault.New(fault.Invalid, op, "guild must be the id of a guild")
	}
	if d := args["delay"]; d != "" {
		if v, err := time.ParseDuration(d); err != nil || v <= 0 || v > maxLoadDelay {
			return fault.New(fault.Invalid, op, "delay must be a time above zero, at most "+maxLoadDelay.String()).WithHint("as 1500ms or 5s")
		}
	}
	return nil
}

// slowness is what node.slow_load adds to every load.
func (n *Node) slowness() time.Duration {
	args, ok := n.broken[FaultSlowLoad]
	if !ok {
		return 0
	}
	d, _ := time.ParseDuration(args["delay"]) // checked by SetFault
	return d
}

// spoilt is what becomes of a lookup.
func (n *Node) spoilt(item loaded) loaded {
	if args, ok := n.broken[FaultFailLoad]; ok {
		n.planner.fail(n.now)
		return loaded{delay: item.delay, failure: newException("Something went wrong while looking up the track.", args["severity"],
			"com.sandbox.SourceUnavailableException: HTTP 503")}
	}
	if _, ok := n.broken[FaultEmptyLoad]; ok {
		return loaded{delay: item.delay}
	}
	return item
}

// refusal is the status that new sockets are refused with, 0 if they are not.
func (n *Node) refusal() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	args, ok := n.broken[FaultRefuseSessions]
	if !ok {
		return 0
	}
	status, _ := strconv.Atoi(args["status"]) // one of three
	return status
}
