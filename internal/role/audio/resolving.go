package audio

import (
	"context"
	"sync"

	"github.com/atrilhq/platform/internal/core/music"
)

// resolveAtOnce is how many look-ups run side by side; others wait their turn.
const resolveAtOnce = 64

// resolving looks queries up beside the loop. What is found comes back as an input.
type resolving struct {
	role *Role
	ctx  context.Context //nolint:containedctx // the life of the role, which the look-ups share
	wg   sync.WaitGroup
	turn chan struct{}

	mu      sync.Mutex
	running map[music.SlotID]bool
}

func (rs *resolving) start(guild music.GuildID, e music.Resolve) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.ctx.Err() != nil || rs.running[e.Slot] {
		return
	}
	rs.running[e.Slot] = true
	rs.wg.Go(func() {
		defer rs.done(e.Slot)
		select {
		case rs.turn <- struct{}{}:
			defer func() { <-rs.turn }()
		case <-rs.ctx.Done():
			return
		}
		ctx, cancel := context.WithTimeout(rs.ctx, music.ResolveWithin)
		defer cancel()
		found := rs.role.resolver.Resolve(ctx, e.Query, e.Limit)
		if rs.ctx.Err() != nil {
			return
		}
		found.Slot = e.Slot
		rs.role.deliver(music.Input{ID: rs.role.inputID("resolved:" + string(e.Slot)), Guild: guild, Body: found})
	})
}

func (rs *resolving) done(slot music.SlotID) {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	delete(rs.running, slot)
}
