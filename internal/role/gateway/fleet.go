package gateway

import (
	"context"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/store"
)

var _ discord.Fleet = (*fleet)(nil)

// fleet reserves IDENTIFYs among all processes: the store counts them.
type fleet struct {
	shard *shard
	epoch int64

	mu sync.Mutex
	at time.Time
}

// Reserve implements discord.Fleet. A fifth of the day's limit stays unspent:
// beyond the limit Discord resets the bot's token.
func (f *fleet) Reserve(ctx context.Context, l discord.StartLimits) (time.Duration, error) {
	s := f.shard
	s.bot.mu.Lock()
	s.bot.left = l.Remaining
	s.bot.mu.Unlock()
	allowed := l.Total * 4 / 5
	if l.Total-l.Remaining >= allowed {
		return max(l.ResetAfter, time.Second), nil
	}
	at, wait, err := s.role.opt.Store.ReserveIdentify(ctx, store.IdentifyRequest{
		Bot: s.bot.id, Shard: s.index, Holder: s.role.opt.Holder, Epoch: f.epoch,
		Bucket: s.index % max(l.Concurrency, 1), Allowed: allowed, Spacing: discord.IdentifySpacing,
	})
	if err != nil {
		return 0, err
	}
	f.mu.Lock()
	f.at = at
	f.mu.Unlock()
	return wait, nil
}

// Refund implements discord.Fleet.
func (f *fleet) Refund(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	f.mu.Lock()
	at := f.at
	f.mu.Unlock()
	if err := f.shard.role.opt.Store.ReturnIdentify(ctx, f.shard.bot.id, f.shard.index, at); err != nil {
		f.shard.role.log.Warn("an IDENTIFY that was not sent stays counted", "shard", f.shard.index, "error", err)
	}
}
