package sqlstore

import (
	"context"
	"database/sql"
	"errors"
)

// begin starts a transaction that holds the write lock from its beginning, on
// the writer's one connection, which it opens where there is none.
func (w *groupWriter) begin() error {
	if w.conn == nil {
		conn, err := w.db.Conn(context.Background())
		if err != nil {
			return err
		}
		w.conn, w.prepared = conn, map[string]*sql.Stmt{}
	}
	return w.exec("BEGIN IMMEDIATE")
}

// rollback ends the transaction, also one that SQLite has ended by itself; a
// connection on which that does not succeed is given up.
func (w *groupWriter) rollback() {
	if w.conn == nil {
		return
	}
	_ = w.exec("ROLLBACK")
	// A statement of another kind shows whether the connection is well again.
	if err := w.exec("BEGIN"); err != nil {
		w.drop()
		return
	}
	if err := w.exec("ROLLBACK"); err != nil {
		w.drop()
	}
}

// drop closes the connection, with whatever transaction it had.
func (w *groupWriter) drop() {
	if w.conn == nil {
		return
	}
	for _, st := range w.prepared {
		_ = st.Close()
	}
	_ = w.conn.Close()
	w.conn, w.prepared = nil, nil
}

// prepare returns the statement of a text. Texts are few: those of tables for
// each power of two of rows, and the fixed ones.
func (w *groupWriter) prepare(text string) (*sql.Stmt, error) {
	if w.conn == nil {
		return nil, errNoConnection
	}
	if st, ok := w.prepared[text]; ok {
		return st, nil
	}
	st, err := w.conn.PrepareContext(context.Background(), anonymous(text))
	if err != nil {
		return nil, err
	}
	w.prepared[text] = st
	return st, nil
}

func (w *groupWriter) exec(text string) error {
	st, err := w.prepare(text)
	if err != nil {
		return err
	}
	// The writer is not interrupted in the middle: whoever does not want to
	// wait any longer leaves, and learns that the outcome is unknown.
	_, err = st.ExecContext(context.Background())
	return err
}

func (w *groupWriter) statements(list []statement) error {
	for i := range list {
		if err := w.statement(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *groupWriter) statement(s *statement) error {
	st, err := w.prepare(s.text)
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
