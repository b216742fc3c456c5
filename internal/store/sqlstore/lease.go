package sqlstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// texts are the statements that read the time.
type texts struct {
	acquire, renew, release                string
	acquireShard, renewShard, releaseShard string
	project, cordon                        string
}

func newTexts(d *dialect) texts {
	return texts{
		acquire: d.timed(`UPDATE partitions SET holder = $2, epoch = epoch + 1, alive_at = renewed_at,
			renewed_at = {now}, expires_at = {now} + $3
			WHERE id = $4 AND (holder = '' OR holder = $2 OR expires_at <= {now})
			RETURNING epoch, batch, expires_at, alive_at`),
		renew: d.timed(`UPDATE partitions SET renewed_at = {now}, expires_at = {now} + $2
			WHERE id = $3 AND epoch = $4 AND holder = $5`),
		release: d.timed(`UPDATE partitions SET renewed_at = {now}, expires_at = 0, holder = ''
			WHERE id = $2 AND epoch = $3 AND holder = $4`),
		acquireShard: d.timed(`INSERT INTO shards (bot_id, shard, shards, holder, epoch, renewed_at, expires_at)
			VALUES ($2, $3, $4, $5, 1, {now}, {now} + $6)
			ON CONFLICT (bot_id, shard) DO UPDATE SET shards = excluded.shards, holder = excluded.holder,
			epoch = shards.epoch + 1, alive_at = shards.renewed_at,
			renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
			session_id = CASE WHEN shards.shards = excluded.shards THEN shards.session_id ELSE '' END,
			resume_url = CASE WHEN shards.shards = excluded.shards THEN shards.resume_url ELSE '' END,
			sequence = CASE WHEN shards.shards = excluded.shards THEN shards.sequence ELSE 0 END
			WHERE shards.holder = '' OR shards.holder = excluded.holder OR shards.expires_at <= excluded.renewed_at
			RETURNING epoch, expires_at, alive_at, session_id, resume_url, sequence, identifies, updated_at`),
		renewShard: d.timed(`UPDATE shards SET renewed_at = {now}, expires_at = {now} + $2
			WHERE bot_id = $3 AND shard = $4 AND epoch = $5 AND holder = $6`),
		project: d.timed(`UPDATE projections SET updated_at = {now}, position = $2 WHERE name = $3 AND position = $4`),
		cordon: d.timed(`INSERT INTO nodes (updated_at, name, cordoned, reason, changed_by) VALUES ({now}, $2, $3, $4, $5)
			ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at, cordoned = excluded.cordoned,
			reason = excluded.reason, changed_by = excluded.changed_by`),
		releaseShard: d.timed(`UPDATE shards SET renewed_at = {now}, expires_at = 0, holder = ''
			WHERE bot_id = $2 AND shard = $3 AND epoch = $4 AND holder = $5`),
	}
}

// Limits of how long a lease may be.
const (
	minLease = 10 * time.Millisecond
	maxLease = time.Hour
)

func checkLease(op, holder string, ttl time.Duration) error {
	if holder == "" || !storable(holder) {
		return invalid(op, "a holder needs a name of at most 512 bytes")
	}
	if ttl < minLease || ttl > maxLease {
		return invalid(op, "a lease lasts from 10 ms to 1 h")
	}
	return nil
}

func held(op string) error {
	return fault.New(fault.Conflict, op, "somebody else holds the lease").
		WithHint("try again when it has run out")
}

func lost(op string) error {
	return fault.New(fault.Conflict, op, "the lease was lost").
		WithHint("stop acting for it, and acquire it again")
}

// Partitions implements [store.Leases].
func (db *DB) Partitions(ctx context.Context) (int, error) {
	n := 0
	err := db.each(ctx, "sqlstore.Partitions", `SELECT partitions FROM meta WHERE id = 1`, nil,
		func(scan func(...any) error) error { return scan(&n) })
	return n, err
}

// Acquire implements [store.Leases].
func (db *DB) Acquire(ctx context.Context, partition int, holder string, ttl time.Duration) (store.Lease, error) {
	const op = "sqlstore.Acquire"
	if err := checkLease(op, holder, ttl); err != nil {
		return store.Lease{}, err
	}
	if partition < 0 || partition >= db.partitions {
		return store.Lease{}, invalid(op, "there is no partition of that number")
	}
	var l store.Lease
	var expires, alive int64
	err := db.change(ctx, op, statement{
		text: db.texts.acquire, args: []any{db.now(), holder, int64(ttl), partition},
		row: []any{&l.Epoch, &l.Batch, &expires, &alive}, miss: held(op),
	})
	if err != nil {
		return store.Lease{}, err
	}
	l.Expires, l.AliveUntil = fromNanos(expires), fromNanos(alive)
	return l, nil
}

// Renew implements [store.Leases].
func (db *DB) Renew(ctx context.Context, holder string, stamps []store.Stamp, ttl time.Duration) error {
	const op = "sqlstore.Renew"
	if err := checkLease(op, holder, ttl); err != nil {
		return err
	}
	list := make([]statement, 0, len(stamps))
	for _, s := range inOrder(stamps) {
		list = append(list, statement{
			text: db.texts.renew, args: []any{db.now(), int64(ttl), s.Partition, s.Epoch, holder}, want: 1, miss: lost(op),
		})
	}
	if len(list) == 0 {
		return nil
	}
	return db.change(ctx, op, list...)
}

// Release implements [store.Leases].
func (db *DB) Release(ctx context.Context, holder string, stamps []store.Stamp) error {
	list := make([]statement, 0, len(stamps))
	for _, s := range inOrder(stamps) {
		list = append(list, statement{
			text: db.texts.release, args: []any{db.now(), s.Partition, s.Epoch, holder}, want: anyRows,
		})
	}
	if len(list) == 0 {
		return nil
	}
	return db.change(ctx, "sqlstore.Release", list...)
}

// inOrder sorts by partition: rows are locked in the same order by everybody.
func inOrder(stamps []store.Stamp) []store.Stamp {
	return slices.SortedFunc(slices.Values(stamps), func(a, b store.Stamp) int { return cmp.Compare(a.Partition, b.Partition) })
}
