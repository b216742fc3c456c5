package sqlstore

import (
	"context"
	"database/sql"
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
