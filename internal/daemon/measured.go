package daemon

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/observe"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// measured is the database with a watch on what commands wait for.
type measured struct {
	*sqlstore.DB
	metrics *observe.Metrics
}

func (m measured) took(operation string, since time.Time) {
	m.metrics.DatabaseDone(operation, time.Since(since))
}

// Commit implements store.Committer.
func (m measured) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	defer m.took("commit", time.Now())
	return m.DB.Commit(ctx, b)
}

// Load implements store.Guilds.
func (m measured) Load(ctx context.Context, ids []music.GuildID) ([]music.Guild, error) {
	defer m.took("load", time.Now())
	return m.DB.Load(ctx, ids)
}

// SaveShard implements store.ShardSessions.
func (m measured) SaveShard(ctx context.Context, s store.ShardSession, changed []store.GuildSnapshot) error {
	defer m.took("save_shard", time.Now())
	return m.DB.SaveShard(ctx, s, changed)
}

// Done implements store.Effects.
func (m measured) Done(ctx context.Context, keys []string, at time.Time) error {
	defer m.took("done", time.Now())
	return m.DB.Done(ctx, keys, at)
}
