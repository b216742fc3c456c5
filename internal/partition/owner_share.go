package partition

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/balance"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// giveAtOnce bounds how many partitions are given between two looks, so that
// those who take them over do so a few at a time.
const giveAtOnce = 4

// announce says that this process is alive, for less than a lease: one that hangs
// has to be missed before what it had is free. Otherwise those who take that over
// would give it a part again.
func (o *Owner) announce(ctx context.Context) {
	now := o.opt.Clock.Now()
	err := o.opt.Leases.Announce(ctx, store.Member{
		Role: memberRole, Holder: o.opt.Holder, Version: o.opt.Version, Weight: o.opt.Weight,
	}, o.opt.TTL-o.opt.TTL/renewPart)
	if err != nil {
		o.announceAt = now.Add(o.opt.TTL / lookPart)
		if ctx.Err() == nil {
			o.log.Warn("this process could not say that it is alive", "error", err)
		}
		return
	}
	o.announceAt = now.Add(o.opt.TTL / renewPart)
	// While it was alone nobody looked for newcomers.
	o.lookAt = now
}

// look takes what is free and planned for this process, and gives what others
// are to have.
func (o *Owner) look(ctx context.Context) {
	now := o.opt.Clock.Now()
	o.lookAt = now.Add(o.opt.TTL / lookPart)
	members, err := o.opt.Leases.Members(ctx, memberRole)
	var all []store.Standing
	if err == nil {
		all, err = o.opt.Leases.Standing(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			o.log.Warn("who owns what cannot be read", "error", err)
		}
		return
	}
	if !slices.ContainsFunc(members, func(m store.Member) bool { return m.Holder == o.opt.Holder }) {
		// The others miss this process, because it was slow: it says that it is
		// there before it gives or takes anything.
		o.announceAt = now
		return
	}
	if len(members) != o.sharing {
		o.log.Info("processes share the partitions", "count", len(members))
		o.sharing = len(members)
	}
	mine := map[int]int64{}
	for _, s := range o.loop.Owned() {
		mine[s.Partition] = s.Epoch
	}
	if !o.take(ctx, plan(all, mine, members, o.opt.Holder, 0), mine) {
		o.lookAt = now
		return
	}
	o.give(ctx, plan(all, mine, members, o.opt.Holder, o.opt.TTL), mine)
	o.tried.Store(true)
	if len(members) == 1 && len(o.loop.Owned()) == len(all) {
		// Nobody else is there and nothing is left: after the next announcement
		// is soon enough.
		o.lookAt = o.announceAt
	}
}

// plan says who is to have each partition. A member whose leases ran out, or
// whose session has ended, is on its way out and does not count. Otherwise only members count that have been
// there for some time: what newcomers are to be given is not taken away from
// anybody before it is clear that they stay.
func plan(all []store.Standing, mine map[int]int64, members []store.Member, self string, present time.Duration) []string {
	var who []balance.Member
	gone := map[string]bool{}
	for _, s := range all {
		gone[s.Holder] = gone[s.Holder] || s.Free && s.Holder != self
	}
	for _, m := range members {
		if gone[m.Holder] {
			continue
		}
		if m.Present >= present || m.Holder == self {
			who = append(who, balance.Member{Name: m.Holder, Weight: m.Weight})
		}
	}
	units := make([]balance.Unit, len(all))
	for i, s := range all {
		units[i] = balance.Unit{Key: strconv.Itoa(s.Partition), Holder: s.Holder}
		switch _, held := mine[s.Partition]; {
		case held:
			units[i].Holder = self
		case s.Free, s.Holder == self:
			// What has this process's name and is not held is from before a restart.
			units[i].Holder = ""
		}
	}
	return balance.Plan(units, who)
}

// take acquires what is planned for this process; false where there was no time
// for all of it, because what is held has to be renewed.
func (o *Owner) take(ctx context.Context, plan []string, mine map[int]int64) bool {
	for part, who := range plan {
		if _, held := mine[part]; held || who != o.opt.Holder || ctx.Err() != nil {
			continue
		}
		p := o.current()
		if p == nil || o.due(o.renewAt) {
			return false
		}
		sent := o.opt.Clock.Now()
		lease, err := o.opt.Leases.Acquire(ctx, part, o.opt.Holder, o.opt.TTL)
		if err != nil {
			if fault.CodeOf(err) != fault.Conflict && ctx.Err() == nil {
				o.log.Warn("a partition cannot be acquired", "partition", part, "error", err)
			}
			continue
		}
		back := []store.Stamp{{Partition: part, Epoch: lease.Epoch, Batch: lease.Batch}}
		// It is in doubt until it is known that the session stood all the time.
		if err := o.loop.Own(ctx, part, lease, sent); err != nil {
			if ctx.Err() == nil {
				o.log.Warn("a partition cannot be taken up", "partition", part, "error", err)
			}
			_ = o.opt.Leases.Release(context.WithoutCancel(ctx), o.opt.Holder, back)
			continue
		}
		o.stats.Acquired.Add(1)
		o.sure(p, back, sent.Add(o.opt.TTL))
	}
	return true
}

// give hands partitions over that others are to have: what was taken is
// committed first, and whoever waits for them is told at once.
func (o *Owner) give(ctx context.Context, plan []string, mine map[int]int64) {
	given := 0
	for part, who := range plan {
		epoch, held := mine[part]
		if !held || who == o.opt.Holder || who == "" {
			continue
		}
		if given == giveAtOnce || ctx.Err() != nil {
			return
		}
		given++
		if err := o.loop.Yield(ctx, part); err != nil {
			return
		}
		o.stats.Given.Add(1)
		o.log.Info("a partition is handed over", "partition", part, "epoch", epoch, "planned_for", who)
		err := o.opt.Leases.Release(ctx, o.opt.Holder, []store.Stamp{{Partition: part, Epoch: epoch}})
		if err != nil && ctx.Err() == nil {
			o.log.Warn("a lease could not be given back, it runs out by itself", "partition", part, "error", err)
		}
	}
}
