package gateway

import (
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
)

// ShardStatus is what operators see of a shard.
type ShardStatus struct {
	Bot       music.BotID
	Shard     int
	Shards    int
	Connected bool
	Epoch     int64
	// Sequence is the last one whose consequences are durable.
	Sequence int64
	Latency  time.Duration
	// Pending counts the positions that are not durable yet.
	Pending  int
	Counters discord.Counters
}

// Shards returns how the shards of this process are.
func (r *Role) Shards() []ShardStatus {
	var out []ShardStatus
	for _, b := range r.bots {
		b.mu.Lock()
		shards := slices.Clone(b.shards)
		b.mu.Unlock()
		for _, s := range shards {
			out = append(out, s.status())
		}
	}
	return out
}

func (s *shard) status() ShardStatus {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := ShardStatus{
		Bot: s.bot.id, Shard: s.index, Shards: s.count, Epoch: s.epoch, Sequence: s.saved.Sequence, Pending: s.ledger.depth(),
	}
	if s.conn != nil {
		st.Connected, st.Latency, st.Counters = s.conn.Connected(), s.conn.Latency(), s.conn.Counters()
	}
	return st
}
