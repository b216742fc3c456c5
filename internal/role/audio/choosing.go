package audio

import (
	"maps"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
)

const (
	// givenFor is how long a player that was given to a node is counted on top of
	// what the node says: until its stats can show it.
	givenFor = 5 * time.Second
	// decided is how long the choice for a player is not made anew: the first one
	// is on its way through the loop.
	decided = 2 * time.Second
	// troubleFor is how long a failed update speaks against a node.
	troubleFor = 30 * time.Second
	// pruneEvery keeps thousands of players that move at once from being gone
	// through for each of them.
	pruneEvery    = 500 * time.Millisecond
	maxRemembered = 4 * maxTrouble
)

// candidates are the role's nodes as they are now, in the order of r.nodes.
func (r *Role) candidates() []candidate {
	now := r.opt.Clock.Now()
	out := make([]candidate, len(r.nodes))
	for i, n := range r.nodes {
		out[i] = n.candidate(now)
	}
	return out
}

func (n *node) candidate(now time.Time) candidate {
	c := candidate{name: n.name(), regions: n.client.Node().Regions, latency: n.board.Latency()}
	shown, _ := n.board.Stats()
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.pruned) >= pruneEvery {
		n.pruned = now
		maps.DeleteFunc(n.given, func(_ playerKey, at time.Time) bool { return now.Sub(at) > givenFor })
	}
	c.up, c.cordoned, c.sources = n.state == NodeUp, n.cordon != nil, n.info.Sources
	c.stats, c.ours, c.given, c.troubles = n.stats, n.ours, len(n.given), n.failing(now)
	c.stats.Frames = shown.Frames
	return c
}

// failing counts the updates that failed lately. It needs the lock.
func (n *node) failing(now time.Time) int {
	n.troubles = slices.DeleteFunc(n.troubles, func(at time.Time) bool { return now.Sub(at) > troubleFor })
	return len(n.troubles)
}

// failed takes note of an update that failed and returns how many did lately.
func (n *node) failed(now time.Time) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.troubles) < maxRemembered {
		n.troubles = append(n.troubles, now)
	}
	return n.failing(now)
}

// give chooses a node for a player and counts it there at once, so that many who
// come in the same moment are spread. Asked again before the choice went through
// the loop, it stays with it. Nil means that no node takes the player.
func (r *Role) give(k playerKey, n need) *node {
	r.choosing.Lock()
	defer r.choosing.Unlock()
	now, all := r.opt.Clock.Now(), r.candidates()
	for i, x := range r.nodes {
		x.mu.Lock()
		at, given := x.given[k]
		x.mu.Unlock()
		if given && now.Sub(at) < decided && all[i].takes(n) {
			return x
		}
	}
	i := choose(all, n, r.favourite)
	if i < 0 {
		return nil
	}
	for _, x := range r.nodes {
		x.mu.Lock()
		delete(x.given, k)
		x.mu.Unlock()
	}
	chosen := r.nodes[i]
	chosen.mu.Lock()
	chosen.given[k] = now
	chosen.mu.Unlock()
	r.favourite = chosen.name()
	r.opt.Metrics.NodeChosen(string(chosen.name()))
	return chosen
}

// linked counts the players that our sessions on a node play.
func (r *Role) linked(name music.NodeName) int {
	n := 0
	r.links.each(func(k linkKey, l *lavalink.Link) {
		if k.node == name {
			n += l.Status().Playing
		}
	})
	return n
}

// needOf is what a player needs of a node.
func needOf(p *music.Player) need {
	n := need{endpoint: p.Voice.Endpoint}
	if p.Play != nil {
		n.source = p.Play.Track.Source()
	}
	return n
}

// regional says that the choice depends on where the voice server stands.
func (r *Role) regional() bool {
	return len(r.nodes) > 1 && slices.ContainsFunc(r.nodes, func(n *node) bool { return len(n.client.Node().Regions) > 0 })
}
