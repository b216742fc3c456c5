package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// arrangeWait is how long a change of the journal's layout waits for a lock.
	// Commits wait behind it, so it gives up soon and is tried again later.
	arrangeWait = 250 * time.Millisecond
	// arrangeLimit is how long all of it may take: a last part that took events
	// is looked through once.
	arrangeLimit = 30 * time.Second
	// arrangeLock is the advisory lock of who changes the layout.
	arrangeLock = `pg_try_advisory_xact_lock(1246909012, 6)`
)

// arrangement is a transaction that changes the journal's parts.
type arrangement struct{ *sql.Tx }

// arrange calls f in a transaction of the one who changes the layout now. Where
// somebody else does, f is not called.
func (db *DB) arrange(ctx context.Context, op string, f func(context.Context, *arrangement) error) error {
	ctx, cancel := context.WithTimeout(ctx, arrangeLimit)
	defer cancel()
	tx, err := db.layout.BeginTx(ctx, nil)
	if err != nil {
		return failed(err, op)
	}
	defer func() { _ = tx.Rollback() }()
	mine := false
	if err := tx.QueryRowContext(ctx, `SELECT `+arrangeLock).Scan(&mine); err != nil || !mine {
		return failed(err, op)
	}
	a := &arrangement{tx}
	if err := a.run(ctx, `SET LOCAL lock_timeout = `+strconv.FormatInt(arrangeWait.Milliseconds(), 10)); err != nil {
		return failed(err, op)
	}
	if err := f(ctx, a); err != nil {
		return failed(err, op)
	}
	if err := tx.Commit(); err != nil {
		return commitFailed(err, op)
	}
	return nil
}

func (a *arrangement) run(ctx context.Context, texts ...string) error {
	for _, text := range texts {
		if _, err := a.ExecContext(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

func nameOfPart(end int64) string { return fmt.Sprintf("journal_to_%019d", end-1) }

// insert makes a part from one number up to another, which it has no more,
// before the last part, which must be empty from there on.
func (a *arrangement) insert(ctx context.Context, from, end int64) error {
	name := pgx.Identifier{nameOfPart(end)}.Sanitize()
	return a.run(ctx,
		`CREATE TABLE `+name+` (LIKE journal INCLUDING ALL)`,
		`ALTER TABLE journal DETACH PARTITION `+restPart,
		fmt.Sprintf(`ALTER TABLE journal ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)`, name, from, end),
		fmt.Sprintf(`ALTER TABLE journal ATTACH PARTITION %s FOR VALUES FROM (%d) TO (MAXVALUE)`, restPart, end),
	)
}

// fold makes the last part, which begins at from, one that ends before end, and
// a new last part.
func (a *arrangement) fold(ctx context.Context, from, end int64) error {
	name := pgx.Identifier{nameOfPart(end)}.Sanitize()
	return a.run(ctx,
		`ALTER TABLE journal DETACH PARTITION `+restPart,
		`ALTER TABLE `+restPart+` RENAME TO `+name,
		fmt.Sprintf(`ALTER TABLE journal ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)`, name, from, end),
		`CREATE TABLE `+restPart+` (LIKE journal INCLUDING ALL)`,
		fmt.Sprintf(`ALTER TABLE journal ATTACH PARTITION %s FOR VALUES FROM (%d) TO (MAXVALUE)`, restPart, end),
	)
}
