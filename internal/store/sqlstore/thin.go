package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/store"
)

// Thin implements [store.Parted]. Types are looked for one after the other, so
// that each is found in the order of its index.
func (db *DB) Thin(ctx context.Context, t store.Thinning) (int, error) {
	const op = "sqlstore.Thin"
	limit, err := checkLimit(op, t.Limit, maxPrune)
	if err != nil {
		return 0, err
	}
	if len(t.Types) == 0 || len(t.Types) > maxTypes {
		return 0, invalid(op, "from 1 to 32 types can leave at once")
	}
	young, err := db.firstAt(ctx, op, t.Before.Add(clocksDiffer))
	if err != nil {
		return 0, err
	}
	last := young - 1
	if t.To > 0 {
		last = min(last, t.To)
	}
	total := 0
	for _, name := range t.Types {
		n, err := db.prune(ctx, op, limit-total, `DELETE FROM journal WHERE seq IN (SELECT seq FROM journal WHERE type = $1 AND seq <= $2
			AND occurred_at < $3 AND seq <= (SELECT MIN(position) FROM projections) ORDER BY seq LIMIT $4)`, name, last, nanos(t.Before))
		if total += n; err != nil || total >= limit {
			return total, err
		}
	}
	return total, nil
}
