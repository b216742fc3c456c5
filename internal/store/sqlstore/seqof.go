package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
)

// recent is how far back from its end the journal is searched for an id.
const recent = 100_000

// SeqOf implements [store.Committer]. Errors: NotFound. Ids have no index, which
// each event would pay for: who asks does so about what was written a moment ago.
func (db *DB) SeqOf(ctx context.Context, eventID string) (int64, error) {
	const op = "sqlstore.SeqOf"
	var seq int64
	err := db.each(ctx, op, `SELECT seq FROM journal WHERE id = $1
		AND seq > (SELECT h.seq FROM journal_head h WHERE h.id = 1) - $2 ORDER BY seq DESC LIMIT 1`, []any{eventID, recent}, func(scan func(...any) error) error {
		return scan(&seq)
	})
	if err == nil && seq == 0 {
		return 0, fault.New(fault.NotFound, op, "the journal has no such event")
	}
	return seq, err
}
