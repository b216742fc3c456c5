package audio

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
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
}

type lookUp struct {
	music.Resolve

	asked time.Time
}

func newResolving(ctx context.Context, r *Role) *resolving {
	return &resolving{
		role: r, ctx: ctx, turn: make(chan struct{}, resolveAtOnce), known: map[music.SlotID]bool{},
		running: map[music.GuildID]int{}, waiting: map[music.GuildID][]lookUp{},
	}
}

func (rs *resolving) start(guild music.GuildID, e music.Resolve) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ctx.Err() != nil || rs.known[e.Slot] {
		return
	}
	rs.known[e.Slot] = true
	x := lookUp{e, rs.role.opt.Clock.Now()}
	if rs.running[guild] >= resolvePerGuild {
		rs.waiting[guild] = append(rs.waiting[guild], x)
		return
	}
	rs.running[guild]++
	rs.wg.Go(func() { rs.work(guild, x) })
}

// work looks up for a guild until nothing of it waits.
func (rs *resolving) work(guild music.GuildID, x lookUp) {
	for more := true; more; x, more = rs.next(guild, x) {
		rs.one(guild, x)
	}
}

// one looks up one slot. One that has waited as long as a slot may is given up:
// the guild has done so too.
func (rs *resolving) one(guild music.GuildID, x lookUp) {
	select {
	case rs.turn <- struct{}{}:
		defer func() { <-rs.turn }()
	case <-rs.ctx.Done():
		return
	}
	left := music.ResolveWithin - rs.role.opt.Clock.Since(x.asked)
	if left <= 0 {
		return
	}
	ctx, cancel := context.WithTimeout(rs.ctx, left)
	defer cancel()
	found := rs.role.resolver.Resolve(ctx, x.Query, x.Limit)
	if rs.ctx.Err() != nil {
		return
	}
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
