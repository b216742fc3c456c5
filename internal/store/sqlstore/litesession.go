package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// liteSession is SQLite's one connection that writes, with its statements.
//
// It does not look at contexts: a write is not interrupted in the middle, and
// whoever does not want to wait any longer leaves. That spares a goroutine for
// each statement.
type liteSession struct {
	db       *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// begin starts a transaction that holds the write lock from its beginning.
func (l *liteSession) begin(context.Context) error {
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

func (l *liteSession) commit(context.Context) error { return l.exec("COMMIT") }

func (l *liteSession) rollback(context.Context) {
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
