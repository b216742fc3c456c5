package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
)

// SeqOf implements [store.Committer]. Errors: NotFound.
func (db *DB) SeqOf(ctx context.Context, eventID string) (int64, error) {
	const op = "sqlstore.SeqOf"
	var seq int64
	err := db.each(ctx, op, "SELECT seq FROM journal WHERE id = $1", []any{eventID}, func(scan func(...any) error) error {
		return scan(&seq)
	})
	if err == nil && seq == 0 {
		return 0, fault.New(fault.NotFound, op, "the journal has no such event")
	}
	return seq, err
}
