package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/store"
)

// Commit implements [store.Committer].
func (db *DB) Commit(ctx context.Context, b *store.Batch) (int64, error) {
	p, err := newPlan(b, db.book)
	if err != nil {
		return 0, err
	}
	if err := db.writer.write(ctx, commitOp, &write{plan: p}); err != nil {
		return 0, err
	}
	for _, q := range p.queues {
		db.book.put(q.player, q.ranks)
	}
	return p.first(), nil
}

// BatchNumbers implements [store.Committer].
func (db *DB) BatchNumbers(ctx context.Context, partitions []int) ([]store.Stamp, error) {
	if len(partitions) == 0 {
		return nil, nil
	}
	list, args := in(1, partitions)
	var out []store.Stamp
	err := db.each(ctx, "sqlstore.BatchNumbers", `SELECT id, epoch, batch FROM partitions WHERE id IN (`+list+`) ORDER BY id`, args,
		func(scan func(...any) error) error {
			var s store.Stamp
			err := scan(&s.Partition, &s.Epoch, &s.Batch)
			out = append(out, s)
			return err
		})
	return out, err
}
