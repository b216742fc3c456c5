package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"io/fs"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/schema/migrations"
)

// migrate brings the schema to this version, or says why it does not.
func (db *DB) migrate(ctx context.Context, pool *sql.DB) error {
	provider, err := db.provider(pool)
	if err != nil {
		return fault.Wrap(err, fault.Internal, openOp, "the migrations cannot be read")
	}
	sources := provider.ListSources()
	target := sources[len(sources)-1].Version
	current, err := db.schema(ctx, pool)
	if err != nil {
		return failed(err, openOp)
	}
	switch {
	case current > target:
		return db.bear(ctx, pool, current, target)
	case current == target:
		return nil
	case db.opts.CheckOnly:
		return fault.New(fault.Conflict, openOp,
			fmt.Sprintf("the database has schema %d, this version needs %d", current, target)).
			WithHint("start once with migrations allowed")
	}
	if _, err := provider.Up(ctx); err != nil {
		return fault.Wrap(err, fault.Unavailable, openOp, "the schema could not be brought to this version").
			WithHint("nothing of the failed step stays; look at the cause in the log and start again")
	}
	return nil
}

// bear lets this version use the schema of a newer one, if that one says that it
// may: nothing of the schema is changed, and nothing that is unknown is touched.
func (db *DB) bear(ctx context.Context, pool *sql.DB, current, target int64) error {
	from, err := db.compatibleFrom(ctx, pool, current)
	if err != nil {
		return failed(err, openOp)
	}
	if from == 0 || from > target {
		needs := "this one knows %d"
		if from > 0 {
			needs = fmt.Sprintf("it can be used by versions that know %d, and this one knows %%d", from)
		}
		return fault.New(fault.Conflict, openOp,
			fmt.Sprintf("the database has schema %d, from a newer version; "+needs, current, target)).
			WithHint("run the newer version, or restore the backup that was made before the upgrade")
	}
	db.opts.Logger.Info("the schema is of a newer version and is used as it is", "schema", current, "known", target, "compatible_from", from)
	return nil
}

// compatibleFrom is the step that a version has to know to use a database of the
// schema current, 0 where that schema's newest step says nothing of it.
func (db *DB) compatibleFrom(ctx context.Context, pool *sql.DB, current int64) (from int64, err error) {
	var there int64
	if err := pool.QueryRowContext(ctx, db.dialect.marksTable).Scan(&there); err != nil || there == 0 {
		return 0, err
	}
	err = pool.QueryRowContext(ctx, `SELECT CASE WHEN MAX(version) = $1 THEN MAX(compatible_from) ELSE 0 END FROM schema_marks`, current).Scan(&from)
	return from, err
}

func (db *DB) provider(pool *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.Files, db.dialect.name)
	if err != nil {
		return nil, err
	}
	kind, options := goose.DialectSQLite3, []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithSlog(db.opts.Logger)}
	options = append(options, goose.WithGoMigrations(db.dialect.jobsMigration(db.opts)))
	if db.dialect.lockSchema {
		kind = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 60))
		if err != nil {
			return nil, err
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	return goose.NewProvider(kind, pool, files, options...)
}

// schema is the version of the schema that is there, 0 for an empty database.
func (db *DB) schema(ctx context.Context, q *sql.DB) (int64, error) {
	var there, version int64
	if err := q.QueryRowContext(ctx, db.dialect.schemaTable).Scan(&there); err != nil || there == 0 {
		return 0, err
	}
	err := q.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version`).Scan(&version)
	return version, err
}

// prepareInstallation writes, in a new database, what is decided once.
func (db *DB) prepareInstallation(ctx context.Context) error {
	want := db.opts.Partitions
	if want == 0 {
		want = DefaultPartitions
	}
	made := time.Now()
	if db.opts.Clock != nil {
		made = db.opts.Clock.Now()
	}
	list := []statement{{
		text: `INSERT INTO meta (id, installation_id, partitions, created_at) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO NOTHING`,
		args: []any{rand.Text(), want, nanos(made)}, want: anyRows,
	}}
	var have int
	err := db.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(partitions), 0) FROM meta`).Scan(&have)
	if err != nil {
		return failed(err, openOp)
	}
	if have == 0 {
		for id := range want {
			list = append(list, statement{
				text: `INSERT INTO partitions (id) SELECT CAST($1 AS INTEGER) WHERE CAST($2 AS INTEGER) = (SELECT partitions FROM meta) ON CONFLICT (id) DO NOTHING`,
				args: []any{id, want}, want: anyRows,
			})
		}
		if err := db.change(ctx, openOp, list...); err != nil {
			return err
		}
		if err := db.read.QueryRowContext(ctx, `SELECT partitions FROM meta`).Scan(&have); err != nil {
			return failed(err, openOp)
		}
	}
	if db.opts.Partitions != 0 && db.opts.Partitions != have {
		return invalid(openOp, fmt.Sprintf("the database was made with %d partitions and cannot have %d", have, want))
	}
	db.partitions = have
	return nil
}
