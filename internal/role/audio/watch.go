package audio

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
)

const (
	probeEvery  = 2 * time.Second
	probeWithin = 2 * time.Second
	// probeAgain is when a node that has just stopped answering is asked again.
	probeAgain = time.Second
	// downAfter is how many probes in a row must fail before a node counts as lost.
	downAfter = 3
	// loadFalls is which part of a CPU's load is forgotten with each probe: it
	// counts at once when it rises, so that a node at its limit is not chosen
	// again between two peaks.
	loadFalls = .3
)

// watch probes a node until ctx ends and tells the guilds when it comes and goes.
func (r *Role) watch(ctx context.Context, n *node) {
	var first sync.Once
	defer first.Do(r.looked.Done)
	for ctx.Err() == nil {
		r.probe(ctx, n)
		first.Do(r.looked.Done)
		every := probeEvery
		if n.doubtful() {
			every = probeAgain
		}
		select {
		case <-ctx.Done():
		case <-n.hurry:
		case <-r.opt.Clock.After(every):
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
		n.take(stats, r.linked(n.name()), r.opt.Clock.Now())
		unknown := !n.asked
		n.mu.Unlock()
		if unknown {
			if info, ierr := n.client.Info(within); ierr == nil {
				n.mu.Lock()
				n.info, n.asked = info, true
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
			n.asked, n.stats = false, lavalink.Stats{}
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
		r.leave(n.name())
	case NodeConnecting:
	}
}

// hit is a guild that a lost node played for.
type hit struct {
	guild     music.GuildID
	listeners int
}

func mostFirst(hits []hit) {
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Compare(b.listeners, a.listeners) })
}

// leave takes the players from a node that is lost, those with the most listeners
// first. The lanes of steering keep to that where more wait than can be moved at once.
func (r *Role) leave(name music.NodeName) {
	var hits []hit
	r.loop.Each(func(g *music.Guild) bool {
		here := hit{g.ID, -1}
		for _, p := range g.Players {
			if p.Node != name {
				continue
			}
			here.listeners = max(here.listeners, g.Listeners(p.Voice.Want))
			if p.Play != nil {
				r.opt.Metrics.PlayerMoved(string(name), movedDown)
			}
		}
		if here.listeners >= 0 {
			hits = append(hits, here)
		}
		return true
	})
	mostFirst(hits)
	id := r.inputID("node-down:" + string(name))
	for _, h := range hits {
		r.deliver(music.Input{ID: id + ":" + string(h.guild), Guild: h.guild, Body: music.NodeDown{Node: name}})
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

// doubtful says that a node was there and has just stopped answering.
func (n *node) doubtful() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.state == NodeConnecting && n.fails > 0
}

// take keeps what a probe found. It needs the lock.
func (n *node) take(s lavalink.Stats, ours int, now time.Time) {
	slowly := func(was, is float64) float64 { return max(is, was+(is-was)*loadFalls) }
	s.SystemLoad, s.NodeLoad = slowly(n.stats.SystemLoad, s.SystemLoad), slowly(n.stats.NodeLoad, s.NodeLoad)
	n.stats, n.ours, n.seen = s, ours, now.UTC()
}

// doubt asks for a probe of a node at once: something else about it failed.
func (n *node) doubt() {
	select {
	case n.hurry <- struct{}{}:
	default:
	}
}
