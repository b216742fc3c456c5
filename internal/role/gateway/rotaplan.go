package gateway

import (
	"time"

	"github.com/atrilhq/platform/internal/balance"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

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
