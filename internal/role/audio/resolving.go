package audio

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/resolve"
)

const (
	// resolveAtOnce is how many look-ups run side by side; others wait their turn.
	resolveAtOnce = 64
	// resolvePerGuild is how many of them are of one guild, so that a guild whose
	// source is slow does not keep the others from theirs.
	resolvePerGuild = 4
	// linger is how long a command waits for its tracks, so that both are
	// committed at once. A node that has them at hand answers sooner; where it
	// has to ask its source, the wait is nothing beside that.
	linger = 5 * time.Millisecond
	// pace lies between the commits of a loop that is busy.
	pace = 2 * time.Millisecond
	// rest is how long a node's word that it took a play, or where it is in one,
	// waits for a commit to go with.
	rest = 20 * time.Millisecond
	// cursorPace is how often commits store up to where sources were taken: a
	// gateway looks for that five times a second.
	cursorPace = 100 * time.Millisecond
)

// resolving looks queries up beside the loop. What is found comes back as an input.
type resolving struct {
	role *Role
	ctx  context.Context //nolint:containedctx // the life of the role, which the look-ups share
	wg   sync.WaitGroup
	turn chan struct{}

	mu sync.Mutex
	// known are the slots that are looked up or wait for it.
	known map[music.SlotID]bool
	// running counts the look-ups of each guild, waiting are those beyond
	// resolvePerGuild, first come first served.
	running map[music.GuildID]int
	waiting map[music.GuildID][]lookUp
	// flights are the look-ups that began before anything was asked for; swept
	// is when those that nobody wanted were last dropped.
	flights map[aheadKey]*flight
	swept   time.Time
}

type lookUp struct {
	music.Resolve

	asked time.Time
}

func newResolving(ctx context.Context, r *Role) *resolving {
	return &resolving{
		role: r, ctx: ctx, turn: make(chan struct{}, resolveAtOnce), known: map[music.SlotID]bool{},
		running: map[music.GuildID]int{}, waiting: map[music.GuildID][]lookUp{}, flights: map[aheadKey]*flight{},
	}
}

func (rs *resolving) start(guild music.GuildID, e music.Resolve) {
	if x, found := rs.begin(guild, e); found != nil {
		rs.give(guild, x, *found)
	}
}

// begin looks up a slot, unless what it asks for is found already: then that is
// returned.
func (rs *resolving) begin(guild music.GuildID, e music.Resolve) (x lookUp, found *music.Resolved) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ctx.Err() != nil || rs.known[e.Slot] {
		return x, nil
	}
	x = lookUp{e, rs.role.opt.Clock.Now()}
	found, flies := rs.board(guild, x)
	if found != nil {
		return x, found
	}
	rs.known[e.Slot] = true
	if flies {
		return x, nil
	}
	if rs.running[guild] >= resolvePerGuild {
		rs.waiting[guild] = append(rs.waiting[guild], x)
		return x, nil
	}
	rs.running[guild]++
	rs.wg.Go(func() { rs.work(guild, x) })
	return x, nil
}

// work looks up for a guild until nothing of it waits.
func (rs *resolving) work(guild music.GuildID, x lookUp) {
	for more := true; more; x, more = rs.next(guild, x) {
		rs.one(guild, x)
	}
}

// one looks up one slot.
func (rs *resolving) one(guild music.GuildID, x lookUp) {
	if found, ok := rs.look(x.Query, x.Limit, x.asked); ok {
		rs.give(guild, x, found)
	}
}

// look looks a query up once it is its turn. One that has waited as long as a
// slot may is given up: the guild has done so too.
func (rs *resolving) look(query music.Query, limit int, since time.Time) (found music.Resolved, ok bool) {
	select {
	case rs.turn <- struct{}{}:
		defer func() { <-rs.turn }()
	case <-rs.ctx.Done():
		return found, false
	}
	left := music.ResolveWithin - rs.role.opt.Clock.Since(since)
	if left <= 0 {
		return found, false
	}
	if left > resolve.DefaultTimeout {
		// No look-up takes longer, so nobody has to leave before it ends.
		found = rs.role.resolver.ResolveHere(rs.ctx, query, limit)
	} else {
		ctx, cancel := context.WithTimeout(rs.ctx, left)
		defer cancel()
		found = rs.role.resolver.Resolve(ctx, query, limit)
	}
	return found, rs.ctx.Err() == nil
}

// give hands over what was found for a slot.
func (rs *resolving) give(guild music.GuildID, x lookUp, found music.Resolved) {
	found = cut(found, x.Limit)
	found.Slot = x.Slot
	rs.role.deliver(music.Input{ID: rs.role.inputID("resolved:" + string(x.Slot)), Guild: guild, Body: found})
}

// next notes that a slot was looked up and returns the guild's next one.
func (rs *resolving) next(guild music.GuildID, last lookUp) (lookUp, bool) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.known, last.Slot)
	if list := rs.waiting[guild]; len(list) > 0 && rs.ctx.Err() == nil {
		rs.waiting[guild] = list[1:]
		return list[0], true
	}
	delete(rs.waiting, guild)
	if rs.running[guild]--; rs.running[guild] == 0 {
		delete(rs.running, guild)
	}
	return lookUp{}, false
}
