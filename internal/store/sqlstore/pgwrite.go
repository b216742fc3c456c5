package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// pipeWriter writes to PostgreSQL: a transaction is two round trips, one for
// BEGIN and all statements, one for COMMIT.
type pipeWriter struct {
	db     *sql.DB
	opts   Options
	tables *[tableCount]*table
}

func (w *pipeWriter) close() error { return nil }

func (w *pipeWriter) write(ctx context.Context, op string, wr *write) error {
	ctx, cancel := context.WithTimeout(ctx, w.opts.Timeout)
	defer cancel()
	list, stage := wr.statements, func(store.Stage) error { return nil }
	if wr.plan != nil {
		list, stage = statements(w.tables, []*plan{wr.plan}), w.opts.Failpoint
	}
	if err := stage(store.StageBegin); err != nil {
		return failed(injected{err}, op)
	}
	conn, err := w.db.Conn(ctx)
	if err != nil {
		return failed(err, op)
	}
	defer func() { _ = conn.Close() }()
	var result error
	err = conn.Raw(func(raw any) error {
		std, ok := raw.(*stdlib.Conn)
		if !ok {
			return fault.New(fault.Internal, op, "the connection is not pgx's")
		}
		c := std.Conn()
		result = transact(ctx, c, op, list, stage)
		if c.IsClosed() || c.PgConn().TxStatus() != 'I' {
			return driver.ErrBadConn // closes it, and with it what it had begun
		}
		return nil
	})
	if result == nil && err != nil {
		return failed(err, op)
	}
	return result
}

func transact(ctx context.Context, c *pgx.Conn, op string, list []statement, stage func(store.Stage) error) error {
	if err := send(ctx, c, list); err != nil {
		rollback(ctx, c)
		return failed(err, op)
	}
	if err := stage(store.StageWrite); err != nil {
		rollback(ctx, c)
		return failed(injected{err}, op)
	}
	if err := stage(store.StageCommit); err != nil {
		rollback(ctx, c)
		return commitFailed(injected{err}, op)
	}
	if err := ctx.Err(); err != nil {
		rollback(ctx, c)
		return failed(err, op)
	}
	tag, err := c.Exec(ctx, "commit")
	if err != nil {
		return commitFailed(err, op)
	}
	if tag.String() != "COMMIT" {
		return fault.New(fault.Unavailable, op, "the database gave the transaction up")
	}
	if err := stage(store.StageAnswer); err != nil {
		return commitFailed(injected{err}, op)
	}
	return nil
}

func rollback(ctx context.Context, c *pgx.Conn) {
	if !c.IsClosed() && c.PgConn().TxStatus() != 'I' {
		_, _ = c.Exec(ctx, "rollback")
	}
}

// send carries out the statements behind a BEGIN and checks what came of each,
// in their order: the first that is not as it must be is the reason.
func send(ctx context.Context, c *pgx.Conn, list []statement) (err error) {
	var b pgx.Batch
	b.Queue("begin isolation level read committed")
	for i := range list {
		b.Queue(list[i].text, list[i].args...)
	}
	res := c.SendBatch(ctx, &b)
	defer func() {
		if closed := res.Close(); err == nil {
			err = closed
		}
	}()
	if _, err := res.Exec(); err != nil {
		return err
	}
	for i := range list {
		if err := list[i].outcome(res); err != nil {
			return err
		}
	}
	return nil
}

func (s *statement) outcome(res pgx.BatchResults) error {
	if s.row != nil {
		err := res.QueryRow().Scan(s.row...)
		if errors.Is(err, pgx.ErrNoRows) && s.miss != nil {
			return s.miss
		}
		return err
	}
	tag, err := res.Exec()
	if err != nil {
		return err
	}
	return s.counted(tag.RowsAffected())
}
