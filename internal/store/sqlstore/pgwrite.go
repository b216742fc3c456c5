package sqlstore

import (
	"context"
	"database/sql"
)

// pipeWriter writes to PostgreSQL. Batches that wait share a transaction,
// because each holds the journal's head until it has ended; anything else has a
// transaction and a connection of its own, so that no lease is renewed late.
type pipeWriter struct {
	db      *sql.DB
	opts    Options
	batches *groupWriter
}

func (w *pipeWriter) close() error { return w.batches.close() }

func (w *pipeWriter) write(ctx context.Context, op string, wr *write) error {
	if wr.plan != nil {
		return w.batches.write(ctx, op, wr)
	}
	ctx, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	s := pipeSession{db: w.db}
	if err := s.begin(ctx); err != nil {
		return failed(err, op)
	}
	err := s.run(ctx, wr.statements)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		s.rollback(ctx)
		return failed(err, op)
	}
	if err := s.commit(ctx); err != nil {
		s.rollback(ctx)
		return commitFailed(err, op)
	}
	return nil
}
