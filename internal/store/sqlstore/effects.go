package sqlstore

import (
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

const effectColumns = `key, kind, tenant_id, guild_id, partition_id, epoch, trace, payload,
	created_at, expires_at, attempts, not_before_at, done_at`

func scanEffect(scan func(...any) error) (e store.EffectRow, done bool, err error) {
	var created, expires, notBefore, doneAt int64
	err = scan(&e.Key, &e.Kind, &e.Tenant, &e.Guild, &e.Partition, &e.Epoch, &e.Trace, &e.Payload,
		&created, &expires, &e.Attempts, &notBefore, &doneAt)
	e.Created, e.Expires, e.NotBefore, e.Done = fromNanos(created), fromNanos(expires), fromNanos(notBefore), fromNanos(doneAt)
	return e, doneAt != 0, err
}

// Owed implements [store.Effects].
func (db *DB) Owed(ctx context.Context, kind string, now time.Time, limit int) ([]store.EffectRow, error) {
	const op = "sqlstore.Owed"
	limit, err := checkLimit(op, limit, maxLimit)
	if err != nil {
		return nil, err
	}
	var out []store.EffectRow
	err = db.each(ctx, op, `SELECT `+effectColumns+` FROM effects
		WHERE done_at = 0 AND kind = $1 AND not_before_at <= $2 AND (expires_at = 0 OR expires_at > $2)
		ORDER BY created_at, key LIMIT $3`, []any{kind, nanos(now), limit},
		func(scan func(...any) error) error {
			e, _, err := scanEffect(scan)
			out = append(out, e)
			return err
		})
	return out, err
}

// Effect implements [store.Effects].
func (db *DB) Effect(ctx context.Context, key string) (store.EffectRow, bool, error) {
	const op = "sqlstore.Effect"
	var out store.EffectRow
	done, found := false, false
	err := db.each(ctx, op, `SELECT `+effectColumns+` FROM effects WHERE key = $1`, []any{key},
		func(scan func(...any) error) (err error) {
			found = true
			out, done, err = scanEffect(scan)
			return err
		})
	if err == nil && !found {
		err = noEffect(op)
	}
	return out, done, err
}

// Owe implements [store.Effects].
func (db *DB) Owe(ctx context.Context, e store.EffectRow) error {
	p := &plan{stamps: []store.Stamp{{Partition: e.Partition}}}
	p.effect(&e)
	if p.err != nil {
		return p.err
	}
	return db.change(ctx, "sqlstore.Owe", statement{text: db.tables[tEffects].texts(1), args: p.rows[tEffects], want: anyRows})
}

func noEffect(op string) error {
	return fault.New(fault.NotFound, op, "there is no effect of that key")
}

// Done implements [store.Effects]. The first time counts; keys that are not
// there are left alone.
func (db *DB) Done(ctx context.Context, keys []string, at time.Time) error {
	when := nanos(at)
	if when == 0 {
		return invalid("sqlstore.Done", "an effect is done at a time")
	}
	var list []statement
	for part := range slices.Chunk(slices.Sorted(slices.Values(keys)), maxRows*2) {
		names, args := in(2, part)
		list = append(list, statement{
			text: `UPDATE effects SET done_at = $1 WHERE done_at = 0 AND key IN (` + names + `)`,
			args: append([]any{when}, args...), want: anyRows,
		})
	}
	if len(list) == 0 {
		return nil
	}
	return db.change(ctx, "sqlstore.Done", list...)
}

// Retry implements [store.Effects]. Errors: NotFound.
func (db *DB) Retry(ctx context.Context, key string, notBefore time.Time) error {
	const op = "sqlstore.Retry"
	return db.change(ctx, op, statement{
		text: `UPDATE effects SET attempts = attempts + 1, not_before_at = $1 WHERE key = $2`,
		args: []any{nanos(notBefore), key}, want: 1, miss: noEffect(op),
	})
}

// Keys implements [store.Effects].
func (db *DB) Keys(ctx context.Context, partition int, kind string, since time.Time) ([]string, error) {
	var out []string
	err := db.each(ctx, "sqlstore.Keys",
		`SELECT key FROM effects WHERE partition_id = $1 AND kind = $2 AND created_at >= $3 ORDER BY created_at, key`,
		[]any{partition, kind, nanos(since)},
		func(scan func(...any) error) error {
			var key string
			err := scan(&key)
			out = append(out, key)
			return err
		})
	return out, err
}

// PruneEffects implements [store.Effects].
func (db *DB) PruneEffects(ctx context.Context, before time.Time, limit int) (int, error) {
	// What was done or expired before was created before, and only that is indexed.
	when := nanos(before)
	return db.prune(ctx, "sqlstore.PruneEffects", limit, `DELETE FROM effects WHERE key IN
		(SELECT key FROM effects WHERE created_at < $1
			AND ((done_at > 0 AND done_at < $2) OR (expires_at > 0 AND expires_at < $3)) ORDER BY created_at LIMIT $4)`,
		when, when, when)
}
