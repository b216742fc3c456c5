package audio

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

// firstLook is when a node is asked whether a play that it started sounds.
const firstLook = 750 * time.Millisecond

type linkKey struct {
	partition int
	node      music.NodeName
	bot       music.BotID
}

// links are the sessions on nodes, opened when the first player needs one.
type links struct {
	role *Role
	ctx  context.Context //nolint:containedctx // the life of the role, which the links share
	wg   sync.WaitGroup

	mu     sync.Mutex
	open   map[linkKey]*openLink
	stored map[int]map[linkKey]string
}

type openLink struct {
	*lavalink.Link
	close context.CancelFunc
}

// get returns the link for a player, a new one if there was none. Sessions that
// a predecessor stored are adopted.
func (ls *links) get(ctx context.Context, k linkKey, n *node) (*lavalink.Link, error) {
	ls.mu.Lock()
	if l := ls.open[k]; l != nil {
		ls.mu.Unlock()
		return l.Link, nil
	}
	_, known := ls.stored[k.partition]
	ls.mu.Unlock()
	if !known {
		if err := ls.read(ctx, k.partition); err != nil {
			return nil, err
		}
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if l := ls.open[k]; l != nil {
		return l.Link, nil
	}
	if ls.ctx.Err() != nil {
		return nil, fault.New(fault.Unavailable, "audio.get", "the role is ending")
	}
	l, err := lavalink.NewLink(lavalink.Options{
		Client: n.client, Board: n.board, Bot: k.bot, Partition: k.partition,
		Session: ls.stored[k.partition][k], Clock: ls.role.opt.Clock, Logger: ls.role.log,
		Events:      func(e lavalink.Event) { ls.role.heard(k, e) },
		SaveSession: func(ctx context.Context, id string) error { return ls.save(ctx, k, id) },
		HasLease:    func() bool { _, ok := ls.role.epochOf(k.partition); return ok },
	})
	if err != nil {
		return nil, err
	}
	life, cancel := context.WithCancel(ls.ctx)
	ls.open[k] = &openLink{Link: l, close: cancel}
	ls.wg.Go(func() {
		if err := l.Run(life); err != nil {
			ls.role.log.Error("a link to a node ended", "node", k.node, "error", err)
		}
	})
	return l, nil
}

func (ls *links) read(ctx context.Context, part int) error {
	sessions, err := ls.role.opt.Store.NodeSessionsOf(ctx, part)
	if err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "audio.links", "the sessions on nodes cannot be read")
	}
	m := map[linkKey]string{}
	for _, s := range sessions {
		m[linkKey{s.Partition, s.Node, s.Bot}] = s.ID
	}
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if _, known := ls.stored[part]; !known {
		ls.stored[part] = m
	}
	return nil
}

func (ls *links) save(ctx context.Context, k linkKey, id string) error {
	epoch, ok := ls.role.epochOf(k.partition)
	if !ok {
		return fault.New(fault.Conflict, "audio.save", "the partition's lease is not held")
	}
	return ls.role.opt.Store.SaveNodeSession(ctx, store.NodeSession{
		Partition: k.partition, Node: k.node, Bot: k.bot, ID: id, Epoch: epoch, Updated: ls.role.opt.Clock.Now().UTC(),
	})
}

// drop closes the links of a partition. The players go on: they are the next owner's.
func (ls *links) drop(part int) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for k, l := range ls.open {
		if k.partition == part {
			l.close()
			delete(ls.open, k)
		}
	}
	delete(ls.stored, part)
}

// each calls f with the open links.
func (ls *links) each(f func(linkKey, *lavalink.Link)) {
	ls.mu.Lock()
	all := make(map[linkKey]*lavalink.Link, len(ls.open))
	for k, l := range ls.open {
		all[k] = l.Link
	}
	ls.mu.Unlock()
	for k, l := range all {
		f(k, l)
	}
}

// EachUndecodable calls f with how many messages of each node could not be read
// on the sessions that are open.
func (r *Role) EachUndecodable(f func(node string, n uint64)) {
	sums := map[music.NodeName]uint64{}
	r.links.each(func(k linkKey, l *lavalink.Link) { sums[k.node] += l.Counters().Undecodable })
	for name, n := range sums {
		f(string(name), n)
	}
}

// heard takes what a link tells. Reports become inputs; a link that came up has
// its players looked at.
func (r *Role) heard(k linkKey, e lavalink.Event) {
	switch {
	case e.Up != nil:
		r.log.Info("a session on a node is up", "node", k.node, "partition", k.partition,
			"resumed", e.Up.Resumed, "steered", e.Up.Steered)
		how := "new"
		if e.Up.Steered {
			how = "steered"
		} else if e.Up.Resumed {
			how = "resumed"
		}
		r.opt.Metrics.NodeSession(string(k.node), how)
		r.cameUp(k)
	case e.Down != nil:
		r.log.Warn("a session on a node is down", "node", k.node, "partition", k.partition, "error", e.Down.Cause)
		if n := r.node(k.node); n != nil {
			n.doubt()
		}
	case e.Body != nil && r.elsewhere(e.Guild, k):
		// The node was lost and has come back: what it says of a play that another
		// one has taken over would end it there.
		r.log.Debug("a report of a node that lost its player is ignored", "node", k.node, "guild", e.Guild)
	case e.Body != nil:
		r.deliver(music.Input{
			ID:    r.inputID(fmt.Sprintf("node:%s:%s", k.node, k.bot)),
			Guild: e.Guild, Body: named(e.Body, k),
		})
		if s, started := e.Body.(music.PlayStarted); started {
			// The next update of its position may be five seconds away.
			r.after(r.links.ctx, firstLook, func() {
				if g, known := r.loop.View(e.Guild); known && unheard(g, k.bot, s.Play) {
					r.steering.look(playerKey{e.Guild, k.bot})
				}
			})
		}
	}
}

// unheard is true while a play is its player's and does not sound yet: one that
// was skipped meanwhile, or is heard, need not be asked about.
func unheard(g music.Guild, bot music.BotID, play music.PlayID) bool {
	p := g.Player(bot)
	return p != nil && p.Play != nil && p.Play.ID == play && p.Play.Phase != music.PhaseSounding
}

// named puts the bot and the node into a report, which a link does not repeat.
func named(b music.Body, k linkKey) music.Body {
	if s, ok := b.(music.NodeSnapshot); ok {
		s.Bot, s.Node = k.bot, k.node
		return s
	}
	return b
}

// elsewhere says that a player is not on the node of a link: it was given to
// another one, or was taken from this one and waits for another.
func (r *Role) elsewhere(guild music.GuildID, k linkKey) bool {
	g, known := r.loop.View(guild)
	if !known {
		return false
	}
	p := g.Player(k.bot)
	return p != nil && p.Node != k.node
}

// cameUp looks at every player that is to be on a session, and steers it. What
// the node still has of players that moved away while it was lost is removed.
func (r *Role) cameUp(k linkKey) {
	l := r.links.find(k)
	r.loop.Each(func(g *music.Guild) bool {
		p := g.Player(k.bot)
		switch {
		case p == nil || partition.Of(g.ID, r.partitions) != k.partition:
		case p.Node == k.node:
			r.steering.look(playerKey{g.ID, k.bot})
		case l != nil:
			if seen, known := l.Observe(g.ID); known && seen.Play != "" && p.Node != "" {
				r.steering.clean(playerKey{g.ID, k.bot}, k.node)
			}
		}
		return true
	})
}
