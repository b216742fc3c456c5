package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/balance"
	"github.com/atrilhq/platform/internal/core/music"
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
		if alone := ro.look(ctx); !alone {
			next = ro.ttl / lookPart
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
// else is there and nothing is missing.
func (ro *rota) look(ctx context.Context) (alone bool) {
	groups := ro.groups()
	if groups == nil {
		return false
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
		return true
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
	return held && len(members) < 2
}

// groups returns the shards of the bots that are known, by their groups; nil
// while it is too early to say.
func (ro *rota) groups() [][]*shard {
	common, missing := 0, false
	var all []*shard
	for _, b := range ro.role.bots {
		shards := b.all()
		b.mu.Lock()
		missing = missing || len(shards) == 0 && b.refused == nil
		b.mu.Unlock()
		if len(shards) > 0 {
			common = gcd(shards[0].count, common)
			all = append(all, shards...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	now := ro.role.opt.Clock.Now()
	ro.mu.Lock()
	defer ro.mu.Unlock()
	if ro.since.IsZero() {
		ro.since = now
	}
	if missing && now.Sub(ro.since) < knowWithin {
		return nil
	}
	out := make([][]*shard, common)
	for _, s := range all {
		out[s.index%common] = append(out[s.index%common], s)
	}
	return out
}

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

type shardKey struct {
	bot   music.BotID
	index int
}

// decide says for each group whether this process is to have it. A group that
// is in two processes for a moment belongs to who has the first of its shards,
// which is the front bot's.
func decide(groups [][]*shard, all []store.ShardStanding, members []store.Member, self string, present time.Duration) []bool {
	by := make(map[shardKey]store.ShardStanding, len(all))
	gone := map[string]bool{}
	for _, s := range all {
		by[shardKey{s.Bot, s.Shard}] = s
		gone[s.Holder] = gone[s.Holder] || s.Free && s.Holder != self
	}
	units := make([]balance.Unit, len(groups))
	for i, g := range groups {
		units[i].Key = g[0].name()
		for _, s := range g {
			if x, known := by[shardKey{s.bot.id, s.index}]; known && !x.Free {
				units[i].Holder = x.Holder
				break
			}
		}
	}
	var everybody, settled []balance.Member
	for _, m := range members {
		if gone[m.Holder] {
			continue
		}
		x := balance.Member{Name: m.Holder, Weight: m.Weight}
		everybody = append(everybody, x)
		if m.Present >= present || m.Holder == self {
			settled = append(settled, x)
		}
	}
	take, keep := balance.Plan(units, everybody), balance.Plan(units, settled)
	out := make([]bool, len(groups))
	for i, u := range units {
		switch u.Holder {
		case "":
			out[i] = take[i] == self
		case self:
			out[i] = keep[i] == self
		}
	}
	return out
}

// attended is true while this process has a session with the database by which
// others see that it is alive.
func (ro *rota) attended(ctx context.Context) bool {
	if ctx.Err() != nil {
		return false
	}
	if ro.current() != nil {
		return true
	}
	p, err := ro.role.opt.Store.Attend(ctx, ro.role.opt.Holder)
	if err != nil {
		if ctx.Err() == nil {
			ro.role.log.Warn("no session with the database can be opened, shards are in doubt", "error", err)
		}
		return false
	}
	ro.mu.Lock()
	ro.presence = p
	ro.mu.Unlock()
	ro.wg.Go(func() { ro.watch(ctx, p) })
	for _, b := range ro.role.bots {
		for _, s := range b.all() {
			signal(s.renewNow)
		}
	}
	return true
}

// watch waits for the end of a session. From that moment on every shard is in
// doubt until it is renewed.
func (ro *rota) watch(ctx context.Context, p store.Presence) {
	select {
	case <-ctx.Done():
		return
	case <-p.Broken():
	}
	ro.mu.Lock()
	ro.presence = nil
	for _, b := range ro.role.bots {
		for _, s := range b.all() {
			s.doubt()
		}
	}
	ro.mu.Unlock()
	ro.stats.Doubts.Add(1)
	p.Close()
	ro.role.log.Error("the session with the database has ended, shards are in doubt until they are renewed")
	signal(ro.poke)
}

// close gives the session back once nothing is held any more.
func (ro *rota) close() {
	ro.wg.Wait()
	ro.mu.Lock()
	p := ro.presence
	ro.presence = nil
	ro.mu.Unlock()
	if p != nil {
		p.Close()
	}
}

func (ro *rota) current() store.Presence {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	return ro.presence
}

func (ro *rota) freed() <-chan struct{} {
	if p := ro.current(); p != nil {
		return p.Freed()
	}
	return nil
}

// sure notes until when a shard is held, if the session p still stands: after
// its end somebody may have taken the shard the moment after it was renewed.
func (ro *rota) sure(p store.Presence, s *shard, epoch int64, until time.Time) {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	select {
	case <-p.Broken():
		return
	default:
	}
	if ro.presence == p {
		s.prolong(epoch, until)
	}
}

// settled is true once it was decided what this process is to have.
func (ro *rota) settled() bool {
	ro.mu.Lock()
	defer ro.mu.Unlock()
	return ro.decided
}

// remaining is how much of a lease is left, by the clock that counts less of it:
// a machine that slept did not count the time with its monotonic one.
func remaining(clock clockwork.Clock, until time.Time) time.Duration {
	return min(-clock.Since(until), until.Round(0).Sub(clock.Now().Round(0)))
}
