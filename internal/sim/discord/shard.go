package discord

import "time"

// recommendedGuilds is how many guilds GET /gateway/bot plans for a shard.
const recommendedGuilds = 1000

// guildsOn counts the guilds of a bot on one shard.
func (w *World) guildsOn(b *Bot, shard [2]int) int {
	n := 0
	for _, g := range w.st.Guilds {
		if g.member(b.ID) != nil && shardOf(g.ID, shard[1]) == shard[0] {
			n++
		}
	}
	return n
}

// shards is how many of them GET /gateway/bot recommends.
func (w *World) shards(b *Bot) int {
	all := w.guildsOn(b, [2]int{0, 1})
	return max(w.opts.Shards, (all+recommendedGuilds-1)/recommendedGuilds, 1)
}

// mayIdentify counts an IDENTIFY if the budget has one left: one in 5 s for each
// of the max_concurrency buckets, which are shard_id % max_concurrency, and
// 1000 a day (https://discord.com/developers/docs/events/gateway#sharding-max-concurrency).
func (w *World) mayIdentify(b *Bot, shard [2]int) bool {
	n, _ := w.identified(b)
	now, key := w.now(), shard[0]%w.opts.MaxConcurrency
	last, before := b.Buckets[key]
	if n >= w.opts.IdentifyLimit || before && now.Sub(last) < w.opts.IdentifyInterval {
		return false
	}
	if b.Buckets == nil {
		b.Buckets = map[int]time.Time{}
	}
	b.Buckets[key] = now
	b.Identifies = append(b.Identifies, now)
	w.touch()
	return true
}
