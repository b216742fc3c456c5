package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"

	"github.com/atrilhq/platform/internal/store"
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	opts       Options
	dialect    *dialect
	read       *sql.DB
	writer     writer
	tables     [tableCount]*table
	texts      texts
	book       *rankBook
	partitions int
	presences  *presences

	batches *groupWriter
	// layout changes how PostgreSQL lays out tables, nil for SQLite.
	layout *sql.DB
	// turn is whose turn it is to write to a SQLite file; nil on PostgreSQL.
	turn turn

	snapshotsGone, snapshotsKept *table
	plays                        playTables

	once    sync.Once
	closers []func() error
	err     error
}

var _ store.Store = (*DB)(nil)

// Open opens the database, makes it where it is not there, and brings its
// schema to this version. Errors: Invalid for an address or a number of
// partitions that cannot be; Denied where the directory of a SQLite file cannot
// be written; Conflict where another process uses it, or where the database is
// of a newer version that older ones may not use; Unavailable where it does not
// answer or is damaged. The schema of a newer database is never changed, and
// nothing of a damaged one.
func Open(ctx context.Context, o Options) (*DB, error) {
	o = o.withDefaults()
	if o.Partitions < 0 || o.Partitions > maxPartitions {
		return nil, invalid("sqlstore.Open", "the number of partitions must be from 1 to 4096")
	}
	to, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	db := &DB{opts: o, tables: newTables(), plays: newPlayTables(), book: newRankBook(), presences: newPresences()}
	db.snapshotsGone, db.snapshotsKept = newSnapshotTables()
	if to.file != "" {
		db.dialect, db.texts = &sqliteDialect, newTexts(&sqliteDialect)
		err = db.openSQLite(ctx, to.file)
	} else {
		db.dialect, db.texts = &postgresDialect, newTexts(&postgresDialect)
		err = db.openPostgres(ctx, to.server)
	}
	if err != nil {
		if closed := db.Close(); closed != nil {
			o.Logger.Warn("the database was not closed cleanly", "error", closed)
		}
		return nil, err
	}
	return db, nil
}

// Close writes what waits and closes the database. It may be called twice.
func (db *DB) Close() error {
	db.once.Do(func() {
		for _, v := range slices.Backward(db.closers) {
			db.err = errors.Join(db.err, v())
		}
	})
	return db.err
}

func (db *DB) onClose(f func() error) { db.closers = append(db.closers, f) }
