package sqlstore

import (
	"context"
	"encoding/json"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// maxIdentifies is how many times of a shard's IDENTIFYs are kept. Discord
// allows 1,000 a day for a whole bot.
const maxIdentifies = 1_000

// AcquireShard implements [store.ShardSessions]. Where the number of shards has
// changed, the old session and its snapshots are of no use and go.
func (db *DB) AcquireShard(
	ctx context.Context, bot music.BotID, shard, shards int, holder string, ttl time.Duration,
) (store.Lease, store.ShardSession, error) {
	const op = "sqlstore.AcquireShard"
	var l store.Lease
	s := store.ShardSession{Bot: bot, Shard: shard, Shards: shards}
	if err := checkLease(op, holder, ttl); err != nil {
		return l, store.ShardSession{}, err
	}
	if bot == "" || !storable(string(bot)) || !fitsInt32(shard) || !fitsInt32(shards) || shard >= shards {
		return l, store.ShardSession{}, invalid(op, "a shard needs a bot and a number below that of all shards")
	}
	var expires, alive, updated int64
	var identifies string
	err := db.change(ctx, op,
		statement{
			text: `DELETE FROM guild_snapshots WHERE bot_id = $1 AND shard = $2 AND EXISTS
				(SELECT 1 FROM shards s WHERE s.bot_id = $1 AND s.shard = $2 AND s.shards <> $3)`,
			args: []any{string(bot), shard, shards}, want: anyRows,
		},
		// See Acquire: the next statement is to see the holder's session of now.
		statement{text: `UPDATE shards SET epoch = epoch WHERE bot_id = $1 AND shard = $2`, args: []any{string(bot), shard}, want: anyRows},
		statement{
			text: db.texts.acquireShard, args: []any{db.now(), string(bot), shard, shards, holder, int64(ttl)},
			row:  []any{&l.Epoch, &expires, &alive, &s.SessionID, &s.ResumeURL, &s.Sequence, &identifies, &updated},
			miss: held(op),
		})
	if err != nil {
		return store.Lease{}, store.ShardSession{}, err
	}
	if err := json.Unmarshal([]byte(identifies), &s.Identifies); err != nil {
		return store.Lease{}, store.ShardSession{}, fault.Wrap(err, fault.Internal, op, "the times of a shard's logins cannot be read")
	}
	l.Expires, l.AliveUntil = fromNanos(expires), fromNanos(alive)
	s.Epoch, s.Updated = l.Epoch, fromNanos(updated)
	return l, s, nil
}

// RenewShard implements [store.ShardSessions].
func (db *DB) RenewShard(ctx context.Context, bot music.BotID, shard int, holder string, epoch int64, ttl time.Duration) error {
	const op = "sqlstore.RenewShard"
	if err := checkLease(op, holder, ttl); err != nil {
		return err
	}
	return db.change(ctx, op, statement{
		text: db.texts.renewShard, args: []any{db.now(), int64(ttl), string(bot), shard, epoch, holder}, want: 1, miss: lost(op),
	})
}

// ReleaseShard implements [store.ShardSessions].
func (db *DB) ReleaseShard(ctx context.Context, bot music.BotID, shard int, holder string, epoch int64) error {
	return db.free(ctx, "sqlstore.ReleaseShard", statement{
		text: db.texts.releaseShard, args: []any{db.now(), string(bot), shard, epoch, holder}, want: anyRows,
	})
}

// ShardStandings implements [store.ShardSessions].
func (db *DB) ShardStandings(ctx context.Context) ([]store.ShardStanding, error) {
	var out []store.ShardStanding
	err := db.each(ctx, "sqlstore.ShardStandings", db.texts.shardStandings, []any{db.now()},
		func(scan func(...any) error) error {
			var s store.ShardStanding
			err := scan(&s.Bot, &s.Shard, &s.Shards, &s.Holder, &s.Epoch, &s.Free)
			out = append(out, s)
			return err
		})
	return out, err
}

// SaveShard implements [store.ShardSessions]. The number of shards is what
// AcquireShard was told; that of s is not looked at.
func (db *DB) SaveShard(ctx context.Context, s store.ShardSession, changed []store.GuildSnapshot) error {
	const op = "sqlstore.SaveShard"
	if len(s.Identifies) > maxIdentifies || !storable(s.SessionID) || !storable(s.ResumeURL) {
		return invalid(op, "the session of a shard has too many logins or names that cannot be stored")
	}
	times := s.Identifies
	if times == nil {
		times = []time.Time{}
	}
	identifies, err := json.Marshal(times)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "the times of a shard's logins cannot be written")
	}
	list := []statement{{
		text: `UPDATE shards SET session_id = $1, resume_url = $2, sequence = $3, identifies = $4, updated_at = $5
			WHERE bot_id = $6 AND shard = $7 AND epoch = $8`,
		args: []any{s.SessionID, s.ResumeURL, s.Sequence, string(identifies), nanos(s.Updated), string(s.Bot), s.Shard, s.Epoch},
		want: 1, miss: lost(op),
	}}
	// The last snapshot of a guild is the one that counts.
	last := make(map[music.GuildID][]byte, len(changed))
	for _, g := range changed {
		if g.Guild == "" || !storable(string(g.Guild)) || len(g.Data) > maxPayload {
			return invalid(op, "a snapshot needs a guild and at most 16 MiB")
		}
		last[g.Guild] = g.Data
	}
	var gone, kept []any
	for _, g := range changed {
		data, first := last[g.Guild]
		if !first {
			continue
		}
		delete(last, g.Guild)
		if len(data) == 0 {
			gone = append(gone, string(s.Bot), s.Shard, string(g.Guild))
		} else {
			kept = append(kept, string(s.Bot), s.Shard, string(g.Guild), data)
		}
	}
	list = db.snapshotsGone.statements(list, gone, nil)
	list = db.snapshotsKept.statements(list, kept, nil)
	return db.change(ctx, op, list...)
}

// snapshotPage bounds how many snapshots are in memory at once.
const snapshotPage = 100

// Snapshots implements [store.ShardSessions]. It reads page by page, so that f
// may take its time.
func (db *DB) Snapshots(ctx context.Context, bot music.BotID, shard int, f func(store.GuildSnapshot) error) error {
	after := ""
	for {
		var page []store.GuildSnapshot
		err := db.each(ctx, "sqlstore.Snapshots",
			`SELECT guild_id, data FROM guild_snapshots WHERE bot_id = $1 AND shard = $2 AND guild_id > $3 ORDER BY guild_id LIMIT $4`,
			[]any{string(bot), shard, after, snapshotPage},
			func(scan func(...any) error) error {
				var s store.GuildSnapshot
				err := scan(&s.Guild, &s.Data)
				page = append(page, s)
				return err
			})
		if err != nil {
			return err
		}
		for _, s := range page {
			if err := f(s); err != nil {
				return err
			}
			after = string(s.Guild)
		}
		if len(page) < snapshotPage {
			return nil
		}
	}
}
