package sqlstore

import (
	"context"
	"errors"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const (
	// identifyWindow is Discord's day.
	identifyWindow = 24 * time.Hour
	// keepIdentifies is how long they stay to be looked at.
	keepIdentifies = 48 * time.Hour
	maxSpacing     = time.Hour
)

const (
	identifyLockText = `INSERT INTO identify_budgets (bot_id, reserved_at) VALUES ($2, {now})
		ON CONFLICT (bot_id) DO UPDATE SET reserved_at = excluded.reserved_at`
	reserveIdentifyText = `INSERT INTO identifies (bot_id, shard, occurred_at, bucket, sent)
		SELECT CAST($2 AS TEXT), CAST($3 AS INTEGER), {now}, CAST($4 AS INTEGER), 1
		WHERE EXISTS (SELECT 1 FROM shards s WHERE s.bot_id = $2 AND s.shard = $3 AND s.epoch = $5 AND s.holder = $6)
		AND (SELECT COUNT(*) FROM identifies i WHERE i.bot_id = $2 AND i.sent = 1 AND i.occurred_at > {now} - $7) < CAST($8 AS BIGINT)
		AND NOT EXISTS (SELECT 1 FROM identifies i WHERE i.bot_id = $2 AND i.bucket = $4 AND i.occurred_at > {now} - $9)
		RETURNING occurred_at`
	// What stands in the way of one more, and the time that it is.
	identifySpentText = `SELECT {now},
		CASE WHEN EXISTS (SELECT 1 FROM shards s WHERE s.bot_id = $2 AND s.shard = $3 AND s.epoch = $4 AND s.holder = $5) THEN 1 ELSE 0 END,
		COALESCE((SELECT i.occurred_at FROM identifies i WHERE i.bot_id = $2 AND i.sent = 1
			ORDER BY i.occurred_at DESC LIMIT 1 OFFSET CAST($6 AS BIGINT)), 0),
		COALESCE((SELECT MAX(i.occurred_at) FROM identifies i WHERE i.bot_id = $2 AND i.bucket = $7), 0)`
)

var errNotYet = errors.New("an IDENTIFY has to wait")

// ReserveIdentify implements [store.Identifies]. The bot's row is locked first,
// so that what the next statement counts is complete.
func (db *DB) ReserveIdentify(ctx context.Context, r store.IdentifyRequest) (time.Time, time.Duration, error) {
	const op = "sqlstore.ReserveIdentify"
	if r.Bot == "" || !storable(string(r.Bot)) || !fitsInt32(r.Shard) || !fitsInt32(r.Bucket) || r.Allowed < 1 ||
		r.Spacing < 0 || r.Spacing > maxSpacing {
		return time.Time{}, 0, invalid(op, "an IDENTIFY needs a bot, a shard, a bucket, a budget of at least 1 and a distance of at most 1 h")
	}
	bot := string(r.Bot)
	var at int64
	err := db.change(ctx, op,
		statement{text: db.texts.identifyLock, args: []any{db.now(), bot}, want: anyRows},
		statement{text: db.texts.identifyOld, args: []any{db.now(), bot, int64(keepIdentifies)}, want: anyRows},
		statement{
			text: db.texts.reserveIdentify,
			args: []any{db.now(), bot, r.Shard, r.Bucket, r.Epoch, r.Holder, int64(identifyWindow), r.Allowed, int64(r.Spacing)},
			row:  []any{&at}, miss: fault.Wrap(errNotYet, fault.Pending, op, "the next IDENTIFY has to wait"),
		})
	if err == nil {
		return fromNanos(at), 0, nil
	}
	if !errors.Is(err, errNotYet) {
		return time.Time{}, 0, err
	}
	var now, spent, last int64
	mine := false
	err = db.each(ctx, op, db.texts.identifySpent, []any{db.now(), bot, r.Shard, r.Epoch, r.Holder, r.Allowed - 1, r.Bucket},
		func(scan func(...any) error) error { return scan(&now, &mine, &spent, &last) })
	if err != nil {
		return time.Time{}, 0, err
	}
	if !mine {
		return time.Time{}, 0, lost(op)
	}
	wait := time.Millisecond
	if spent > 0 {
		wait = max(wait, time.Duration(spent-now)+identifyWindow)
	}
	if last > 0 {
		wait = max(wait, time.Duration(last-now)+r.Spacing)
	}
	return time.Time{}, wait, nil
}

// ReturnIdentify implements [store.Identifies].
func (db *DB) ReturnIdentify(ctx context.Context, bot music.BotID, shard int, at time.Time) error {
	return db.change(ctx, "sqlstore.ReturnIdentify", statement{
		text: `UPDATE identifies SET sent = 0 WHERE bot_id = $1 AND shard = $2 AND occurred_at = $3`,
		args: []any{string(bot), shard, nanos(at)}, want: anyRows,
	})
}

// IdentifiesSpent implements [store.Identifies].
func (db *DB) IdentifiesSpent(ctx context.Context, bot music.BotID) (int, error) {
	n := 0
	err := db.each(ctx, "sqlstore.IdentifiesSpent", db.texts.identifiesSpent, []any{db.now(), string(bot), int64(identifyWindow)},
		func(scan func(...any) error) error { return scan(&n) })
	return n, err
}
