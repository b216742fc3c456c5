package audio

import (
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
)

const (
	checkEvery = 2 * time.Second
	// drift is how far a position may be from what is kept before it is kept anew.
	drift = 1500 * time.Millisecond
	// silentFor is how long a play that a node took may give no sound. Nodes say
	// that a track is stuck after some ten seconds.
	silentFor = 30 * time.Second
)

// check compares what is wanted with what is really so, again and again, so that
// whatever was missed on the way is noticed.
func (r *Role) check(ctx context.Context) {
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-r.opt.Clock.After(checkEvery):
		}
		now := r.opt.Clock.Now()
		r.loop.Each(func(g *music.Guild) bool {
			if g.Unheard() || g.Recovering() {
				r.Resync(g.ID)
			}
			for _, p := range g.Players {
				r.checkPlayer(g, p, now)
			}
			r.checkWaiting(g)
			r.checkPool(g)
			return ctx.Err() == nil
		})
	}
}

// checkWaiting looks up again what waits for a node while there is one: the node
// came up before the guild that waits was known to wait.
func (r *Role) checkWaiting(g *music.Guild) {
	waits := slices.ContainsFunc(g.Players, func(p *music.Player) bool {
		return p.Unready > 0 && slices.ContainsFunc(p.Queue, func(q *music.Slot) bool { return q.State == music.SlotWaiting })
	})
	if !waits {
		return
	}
	if n := r.asker(nil); n != nil {
		r.deliver(music.Input{ID: r.inputID("node-there:" + string(g.ID)), Guild: g.ID, Body: music.NodeUp{Node: n.name()}})
	}
}

// checkPool tells a guild which of its bots nobody has any more: they were taken
// out of the configuration, and no connection of theirs will say that they are away.
func (r *Role) checkPool(g *music.Guild) {
	if r.opt.Pool == nil {
		return
	}
	for _, b := range g.Bots {
		if slices.Contains(r.opt.Pool, b) {
			continue
		}
		p := g.Player(b)
		if slices.Contains(g.Away, b) && (p == nil || p.Voice == music.Voice{}) {
			continue
		}
		r.log.Warn("a bot of a guild is not in the configuration any more; what it plays goes to another one or is kept",
			"guild", g.ID, "bot", b)
		r.deliver(music.Input{ID: r.inputID("unconfigured:" + string(g.ID)), Guild: g.ID, Body: music.BotAway{Bot: b, Gone: true}})
	}
}

func (r *Role) checkPlayer(g *music.Guild, p *music.Player, now time.Time) {
	k := playerKey{g.ID, p.Bot}
	epoch, _, owned := r.loop.Epoch(g.ID)
	if !owned {
		return
	}
	if p.Voice.Reset || p.Voice.Want != p.Voice.Channel {
		r.wishVoice(g, p.Bot, epoch)
	}
	if n := r.node(p.Node); p.Node != "" && (n == nil || n.lost()) {
		r.unplace(g.ID, p.Node)
		return
	}
	if p.Play == nil {
		return
	}
	if p.Node == "" {
		r.steering.wake(k)
		return
	}
	l := r.links.find(linkKey{partition.Of(g.ID, r.partitions), p.Node, p.Bot})
	switch {
	case l == nil:
		r.steering.wake(k)
	case l.Status().State == lavalink.StateDown:
		r.unreachable(k, p, l, now)
	default:
		r.compare(g, p, l, now)
	}
}

// compare looks at what the node has for a play, and acts where that is not
// what it should be and nothing said so.
func (r *Role) compare(g *music.Guild, p *music.Player, l *lavalink.Link, now time.Time) {
	k := playerKey{g.ID, p.Bot}
	seen, known := l.Observe(g.ID)
	switch {
	case known && seen.Play == p.Play.ID && p.Play.Phase != music.PhaseSounding && p.Voice.Ready() && !p.Paused &&
		now.Sub(p.Play.Anchor.At) > silentFor && !g.Recovering():
		// The node took it and gives no sound, and its word on that was missed.
		r.deliver(music.Input{ID: r.inputID("silent:" + string(p.Play.ID)), Guild: g.ID, Body: music.PlayStuck{Bot: p.Bot, Play: p.Play.ID}})
	case !known, g.Recovering(), seen.Play != p.Play.ID && now.Sub(p.Play.Since) > checkEvery,
		p.Play.Phase != music.PhaseSounding && p.Voice.Ready() && !p.Paused:
		r.steering.look(k)
	case !p.Voice.Ready():
		// Nothing is heard until it is, and what the node last said is of before.
	case seen.Play == p.Play.ID && seen.Seeks == p.Play.Seeks && !p.Paused && !seen.Paused && seen.Position > 0:
		at := seen.Position + now.Sub(seen.At)
		if off := at - p.Play.PositionAt(now); off > drift || off < -drift || p.Play.Anchor.Speed == 0 {
			r.deliver(music.Input{ID: r.inputID("drift:" + string(p.Play.ID)), Guild: g.ID, Body: music.PlayPosition{
				Bot: p.Bot, Play: p.Play.ID, Position: at, Speed: 1, Seeks: seen.Seeks,
			}})
		}
	}
}

func (ls *links) find(k linkKey) *lavalink.Link {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l := ls.open[k]; l != nil {
		return l.Link
	}
	return nil
}
