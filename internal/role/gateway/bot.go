package gateway

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	dis "github.com/disgoorg/disgo/discord"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
)

// bot is one account of the pool.
type bot struct {
	id    music.BotID
	token secret.Text
	rest  *discord.REST

	mu     sync.Mutex
	app    string
	shards []*shard
	// left is how many IDENTIFYs Discord said are left, when it was last asked.
	left int
	// refused is why Discord does not take the bot any more, nil while it does.
	refused error
}

// runBot checks the token, registers the commands and runs the shards.
func (r *Role) runBot(ctx context.Context, b *bot, front bool) error {
	account, limits, err := r.greet(ctx, b)
	if err != nil || ctx.Err() != nil {
		return err
	}
	b.mu.Lock()
	b.app, b.left = account.Application, limits.Remaining
	b.mu.Unlock()
	n := max(1, limits.Shards)
	r.log.Info("a bot is known", "bot", b.id, "name", account.Name, "shards", n)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { r.register(ctx, b, front); return nil })
	shards := make([]*shard, n)
	for i := range n {
		shards[i] = newShard(r, b, i, n)
	}
	// All of them at once: how many there are decides how they are shared.
	b.mu.Lock()
	b.shards = shards
	b.mu.Unlock()
	signal(r.rota.poke)
	for _, s := range shards {
		g.Go(func() error { return s.run(ctx) })
	}
	return g.Wait()
}

// Verify asks Discord once whether it takes the tokens, so that a wrong one ends
// a start, that of a worker too. It returns Unauthenticated for one; where
// Discord does not answer before ctx ends it leaves the question to Run.
func (r *Role) Verify(ctx context.Context) error {
	for _, b := range r.bots {
		if _, err := b.rest.Check(ctx); fault.CodeOf(err) == fault.Unauthenticated {
			return err
		}
	}
	return nil
}

// Known is true once Discord said who each bot is, or that it does not take it.
func (r *Role) Known() bool {
	return !slices.ContainsFunc(r.bots, func(b *bot) bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.app == "" && b.refused == nil
	})
}

// runWorker runs a bot that only plays. One that Discord does not take any more
// ends nothing but itself: the others go on, and operators see why.
func (r *Role) runWorker(ctx context.Context, b *bot) error {
	err := r.runBot(ctx, b, false)
	switch fault.CodeOf(err) {
	case fault.Unauthenticated, fault.Denied, fault.Invalid:
	default:
		return err
	}
	r.log.Error("a bot is not taken by Discord and plays nothing until the next start", "bot", b.id, "error", err)
	b.mu.Lock()
	b.refused = err
	b.mu.Unlock()
	signal(r.rota.poke)
	return nil
}

// greet asks Discord who the bot is until it answers. A token that is wrong is
// not asked about again.
func (r *Role) greet(ctx context.Context, b *bot) (discord.Account, discord.StartLimits, error) {
	for wait := 250 * time.Millisecond; ; wait = min(2*wait, 15*time.Second) {
		account, err := b.rest.Check(ctx)
		var limits discord.StartLimits
		if err == nil {
			limits, err = b.rest.StartLimits(ctx)
		}
		switch {
		case ctx.Err() != nil, err == nil:
			return account, limits, nil //nolint:nilerr // the end of ctx is no failure of the bot
		case fault.CodeOf(err) == fault.Unauthenticated:
			return account, limits, err
		}
		r.log.Warn("Discord cannot be asked yet, trying again", "in", wait, "error", err)
		select {
		case <-ctx.Done():
			return account, limits, nil
		case <-r.opt.Clock.After(wait):
		}
	}
}

// register makes the commands those of this version. Workers have none, those of
// a time when they were the front bot included: each is listed once.
func (r *Role) register(ctx context.Context, b *bot, front bool) {
	var want []dis.ApplicationCommandCreate
	if front {
		want = command.Register(r.opt.Words)
	}
	for wait := time.Second; ctx.Err() == nil; wait = min(2*wait, time.Minute) {
		done, err := b.rest.SyncCommands(ctx, b.application(), want)
		if err == nil {
			r.log.Info("commands are registered", "bot", b.id, "created", len(done.Created), "updated", len(done.Updated), "deleted", len(done.Deleted))
			return
		}
		r.log.Warn("commands cannot be registered, trying again", "in", wait, "error", err)
		select {
		case <-ctx.Done():
		case <-r.opt.Clock.After(wait):
		}
	}
}

func (r *Role) bot(id music.BotID) *bot {
	i := slices.IndexFunc(r.bots, func(b *bot) bool { return b.id == id })
	if i < 0 {
		return nil
	}
	return r.bots[i]
}

// shard returns the shard that a guild belongs to, nil for none.
func (b *bot) shard(guild music.GuildID) *shard {
	b.mu.Lock()
	defer b.mu.Unlock()
	id, err := strconv.ParseUint(string(guild), 10, 64)
	if err != nil || len(b.shards) == 0 {
		return nil
	}
	n := int((id >> 22) % uint64(b.shards[0].count)) //nolint:gosec // a small positive number
	i := slices.IndexFunc(b.shards, func(s *shard) bool { return s.index == n })
	if i < 0 {
		return nil
	}
	return b.shards[i]
}

// conn returns the connection that a guild's shard has now, nil for none.
func (b *bot) conn(guild music.GuildID) *discord.Conn {
	s := b.shard(guild)
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// owns is true where this process has the front bot's shard of a guild.
func (r *Role) owns(guild music.GuildID) bool {
	s := r.front().shard(guild)
	if s == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held
}
