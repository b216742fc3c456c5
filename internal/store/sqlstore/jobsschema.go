package sqlstore

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

const (
	// jobsStep is the number of the step that makes the tables of the job queue.
	jobsStep = 5
	// jobsSchema is the version of the queue's own schema that the step makes. A
	// newer one needs a step of its own: a step that was released never changes.
	jobsSchema = 8
)

// jobsTables begins the names of the queue's tables. They are River's: their
// columns are its business, so they are neither copied to another engine nor
// counted in a backup. What is in them comes again by itself.
const jobsTables = "river_"

// jobsMigration is the step that makes the tables of the job queue: River's own
// SQL, which comes with its driver. On SQLite it is one transaction. PostgreSQL
// lets nobody use a new value of an enumeration before it is committed, so there
// River's own steps have a transaction each; one that fails leaves those before
// it, which are known, and the next try goes on behind them.
func (d *dialect) jobsMigration(o Options) *goose.Migration {
	// -1 is River's word for taking everything back.
	up, down := d.jobsMove(o, rivermigrate.DirectionUp, jobsSchema), d.jobsMove(o, rivermigrate.DirectionDown, -1)
	g := goose.NewGoMigration(jobsStep, up, down)
	g.Source = "00005_jobs.go"
	return g
}

func (d *dialect) jobsMove(o Options, to rivermigrate.Direction, version int) *goose.GoFunc {
	config, target := &rivermigrate.Config{Logger: o.Logger}, &rivermigrate.MigrateOpts{TargetVersion: version}
	if d.lockSchema {
		return &goose.GoFunc{RunDB: func(ctx context.Context, pool *sql.DB) error {
			m, err := rivermigrate.New(riverdatabasesql.New(pool), config)
			if err == nil {
				_, err = m.Migrate(ctx, to, target)
			}
			return err
		}}
	}
	return &goose.GoFunc{RunTx: func(ctx context.Context, tx *sql.Tx) error {
		m, err := rivermigrate.New(riversqlite.New(nil), config)
		if err == nil {
			// On SQLite all steps can be in one transaction, goose's own, and its file has one writer.
			_, err = m.MigrateTx(ctx, tx, to, target) //nolint:staticcheck // only PostgreSQL has steps that cannot
		}
		return err
	}}
}
