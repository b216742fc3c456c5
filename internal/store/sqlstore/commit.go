package sqlstore

import (
	"context"
	"slices"

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

// BatchNumbers implements [store.Committer]. It takes the rows' locks, so it
// waits for a commit that is still under way, whoever sent it: what it returns
// is final. Partitions that are not there are left out.
func (db *DB) BatchNumbers(ctx context.Context, partitions []int) ([]store.Stamp, error) {
	ids := slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(partitions))), func(p int) bool {
		return p < 0 || p >= db.partitions
	})
	if len(ids) == 0 {
		return nil, nil
	}
	out := make([]store.Stamp, len(ids))
	list := make([]statement, len(ids))
	for i, id := range ids {
		out[i].Partition = id
		list[i] = statement{
			text: `UPDATE partitions SET epoch = epoch WHERE id = $1 RETURNING epoch, batch`,
			args: []any{id}, row: []any{&out[i].Epoch, &out[i].Batch},
		}
	}
	if err := db.change(ctx, "sqlstore.BatchNumbers", list...); err != nil {
		return nil, err
	}
	return out, nil
}
