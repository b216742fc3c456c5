package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// liteSession is SQLite's one connection that writes, with its statements.
//
// But for waiting for its turn it does not look at contexts: a write is not interrupted in the middle, and
// whoever does not want to wait any longer leaves. That spares a goroutine for
// each statement.
type liteSession struct {
	db *sql.DB
	// turn is taken while a transaction is open; mine says so.
	turn     turn
	mine     bool
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// begin starts a transaction when it is its turn that holds the write lock from its beginning.
func (l *liteSession) begin(ctx context.Context) error {
	if !l.mine {
		if err := l.turn.take(ctx); err != nil {
			return err
		}
		l.mine = true
	}
	err := l.open()
	if err != nil {
		l.give()
	}
	return err
}

// give lets others write.
func (l *liteSession) give() {
	if l.mine {
		l.mine = false
		l.turn.give()
	}
}

func (l *liteSession) open() error {
	if l.conn == nil {
		conn, err := l.db.Conn(context.Background())
		if err != nil {
			return err
		}
		l.conn, l.prepared = conn, map[string]*sql.Stmt{}
	}
	return l.exec("BEGIN IMMEDIATE")
}

func (l *liteSession) plain(_ context.Context, texts ...string) error {
	for _, text := range texts {
		if err := l.exec(text); err != nil {
			return err
		}
	}
	return nil
}

// commit ends the transaction. Where that fails it is still open: rollback
// follows, and others wait until then.
func (l *liteSession) commit(context.Context) error {
	err := l.exec("COMMIT")
	if err == nil {
		l.give()
	}
	return err
}

func (l *liteSession) rollback(context.Context) {
	defer l.give()
	if l.conn == nil {
		return
	}
	_ = l.exec("ROLLBACK")
	// A statement of another kind shows whether the connection is well again.
	if err := l.exec("BEGIN"); err != nil {
		l.drop()
		return
	}
	if err := l.exec("ROLLBACK"); err != nil {
		l.drop()
	}
}

func (l *liteSession) drop() {
	if l.conn == nil {
		return
	}
	for _, st := range l.prepared {
		_ = st.Close()
	}
	_ = l.conn.Close()
	l.conn, l.prepared = nil, nil
}

var errNoConnection = errors.New("the writer has no connection")

// prepare returns the statement of a text. Texts are few: those of tables for
// each power of two of rows, and the fixed ones.
func (l *liteSession) prepare(text string) (*sql.Stmt, error) {
	if l.conn == nil {
		return nil, errNoConnection
	}
	if st, ok := l.prepared[text]; ok {
		return st, nil
	}
	st, err := l.conn.PrepareContext(context.Background(), anonymous(text))
	if err != nil {
		return nil, err
	}
	l.prepared[text] = st
	return st, nil
}

func (l *liteSession) exec(text string) error {
	st, err := l.prepare(text) //nolint:sqlclosecheck // kept for the next time; drop closes them all
	if err != nil {
		return err
	}
	_, err = st.ExecContext(context.Background())
	return err
}

func (l *liteSession) run(_ context.Context, list []statement) error {
	for i := range list {
		if err := l.statement(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (l *liteSession) statement(s *statement) error {
	st, err := l.prepare(s.text) //nolint:sqlclosecheck // kept for the next time; drop closes them all
	if err != nil {
		return err
	}
	if s.row != nil {
		err := st.QueryRowContext(context.Background(), s.args...).Scan(s.row...)
		if errors.Is(err, sql.ErrNoRows) && s.miss != nil {
			return s.miss
		}
		return err
	}
	res, err := st.ExecContext(context.Background(), s.args...)
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return err
	}
	return s.counted(n)
}
