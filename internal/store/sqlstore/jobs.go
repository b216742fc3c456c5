package sqlstore

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/atrilhq/platform/internal/fault"
)

// jobConnections is how many connections to PostgreSQL the job queue has.
const jobConnections = 4

// JobPools are the connections of the job queue, which writes its own tables in
// transactions of its own. They are closed with the database.
type JobPools struct {
	// Engine is EngineSQLite or EnginePostgres.
	Engine string
	// Write is for the queue. On SQLite it has one connection, which writes in turn
	// with the writer of commands, so that neither finds the file busy, and waits
	// for no disk, so that its turns are short. What a power cut may take from it
	// is the end of a record of chores that are due again in a minute; the next
	// commit of commands syncs what came before it.
	Write *sql.DB
	// Read is for looking.
	Read *sql.DB
	// Listen is for LISTEN on PostgreSQL, nil on SQLite.
	Listen *pgxpool.Pool
}

// OpenJobs opens the connections of the job queue. It is called once. Errors:
// Invalid for an address that cannot be read.
func (db *DB) OpenJobs() (JobPools, error) {
	const op = "sqlstore.OpenJobs"
	to, err := parseURL(db.opts.URL)
	if err != nil {
		return JobPools{}, err
	}
	p := JobPools{Engine: db.dialect.name, Read: db.read}
	if to.file != "" {
		p.Write, err = db.sqliteInTurn(to.file, "wal_autocheckpoint(0)", "synchronous(NORMAL)", "foreign_keys(1)")
		return p, err
	}
	cfg, err := pgxpool.ParseConfig(to.server)
	if err != nil {
		// The cause may hold the address, and that a password: it is not kept.
		return JobPools{}, fault.New(fault.Invalid, op, "the address of the PostgreSQL server cannot be read").
			WithHint("write postgres://user:password@host:5432/database?sslmode=require")
	}
	cfg.ConnConfig.ConnectTimeout = db.opts.Timeout
	cfg.ConnConfig.RuntimeParams["application_name"] = "platformd jobs"
	cfg.MaxConns, cfg.MinConns = 1, 0
	p.Write = db.postgresPool(cfg.ConnConfig.Copy(), jobConnections)
	if p.Listen, err = pgxpool.NewWithConfig(context.Background(), cfg); err != nil {
		return JobPools{}, failed(err, op)
	}
	db.onClose(func() error { p.Listen.Close(); return nil })
	return p, nil
}
