package sqlstore

import "context"

// What processes that are gone leave behind. Whoever joins, attends or asks for
// an IDENTIFY removes some of it on the way; where nobody does any more, it
// would stay.
const (
	forgetHoldersText = `DELETE FROM holder_sessions AS s WHERE {ended}
		AND NOT EXISTS (SELECT 1 FROM partitions p WHERE p.holder = s.holder)
		AND NOT EXISTS (SELECT 1 FROM shards p WHERE p.holder = s.holder)`
	forgetMembersText    = `DELETE FROM members WHERE expires_at < {now} - $2`
	forgetIdentifiesText = `DELETE FROM identifies WHERE occurred_at < {now} - $2`
)

// ForgetSessions deletes what processes that are gone left behind, by the
// database's clock: database sessions that ended and hold no lease, processes
// that went without a word a day ago, IDENTIFYs of more than two days ago. It
// returns how many rows that were.
func (db *DB) ForgetSessions(ctx context.Context) (int, error) {
	var holders, members, identifies int64
	err := db.change(ctx, "sqlstore.ForgetSessions",
		statement{text: db.dialect.timed(forgetHoldersText), want: anyRows, affected: &holders},
		statement{text: db.dialect.timed(forgetMembersText), args: []any{db.now(), int64(forgetMembers)}, want: anyRows, affected: &members},
		statement{text: db.dialect.timed(forgetIdentifiesText), args: []any{db.now(), int64(keepIdentifies)}, want: anyRows, affected: &identifies})
	return int(holders + members + identifies), err
}
