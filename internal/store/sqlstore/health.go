package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
)

// Ping implements [store.Health].
func (db *DB) Ping(ctx context.Context) error {
	_, err := db.Partitions(ctx)
	return err
}

// Describe implements [store.Health].
func (db *DB) Describe(ctx context.Context) (engine, version string, schema int64, err error) {
	const op = "sqlstore.Describe"
	err = db.each(ctx, op, db.dialect.version, nil, func(scan func(...any) error) error { return scan(&version) })
	if err != nil {
		return "", "", 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	schema, err = db.schema(ctx, db.read)
	return db.dialect.name, version, schema, failed(err, op)
}

// Limits of how many rows are read or pruned at once.
const (
	defaultLimit = 100
	maxLimit     = 1_000
	maxPrune     = 100_000
)

func checkLimit(op string, limit, most int) (int, error) {
	if limit < 0 || limit > most {
		return 0, fault.New(fault.Invalid, op, "the limit of rows is out of range").
			WithHint("ask for fewer rows, several times")
	}
	if limit == 0 {
		limit = defaultLimit
	}
	return limit, nil
}
