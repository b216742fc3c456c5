package sqlstore

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/store"
)

// clocksDiffer is by how much an event may be older than one before it in the
// journal: the clocks of the processes that write agree that well.
const clocksDiffer = time.Hour

// span is a range of numbers of the journal, both ends left out. before is 0 for
// no end.
type span struct{ after, before int64 }

// spanOf is the range in which everything lies that a query can mean. The
// journal has no index by time, which each event would pay for: numbers grow
// with time, so the ends are found by halves.
func (db *DB) spanOf(ctx context.Context, op string, q store.EventQuery) (s span, err error) {
	s.after = q.After
	if !q.Since.IsZero() {
		first, err := db.firstAt(ctx, op, q.Since.Add(-clocksDiffer))
		if err != nil {
			return s, err
		}
		s.after = max(s.after, first-1)
	}
	if !q.Until.IsZero() {
		s.before, err = db.firstAt(ctx, op, q.Until.Add(clocksDiffer))
	}
	return s, err
}

// firstAt returns a number whose event is of this time or later, while the one
// before it is not; one more than the last number where all are older.
func (db *DB) firstAt(ctx context.Context, op string, at time.Time) (int64, error) {
	when := nanos(at)
	var low, high int64
	err := db.each(ctx, op, `SELECT COALESCE((SELECT seq FROM journal ORDER BY seq LIMIT 1), 1),
		(SELECT seq + 1 FROM journal_head WHERE id = 1)`, nil,
		func(scan func(...any) error) error { return scan(&low, &high) })
	for err == nil && low < high {
		middle := low + (high-low)/2
		found, seq, then := false, int64(0), int64(0)
		err = db.each(ctx, op, `SELECT seq, occurred_at FROM journal WHERE seq >= $1 ORDER BY seq LIMIT 1`, []any{middle},
			func(scan func(...any) error) error { found = true; return scan(&seq, &then) })
		switch {
		case !found || then >= when:
			high = middle
		default:
			low = seq + 1
		}
	}
	return low, err
}
