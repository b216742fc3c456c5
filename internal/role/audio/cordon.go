package audio

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// cordonEvery is how often cordons are read although nobody said that they
	// changed: what is told may be missed.
	cordonEvery  = 30 * time.Second
	cordonBuffer = 16
	// drainWithin is how long a drain waits for one player to have its new node
	// before it goes on with the next; drainPoll is how often it looks.
	drainWithin = 5 * time.Second
	drainPoll   = 20 * time.Millisecond
)

// Cordon says that a node is to take nothing new, who decided it, and why.
type Cordon = store.NodeCordon

// Cordons keeps what operators decided about nodes.
type Cordons interface {
	// Cordon sets whether a node takes nothing new.
	Cordon(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error
	// Cordoned returns the nodes that take nothing new.
	Cordoned(ctx context.Context) ([]Cordon, error)
}

// uncordoned is for a role without operators.
type uncordoned struct{}

func (uncordoned) Cordon(context.Context, music.NodeName, bool, string, string) error {
	return fault.New(fault.Unavailable, "audio.Cordon", "this process keeps no cordons")
}
func (uncordoned) Cordoned(context.Context) ([]Cordon, error) { return nil, nil }

// Cordon sets whether a node takes new players. Those that it has stay. Every
// process with this role is told. Errors: NotFound for a node that is not
// configured, those of the store.
func (r *Role) Cordon(ctx context.Context, name music.NodeName, cordoned bool, by, reason string) error {
	if r.node(name) == nil {
		return r.noSuchNode("audio.Cordon", name)
	}
	if err := r.opt.Cordons.Cordon(ctx, name, cordoned, by, reason); err != nil {
		return err
	}
	r.readCordons(ctx)
	tell(r, topic.Nodes, string(name), topic.NodeChange{Node: name})
	return nil
}

// Drain has the players of a cordoned node moved to others, in every process
// with this role. It returns at once. Errors: NotFound for a node that is not
// configured, Conflict for one that still takes players.
func (r *Role) Drain(ctx context.Context, name music.NodeName) error {
	const op = "audio.Drain"
	n := r.node(name)
	if n == nil {
		return r.noSuchNode(op, name)
	}
	r.readCordons(ctx)
	if !n.candidate(r.opt.Clock.Now()).cordoned {
		return fault.New(fault.Conflict, op, "node "+string(name)+" still takes new players").WithHint("cordon it first")
	}
	tell(r, topic.Nodes, string(name), topic.NodeChange{Node: name, Drain: true})
	return nil
}

func (r *Role) noSuchNode(op string, name music.NodeName) error {
	return fault.New(fault.NotFound, op, "there is no node "+string(name)).WithHint("the nodes are those of lavalink.nodes in the configuration")
}

// heed reads cordons until ctx ends, and drains what it is told to.
func (r *Role) heed(ctx context.Context, changes bus.Subscription) {
	defer changes.Close()
	for {
		r.readCordons(ctx)
		select {
		case <-ctx.Done():
			return
		case <-r.opt.Clock.After(cordonEvery):
		case m, ok := <-changes.C():
			if !ok {
				return
			}
			c, err := topic.Hear[topic.NodeChange](m)
			if err != nil || !c.Drain {
				continue
			}
			r.readCordons(ctx)
			if n := r.node(c.Node); n != nil {
				r.later.Go(func() error { r.drain(ctx, n); return nil })
			}
		}
	}
}

// readCordons takes over which nodes are cordoned. A node that takes players
// again is told to those that wait for one.
func (r *Role) readCordons(ctx context.Context) {
	all, err := r.opt.Cordons.Cordoned(ctx)
	if err != nil {
		if ctx.Err() == nil {
			r.log.Warn("which nodes are cordoned cannot be read, they stay as they were", "error", err)
		}
		return
	}
	for _, n := range r.nodes {
		i := slices.IndexFunc(all, func(c Cordon) bool { return c.Node == n.name() })
		n.mu.Lock()
		was := n.cordon
		n.cordon = nil
		if i >= 0 {
			n.cordon = &all[i]
		}
		is, up := n.cordon, n.state == NodeUp
		n.mu.Unlock()
		switch {
		case was == nil && is != nil:
			r.log.Info("a node takes no new players", "node", n.name(), "by", is.By, "reason", is.Reason)
		case was != nil && is == nil:
			r.log.Info("a node takes players again", "node", n.name())
			if up {
				r.toAll("up", n.name(), music.NodeUp{Node: n.name()})
			}
		}
	}
}

// drain moves the players of a node to others, one after the other with their
// position, those with the fewest listeners first: should it not go well, few
// notice. It ends early where the node takes players again or ctx ends.
func (r *Role) drain(ctx context.Context, n *node) {
	n.mu.Lock()
	busy := n.draining
	n.draining = true
	n.mu.Unlock()
	if busy {
		return
	}
	defer func() { n.mu.Lock(); n.draining = false; n.mu.Unlock() }()
	type one struct {
		playerKey

		listeners int
	}
	var all []one
	r.loop.Each(func(g *music.Guild) bool {
		for _, p := range g.Players {
			if p.Node == n.name() {
				all = append(all, one{playerKey{g.ID, p.Bot}, g.Listeners(p.Voice.Want)})
			}
		}
		return true
	})
	slices.SortStableFunc(all, func(a, b one) int { return cmp.Compare(a.listeners, b.listeners) })
	moved := 0
	for _, x := range all {
		if ctx.Err() != nil || !n.candidate(r.opt.Clock.Now()).cordoned {
			break
		}
		if p := r.playerOn(x.playerKey, n.name()); p != nil && r.move(x.playerKey, p, movedDrained) && r.awaitMove(ctx, x.playerKey, n.name()) {
			moved++
		}
	}
	r.log.Info("a node was drained", "node", n.name(), "players", len(all), "moved", moved)
}

// playerOn returns a player if it is on a node.
func (r *Role) playerOn(k playerKey, name music.NodeName) *music.Player {
	g, known := r.loop.View(k.guild)
	if !known {
		return nil
	}
	p := g.Player(k.bot)
	if p == nil || p.Node != name {
		return nil
	}
	return p
}

// awaitMove waits until a player is on another node.
func (r *Role) awaitMove(ctx context.Context, k playerKey, from music.NodeName) bool {
	for until := r.opt.Clock.Now().Add(drainWithin); r.playerOn(k, from) != nil; {
		if !r.opt.Clock.Now().Before(until) {
			return false
		}
		select {
		case <-ctx.Done():
			return false
		case <-r.opt.Clock.After(drainPoll):
		}
	}
	return true
}
