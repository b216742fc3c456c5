package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/atrilhq/platform/internal/fault"
)

// pipeSession makes transactions on PostgreSQL of two round trips: one for
// BEGIN and all statements, one for COMMIT. Each transaction takes a connection
// of the pool.
type pipeSession struct {
	db   *sql.DB
	conn *sql.Conn
	// begun is false until BEGIN was sent.
	begun bool
}

func (p *pipeSession) begin(ctx context.Context) (err error) {
	p.drop()
	p.conn, err = p.db.Conn(ctx)
	return err
}

func (p *pipeSession) run(ctx context.Context, list []statement) error {
	return p.raw(func(c *pgx.Conn) error {
		begin := !p.begun
		p.begun = true
		return send(ctx, c, begin, list)
	})
}

// plain needs nothing prepared, which a failed transaction would refuse.
func (p *pipeSession) plain(ctx context.Context, texts ...string) error {
	return p.raw(func(c *pgx.Conn) error {
		_, err := c.PgConn().Exec(ctx, strings.Join(texts, "; ")).ReadAll()
		return err
	})
}

func (p *pipeSession) commit(ctx context.Context) error {
	err := p.raw(func(c *pgx.Conn) error {
		tag, err := c.Exec(ctx, "commit")
		if err == nil && tag.String() != "COMMIT" {
			err = fault.New(fault.Unavailable, commitOp, "the database gave the transaction up")
		}
		return err
	})
	if err == nil {
		p.drop()
	}
	return err
}

func (p *pipeSession) rollback(ctx context.Context) {
	if p.conn != nil {
		// Where this does not succeed the pool closes the connection, and with
		// it the server ends the transaction.
		_ = p.raw(func(c *pgx.Conn) error {
			if c.IsClosed() || c.PgConn().TxStatus() == 'I' {
				return nil
			}
			_, err := c.Exec(ctx, "rollback")
			return err
		})
	}
	p.drop()
}

// drop gives the connection back; the pool keeps only one that is well and idle.
func (p *pipeSession) drop() {
	if p.conn == nil {
		return
	}
	_ = p.raw(func(c *pgx.Conn) error {
		if c.IsClosed() || c.PgConn().TxStatus() != 'I' {
			return driver.ErrBadConn
		}
		return nil
	})
	_ = p.conn.Close()
	p.conn, p.begun = nil, false
}

func (p *pipeSession) raw(f func(*pgx.Conn) error) error {
	if p.conn == nil {
		return errNoConnection
	}
	return p.conn.Raw(func(driverConn any) error {
		std, ok := driverConn.(*stdlib.Conn)
		if !ok {
			return fault.New(fault.Internal, commitOp, "the connection is not pgx's")
		}
		return f(std.Conn())
	})
}

// send carries out statements in one round trip and checks what came of each,
// in their order: the first that is not as it must be is the reason.
func send(ctx context.Context, c *pgx.Conn, begin bool, list []statement) (err error) {
	var b pgx.Batch
	if begin {
		b.Queue("begin isolation level read committed")
	}
	for i := range list {
		b.Queue(list[i].text, list[i].args...)
	}
	res := c.SendBatch(ctx, &b)
	defer func() {
		if closed := res.Close(); err == nil {
			err = closed
		}
	}()
	if begin {
		if _, err := res.Exec(); err != nil {
			return err
		}
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
