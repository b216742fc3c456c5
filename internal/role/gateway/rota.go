package gateway

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// memberRole is the role under which gateways know each other.
	memberRole = "gateway"
	// heartbeatPart is which part of a lease passes between two words that this
	// process is alive, lookPart between two looks at who has which shard while
	// there are others. What is given back is told besides.
	heartbeatPart = 3
	lookPart      = 20
	// knowWithin is how long the bots are waited for that Discord has not told
	// the shards of yet: they decide how shards are grouped.
	knowWithin = 2 * time.Second
)

// rota decides which shards this process is to have.
//
// Shards are shared by groups: what belongs to one guild is in one process for
// all bots of the pool, because the front bot has to know where the others may
// speak. A guild is in the group of its number modulo the greatest number that
// divides the shard counts of all bots.
type rota struct {
	role  *Role
	ttl   time.Duration
	stats partition.OwnerStats
	// poke gets something when a bot became known, or when the session has ended.
	poke chan struct{}
	wg   sync.WaitGroup

	mu       sync.Mutex
	presence store.Presence
	// since is when the first bot became known; decided is true once it was said
	// what this process is to have.
	since   time.Time
	decided bool
	sharing int
	// lookFrom is when what others had may be taken again, after this process's
	// session has ended.
	lookFrom time.Time
}

func newRota(r *Role) *rota {
	ttl := r.opt.LeaseTTL
	if ttl <= 0 {
		ttl = partition.DefaultLease
	}
	return &rota{role: r, ttl: ttl, poke: make(chan struct{}, 1)}
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run decides again and again until ctx ends. What is held then is given back by
// the shards themselves; the rest of the fleet is told first.
func (ro *rota) run(ctx context.Context) {
	clock := ro.role.opt.Clock
	timer := clock.NewTimer(ro.ttl)
	defer timer.Stop()
	announceAt := clock.Now()
	var next time.Duration
	for ctx.Err() == nil {
		timer.Reset(next)
		select {
		case <-ctx.Done():
			continue
		case <-timer.Chan():
		case <-ro.poke:
		case <-ro.freed():
		}
		next = ro.ttl / heartbeatPart
		if !ro.attended(ctx) {
			next = ro.ttl / lookPart
			continue
		}
		if !announceAt.After(clock.Now()) {
			announceAt = clock.Now().Add(ro.ttl / heartbeatPart)
			m := store.Member{Role: memberRole, Holder: ro.role.opt.Holder, Version: ro.role.opt.Version, Weight: 1}
			// For less than a lease: one that hangs is missed before its shards are free.
			if err := ro.role.opt.Store.Announce(ctx, m, ro.ttl-ro.ttl/heartbeatPart); err != nil && ctx.Err() == nil {
				ro.role.log.Warn("this process could not say that it is alive", "error", err)
				announceAt = clock.Now()
			}
		}
		if wait := ro.lookFrom.Sub(clock.Now()); wait > 0 {
			next = min(next, wait)
			continue
		}
		alone, missed := ro.look(ctx)
		if !alone {
			next = ro.ttl / lookPart
		}
		if missed {
			announceAt = clock.Now()
		}
	}
}

// leave says that this process takes nothing more.
func (ro *rota) leave() {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := ro.role.opt.Store.Withdraw(ctx, memberRole, ro.role.opt.Holder); err != nil {
		ro.role.log.Warn("this process could not say that it goes, it is missed soon", "error", err)
	}
}

// look decides which shards this process is to have; alone is true where nobody
// else is there and nothing is missing. Where the others miss this process,
// because it was slow, nothing is decided: it says that it is there first.
func (ro *rota) look(ctx context.Context) (alone, missed bool) {
	groups := ro.groups()
	if groups == nil {
		return false, false
	}
	members, err := ro.role.opt.Store.Members(ctx, memberRole)
	var all []store.ShardStanding
	if err == nil {
		all, err = ro.role.opt.Store.ShardStandings(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			ro.role.log.Warn("who has which shard cannot be read", "error", err)
		}
		return true, false
	}
	if !slices.ContainsFunc(members, func(m store.Member) bool { return m.Holder == ro.role.opt.Holder }) {
		return false, true
	}
	if ro.sharing != len(members) {
		ro.role.log.Info("processes share the shards", "count", len(members))
		ro.sharing = len(members)
	}
	wanted := decide(groups, all, members, ro.role.opt.Holder, ro.ttl)
	held := true
	for i, g := range groups {
		for _, s := range g {
			s.want(wanted[i])
			held = held && (!wanted[i] || s.holds())
		}
	}
	ro.mu.Lock()
	ro.decided = true
	ro.mu.Unlock()
	return held && len(members) < 2, false
}

// settled is true once it was decided what this process is to have.
func (ro *rota) settled() bool {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	return ro.decided
}
