package jobs

import (
	"context"
	"time"
)

// Count is how many jobs of a kind are in a state.
type Count struct {
	Kind, State string
	N           int
	// Oldest is the age of the one that was made first.
	Oldest time.Duration
}

const (
	countPostgres = `SELECT kind, CAST(state AS TEXT), COUNT(*),
		CAST(EXTRACT(EPOCH FROM clock_timestamp() - MIN(created_at)) AS DOUBLE PRECISION)
		FROM river_job GROUP BY kind, state ORDER BY kind, state`
	countSQLite = `SELECT kind, state, COUNT(*), (julianday('now') - julianday(MIN(created_at))) * 86400.0
		FROM river_job GROUP BY kind, state ORDER BY kind, state`
)

// Counts returns how many jobs there are, by kind and state. Errors: Unavailable.
func (q *Queue) Counts(ctx context.Context) ([]Count, error) {
	const op = "jobs.Counts"
	text := countPostgres
	if q.opt.SQLite {
		text = countSQLite
	}
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	rows, err := q.opt.Read.QueryContext(ctx, text)
	if err != nil {
		return nil, away(err, op)
	}
	defer func() { _ = rows.Close() }()
	var out []Count
	for rows.Next() {
		var c Count
		var seconds float64
		if err := rows.Scan(&c.Kind, &c.State, &c.N, &seconds); err != nil {
			return nil, away(err, op)
		}
		c.Oldest = time.Duration(max(0, seconds) * float64(time.Second))
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, away(err, op)
	}
	return out, nil
}

// Unfinished is true for a state that a job has to leave.
func Unfinished(state string) bool {
	for _, s := range unfinished() {
		if string(s) == state {
			return true
		}
	}
	return false
}
