package sqlstore

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync"
)

// turn is whose turn it is to write to a SQLite file: the writer of commands and
// the job queue have a connection each, and SQLite lets one of them write. Left
// to SQLite, whoever comes second sleeps and looks again, up to 100 ms each time,
// and gives up in the end; here it waits in a line and goes on at once.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	default:
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) give() { <-t }

// turnConnector opens connections that do nothing out of turn.
type turnConnector struct {
	driver driver.Driver
	dsn    string
	turn   turn
}

// Connect implements driver.Connector.
func (c turnConnector) Connect(context.Context) (driver.Conn, error) {
	inner, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	conn, ok := inner.(liteConn)
	if !ok {
		return nil, errors.Join(errUnprepared, inner.Close())
	}
	return &turnConn{liteConn: conn, turn: c.turn}, nil
}

// Driver implements driver.Connector.
func (c turnConnector) Driver() driver.Driver { return c.driver }

// liteConn is what SQLite's driver can do that is used here.
type liteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

var errUnprepared = errors.New("sqlstore: a connection that writes in turn prepares no statements")

// turnConn has its turn from the beginning of a transaction to its end, or for
// one statement. database/sql uses a connection for one thing at a time.
type turnConn struct {
	liteConn

	turn   turn
	within bool
}

// Prepare implements driver.Conn. Whoever ran a prepared statement would do so
// out of turn.
func (c *turnConn) Prepare(string) (driver.Stmt, error) { return nil, errUnprepared }

// BeginTx implements driver.ConnBeginTx.
func (c *turnConn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if err := c.turn.take(ctx); err != nil {
		return nil, err
	}
	tx, err := c.liteConn.BeginTx(ctx, o)
	if err != nil {
		c.turn.give()
		return nil, err
	}
	c.within = true
	return &turnTx{tx, c}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *turnConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if !c.within {
		if err := c.turn.take(ctx); err != nil {
			return nil, err
		}
		defer c.turn.give()
	}
	return c.liteConn.ExecContext(ctx, query, args)
}

// QueryContext implements driver.QueryerContext. An UPDATE that returns rows is a
// query too; it is written when its rows are closed.
func (c *turnConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if c.within {
		return c.liteConn.QueryContext(ctx, query, args)
	}
	if err := c.turn.take(ctx); err != nil {
		return nil, err
	}
	rows, err := c.liteConn.QueryContext(ctx, query, args)
	if err != nil {
		c.turn.give()
		return nil, err
	}
	return &turnRows{Rows: rows, turn: c.turn}, nil
}

// turnTx gives its turn back when it ends.
type turnTx struct {
	driver.Tx

	conn *turnConn
}

// Commit implements driver.Tx. A commit that failed may have left the
// transaction open, which is rolled back so that nobody waits for it.
func (t *turnTx) Commit() error {
	defer t.end()
	err := t.Tx.Commit()
	if err != nil {
		_ = t.Tx.Rollback()
	}
	return err
}

// Rollback implements driver.Tx.
func (t *turnTx) Rollback() error {
	defer t.end()
	return t.Tx.Rollback()
}

func (t *turnTx) end() {
	if t.conn.within {
		t.conn.within = false
		t.conn.turn.give()
	}
}

// turnRows give their turn back when they are closed.
type turnRows struct {
	driver.Rows

	turn turn
	once sync.Once
}

// Close implements driver.Rows.
func (r *turnRows) Close() error {
	defer r.once.Do(r.turn.give)
	return r.Rows.Close()
}
