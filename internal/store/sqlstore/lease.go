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
	acquire, release, standing                             string
	acquireShard, renewShard, releaseShard, shardStandings string
	project, cordon, maintenance                           string
	announce, forget, members, attend                      string
	identifyLock, identifyOld, reserveIdentify             string
	identifySpent, identifiesSpent                         string
	// renew takes the time, how long and the holder first.
	renew *table
}

// orphaned is true for a lease of a holder whose session has ended.
func orphaned(leases string) string {
	return `EXISTS (SELECT 1 FROM holder_sessions s WHERE s.holder = ` + leases + `.holder AND {ended})`
}

func newTexts(d *dialect) texts {
	return texts{
		acquire: d.timed(`UPDATE partitions SET holder = $2, epoch = epoch + 1, alive_at = renewed_at,
			renewed_at = {now}, expires_at = {now} + $3
			WHERE id = $4 AND (holder = '' OR holder = $2 OR expires_at <= {now} OR ` + orphaned("partitions") + `)
			RETURNING epoch, batch, expires_at, alive_at`),
		renew: newRenewals(d),
		release: d.timed(`UPDATE partitions SET renewed_at = {now}, expires_at = 0, holder = ''
			WHERE id = $2 AND epoch = $3 AND holder = $4`),
		standing: d.timed(`SELECT p.id, p.holder, p.epoch,
			CASE WHEN p.holder = '' OR p.expires_at <= {now} OR ` + orphaned("p") + ` THEN 1 ELSE 0 END
			FROM partitions p ORDER BY p.id`),
		acquireShard: d.timed(`INSERT INTO shards (bot_id, shard, shards, holder, epoch, renewed_at, expires_at)
			VALUES ($2, $3, $4, $5, 1, {now}, {now} + $6)
			ON CONFLICT (bot_id, shard) DO UPDATE SET shards = excluded.shards, holder = excluded.holder,
			epoch = shards.epoch + 1, alive_at = shards.renewed_at,
			renewed_at = excluded.renewed_at, expires_at = excluded.expires_at,
			session_id = CASE WHEN shards.shards = excluded.shards THEN shards.session_id ELSE '' END,
			resume_url = CASE WHEN shards.shards = excluded.shards THEN shards.resume_url ELSE '' END,
			sequence = CASE WHEN shards.shards = excluded.shards THEN shards.sequence ELSE 0 END
			WHERE shards.holder = '' OR shards.holder = excluded.holder OR shards.expires_at <= excluded.renewed_at
			OR ` + orphaned("shards") + `
			RETURNING epoch, expires_at, alive_at, session_id, resume_url, sequence, identifies, updated_at`),
		renewShard: d.timed(`UPDATE shards SET renewed_at = {now}, expires_at = {now} + $2
			WHERE bot_id = $3 AND shard = $4 AND epoch = $5 AND holder = $6`),
		releaseShard: d.timed(`UPDATE shards SET renewed_at = {now}, expires_at = 0, holder = ''
			WHERE bot_id = $2 AND shard = $3 AND epoch = $4 AND holder = $5`),
		shardStandings: d.timed(`SELECT p.bot_id, p.shard, p.shards, p.holder, p.epoch,
			CASE WHEN p.holder = '' OR p.expires_at <= {now} OR ` + orphaned("p") + ` THEN 1 ELSE 0 END
			FROM shards p ORDER BY p.bot_id, p.shard`),
		project: d.timed(`UPDATE projections SET updated_at = {now}, position = $2 WHERE name = $3 AND position = $4`),
		cordon: d.timed(`INSERT INTO nodes (updated_at, name, cordoned, reason, changed_by) VALUES ({now}, $2, $3, $4, $5)
			ON CONFLICT (name) DO UPDATE SET updated_at = excluded.updated_at, cordoned = excluded.cordoned,
			reason = excluded.reason, changed_by = excluded.changed_by`),
		maintenance:     d.timed(maintenanceText),
		announce:        d.timed(announceText),
		forget:          d.timed(`DELETE FROM members WHERE expires_at < {now} - $2`),
		members:         d.timed(membersText),
		attend:          d.timed(attendText),
		reserveIdentify: d.timed(reserveIdentifyText),
		identifyLock:    d.timed(identifyLockText),
		identifySpent:   d.timed(identifySpentText),
		identifyOld:     d.timed(`DELETE FROM identifies WHERE bot_id = $2 AND occurred_at < {now} - $3`),
		identifiesSpent: d.timed(`SELECT COUNT(*) FROM identifies WHERE bot_id = $2 AND sent = 1 AND occurred_at > {now} - $3`),
	}
}

// newRenewals is one statement for many leases. The rows are locked in the order
// of their numbers, as batches lock them.
func newRenewals(d *dialect) *table {
	t := newTable(d.timed(`UPDATE partitions SET renewed_at = {now}, expires_at = {now} + $2 WHERE id IN
		(SELECT p.id FROM partitions p WHERE p.holder = $3 AND (p.id, p.epoch) IN (VALUES `),
		`(CAST(? AS INTEGER), CAST(? AS BIGINT))`, `) ORDER BY p.id`+d.lock+`)`, true)
	t.fixed = 3
	return t
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

// lockText changes nothing; it takes the lock of a partition's row.
const lockText = `UPDATE partitions SET epoch = epoch WHERE id = $1`

// Acquire implements [store.Leases]. The row is locked by a statement of its
// own: what the next one sees of the holder's session is then no older than the
// holder's last renewal, and a lease that was just renewed under a new session
// is not taken because of the old one.
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
	err := db.change(ctx, op,
		statement{text: lockText, args: []any{partition}, want: 1, miss: held(op)},
		statement{
			text: db.texts.acquire, args: []any{db.now(), holder, int64(ttl), partition},
			row: []any{&l.Epoch, &l.Batch, &expires, &alive}, miss: held(op),
		})
	if err != nil {
		return store.Lease{}, err
	}
	l.Expires, l.AliveUntil = fromNanos(expires), fromNanos(alive)
	return l, nil
}

// Renew implements [store.Leases]: one statement for each 128 of them.
func (db *DB) Renew(ctx context.Context, holder string, stamps []store.Stamp, ttl time.Duration) error {
	const op = "sqlstore.Renew"
	if err := checkLease(op, holder, ttl); err != nil {
		return err
	}
	var args []any
	for i, s := range inOrder(stamps) {
		if i > 0 && args[len(args)-2] == s.Partition {
			if args[len(args)-1] != s.Epoch {
				return lost(op)
			}
			continue
		}
		args = append(args, s.Partition, s.Epoch)
	}
	if len(args) == 0 {
		return nil
	}
	list := db.texts.renew.statements(nil, args, lost(op))
	for i := range list {
		list[i].args = append([]any{db.now(), int64(ttl), holder}, list[i].args...)
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
	return db.free(ctx, "sqlstore.Release", list...)
}

// Standing implements [store.Leases].
func (db *DB) Standing(ctx context.Context) ([]store.Standing, error) {
	out := make([]store.Standing, 0, db.partitions)
	err := db.each(ctx, "sqlstore.Standing", db.texts.standing, []any{db.now()},
		func(scan func(...any) error) error {
			var s store.Standing
			err := scan(&s.Partition, &s.Holder, &s.Epoch, &s.Free)
			out = append(out, s)
			return err
		})
	return out, err
}

// inOrder sorts by partition: rows are locked in the same order by everybody.
func inOrder(stamps []store.Stamp) []store.Stamp {
	return slices.SortedFunc(slices.Values(stamps), func(a, b store.Stamp) int { return cmp.Compare(a.Partition, b.Partition) })
}
