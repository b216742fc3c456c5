package sqlstore

import (
	"context"
	"database/sql"
	"strings"
)

// dialect is what differs between the engines, apart from the migrations and
// from how a transaction is sent.
type dialect struct {
	// name is the engine, as Describe and the folder of its migrations call it.
	name string
	// now is the database's clock in nanoseconds since 1970, to the millisecond.
	now string
	// ended is true where the session of a row of holder_sessions, s, is gone.
	ended string
	// lock ends a query that locks the rows that it finds, in their order.
	lock string
	// told tells every process that leases became free; empty where all are in one.
	told string
	// version asks for the engine's version.
	version string
	// schemaTable asks whether goose's table is there: one row with 0 or 1.
	schemaTable string
	// marksTable asks the same of the table of schema marks.
	marksTable string
	// snapshot are the options of a transaction that sees one moment.
	snapshot *sql.TxOptions
	// anonymous says that parameters without names are cheaper.
	anonymous bool
	// lockSchema keeps other processes from migrating at the same time.
	lockSchema bool
	// parted says that the journal is kept in parts.
	parted bool
}

var sqliteDialect = dialect{
	name:        "sqlite",
	now:         `CAST(unixepoch('subsec') * 1000 AS INTEGER) * 1000000`,
	ended:       `FALSE`,
	version:     `SELECT sqlite_version()`,
	schemaTable: `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'goose_db_version'`,
	marksTable:  `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_marks'`,
	anonymous:   true,
}

var postgresDialect = dialect{
	name: "postgres",
	now:  `CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT) * 1000000`,
	// Shared, so that two who ask at once do not hide it from each other.
	ended:       `pg_try_advisory_xact_lock_shared(s.session)`,
	lock:        ` FOR UPDATE`,
	told:        `SELECT pg_notify('` + freedChannel + `', '')`,
	version:     `SELECT current_setting('server_version')`,
	schemaTable: `SELECT COUNT(to_regclass('goose_db_version'))`,
	marksTable:  `SELECT COUNT(to_regclass('schema_marks'))`,
	snapshot:    &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	lockSchema:  true,
	parted:      true,
}

// timed puts the time into a text: {now} is the first argument where a clock is
// given, the database's own time where that is NULL. {ended} and {lock} are the
// dialect's.
func (d *dialect) timed(text string) string {
	return strings.NewReplacer(
		"{now}", "COALESCE(CAST($1 AS BIGINT), "+d.now+")", "{ended}", d.ended, "{lock}", d.lock,
	).Replace(text)
}

// now is the first argument of a timed text.
func (db *DB) now() any {
	if db.opts.Clock == nil {
		return nil
	}
	return nanos(db.opts.Clock.Now())
}

type querier interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

// each reads the rows of a query, within the time that an operation has.
func (db *DB) each(ctx context.Context, op, text string, args []any, row func(scan func(...any) error) error) error {
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	return failed(scanAll(ctx, db.read, text, args, row), op)
}

func scanAll(ctx context.Context, q querier, text string, args []any, row func(scan func(...any) error) error) error {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// change carries out statements that are no batch.
func (db *DB) change(ctx context.Context, op string, list ...statement) error {
	return db.writer.write(ctx, op, &write{statements: list})
}
