package sqlstore

import (
	"context"
	"database/sql"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Waiting is how many writes wait for the next group.
func Waiting(db *DB) int {
	w := db.batches
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// Anonymous is anonymous, for tests.
var Anonymous = anonymous

// Changed is how many slots a difference of queues removes, inserts and updates.
type Changed struct{ Removed, Inserted, Updated int }

// DiffQueue is diffQueue, for tests; it returns the new ranks too.
func DiffQueue(old []*music.Slot, ranks []int64, queue []*music.Slot) (Changed, []int64, error) {
	d, err := diffQueue(old, ranks, queue)
	return Changed{len(d.removed), len(d.inserted), len(d.updated)}, d.ranks, err
}

// RankGap is rankGap, for tests.
const RankGap = rankGap

// ExplainEvents explains the query of a part of the journal.
func ExplainEvents(ctx context.Context, db *DB, q store.EventQuery, explain func(text, plan string)) error {
	text, args := eventQuery(q, 10)
	rows, err := db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		return err
	}
	return eachPlan(rows, text, explain)
}

// Plans explains each statement that the tables are made of.
func Plans(ctx context.Context, db *DB, explain func(text, plan string)) error {
	for _, t := range db.tables {
		text := t.texts(2)
		rows, err := db.read.QueryContext(ctx, "EXPLAIN QUERY PLAN "+text, make([]any, 2*t.columns)...)
		if err != nil {
			return err
		}
		if err := eachPlan(rows, text, explain); err != nil {
			return err
		}
	}
	return nil
}

func eachPlan(rows *sql.Rows, text string, explain func(text, plan string)) error {
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var id, parent, unused int
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			return err
		}
		explain(text, detail)
	}
	return rows.Err()
}

// What tests use of the conversions.
var (
	Nanos     = nanos
	FromNanos = fromNanos
	Shown     = shown
	Storable  = storable
)

// ParseURL is parseURL, for tests.
func ParseURL(raw string) (file, server string, err error) {
	to, err := parseURL(raw)
	return to.file, to.server, err
}
