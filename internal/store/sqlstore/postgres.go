package sqlstore

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/atrilhq/platform/internal/fault"
)

// Reads have connections of their own, so that however many of them wait, a
// lease is renewed in time.
const (
	readers = 16
	writers = 8
)

func (db *DB) openPostgres(ctx context.Context, address string) error {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		// The cause may hold the address, and that a password: it is not kept.
		return fault.New(fault.Invalid, openOp, "the address of the PostgreSQL server cannot be read").
			WithHint("write postgres://user:password@host:5432/database?sslmode=require")
	}
	cfg.ConnectTimeout = db.opts.Timeout
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "platformd"
	}
	// What was answered is on disk, whatever the server's default is.
	cfg.RuntimeParams["synchronous_commit"] = "on"
	// A transaction whose client is gone gives its locks back.
	cfg.RuntimeParams["idle_in_transaction_session_timeout"] = "3s"
	db.read = db.postgresPool(cfg, readers)
	pool := db.postgresPool(cfg, writers)
	ping, cancel := context.WithTimeout(ctx, max(db.opts.Timeout, 5*time.Second))
	defer cancel()
	if err := pool.PingContext(ping); err != nil {
		return fault.Wrap(err, fault.Unavailable, openOp, "the PostgreSQL server does not let us in or does not answer").
			WithHint("look at host, port, user and password of the address, and whether the server runs")
	}
	if err := db.migrate(ctx, pool); err != nil {
		return err
	}
	db.layout = pool
	if naiveCursor {
		if _, err := pool.ExecContext(ctx, naiveSequence); err != nil {
			return failed(err, openOp)
		}
	}
	db.batches = newGroupWriter(&pipeSession{db: pool}, db.opts, &db.tables, func() {}, false)
	db.writer = &pipeWriter{db: pool, opts: db.opts, batches: db.batches}
	db.onClose(db.writer.close)
	db.presences.open = func(ctx context.Context, holder string) (keeper, error) { return attendPostgres(ctx, cfg, db, holder) }
	db.onClose(db.presences.close)
	return db.prepareInstallation(ctx)
}

func (db *DB) postgresPool(cfg *pgx.ConnConfig, n int) *sql.DB {
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db.onClose(pool.Close)
	return pool
}
