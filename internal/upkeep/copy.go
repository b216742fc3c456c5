package upkeep

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Copy copies a whole database into an empty one, of the same engine or of the
// other, in one transaction, and then compares every row of both. Neither may be
// in use; the source is only read. Where anything fails the target stays empty.
// Errors: Conflict where a daemon uses one of them, the target is not empty, or
// rows differ in the end; Invalid, NotFound, Unavailable for the addresses.
func Copy(ctx context.Context, from, to string, log *slog.Logger, talk Talk) ([]Count, error) {
	const op = "upkeep.Copy"
	if from == to {
		return nil, fault.New(fault.Invalid, op, "a database cannot be copied into itself")
	}
	if err := there(ctx, from, log); err != nil {
		return nil, err
	}
	src, err := sqlstore.OpenRaw(ctx, from, sqlstore.Change, log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.Close() }()
	version, err := current(ctx, src)
	if err != nil {
		return nil, err
	}
	dst, err := sqlstore.OpenRaw(ctx, to, sqlstore.Change, log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = dst.Close() }()
	if err := empty(ctx, dst, version); err != nil {
		return nil, err
	}
	tables, err := src.Tables(ctx)
	if err != nil {
		return nil, err
	}
	if err := fill(ctx, src, dst, tables, talk); err != nil {
		return nil, err
	}
	want, err := countAll(ctx, src.SQL, tables, talk)
	if err != nil {
		return nil, err
	}
	got, err := countAll(ctx, dst.SQL, tables, func(t string) { talk("comparing: " + t) })
	if err != nil {
		return nil, err
	}
	if d := differ(want, got); d != "" {
		return nil, fault.New(fault.Conflict, op, "the copy is not what it was made from: "+d).
			WithHint("do not use it; empty the target and try again")
	}
	return got, nil
}

// there refuses a source that does not exist, which Change would make.
func there(ctx context.Context, url string, log *slog.Logger) error {
	r, err := sqlstore.OpenRaw(ctx, url, sqlstore.Look, log)
	if err != nil {
		return err
	}
	return r.Close()
}

// current refuses a database that is not of this version's schema.
func current(ctx context.Context, r *sqlstore.Raw) (int64, error) {
	s, err := status(ctx, r)
	if err != nil {
		return 0, err
	}
	switch {
	case s.Version == 0:
		return 0, fault.New(fault.NotFound, "upkeep.open", "the database is empty: there is nothing of ours in it")
	case s.Version > s.Known:
		return 0, newer(s)
	case s.Version < s.Known:
		return 0, fault.New(fault.Conflict, "upkeep.open", fmt.Sprintf("the database has schema %d, this version needs %d", s.Version, s.Known)).
			WithHint("platformctl migrate up")
	}
	return s.Version, nil
}

// empty brings a database that has nothing of ours to the same schema, and takes
// out what a new one begins with. Any other is refused.
func empty(ctx context.Context, r *sqlstore.Raw, version int64) error {
	const op = "upkeep.Copy"
	have, err := r.Version(ctx)
	if err != nil {
		return err
	}
	if have == 0 {
		p, err := r.Migrations()
		if err != nil {
			return err
		}
		if _, err := p.UpTo(ctx, version); err != nil {
			return fault.Wrap(err, fault.Unavailable, op, "the schema of the target cannot be made")
		}
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return err
	}
	var owned int
	for _, t := range tables {
		if slices.Contains(seeds, t.Name) {
			continue
		}
		if err := r.SQL.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM "+t.Name+" LIMIT 1) AS first").Scan(&owned); err != nil {
			return unreadable(err, t.Name)
		}
		if owned > 0 {
			return notEmpty(t.Name)
		}
	}
	if err := r.SQL.QueryRowContext(ctx, "SELECT COUNT(*) FROM partitions WHERE epoch > 0").Scan(&owned); err != nil {
		return unreadable(err, "partitions")
	}
	if owned > 0 {
		return notEmpty("partitions")
	}
	return nil
}

func notEmpty(table string) error {
	return fault.New(fault.Conflict, "upkeep.Copy", "the target is not empty: its table "+table+" has rows").
		WithHint("name a database that was just made")
}

// seeds are the tables that have rows in a new database.
var seeds = []string{"meta", "partitions", "journal_head", "projections"} //nolint:gochecknoglobals // a list of names

// fill copies all rows in one transaction of the target.
func fill(ctx context.Context, src, dst *sqlstore.Raw, tables []sqlstore.RawTable, talk Talk) error {
	const op = "upkeep.Copy"
	conn, err := dst.SQL.Conn(ctx)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the target does not answer")
	}
	defer func() { _ = conn.Close() }()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the target does not answer")
	}
	defer func() { _ = tx.Rollback() }()
	for _, name := range slices.Backward(seeds) {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+name); err != nil { //nolint:gosec // the names are constants
			return fault.Wrap(err, fault.Unavailable, op, "the target cannot be emptied")
		}
	}
	for _, t := range tables {
		talk("copying " + t.Name)
		if err := fillTable(ctx, src, conn, tx, dst.Engine, t); err != nil {
			return err
		}
	}
	if err := tx.Commit(); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the target did not keep the copy").WithHint("nothing of it stays; try again")
	}
	return nil
}

func fillTable(ctx context.Context, src *sqlstore.Raw, conn *sql.Conn, tx *sql.Tx, engine string, t sqlstore.RawTable) error {
	write := func(err error) error {
		if err == nil || fault.CodeOf(err) != fault.Internal {
			return err
		}
		return fault.Wrap(err, fault.Unavailable, "upkeep.Copy", "rows of "+t.Name+" cannot be written; nothing of the copy stays")
	}
	if engine == sqlstore.EnginePostgres {
		// database/sql has no COPY; the transaction is the connection's.
		return write(conn.Raw(func(driver any) error {
			f := newFeed(ctx, src.SQL, t)
			defer f.stop()
			pg, ok := driver.(*stdlib.Conn)
			if !ok {
				return fmt.Errorf("the driver is a %T", driver)
			}
			_, err := pg.Conn().CopyFrom(ctx, pgx.Identifier{t.Name}, t.Columns, f)
			return err
		}))
	}
	marks := make([]string, len(t.Columns))
	for i := range marks {
		marks[i] = "?"
	}
	text := "INSERT INTO " + t.Name + " (" + strings.Join(t.Columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")" //nolint:gosec // names of the schema
	insert, err := tx.PrepareContext(ctx, text)
	if err != nil {
		return write(err)
	}
	defer func() { _ = insert.Close() }()
	return scan(ctx, src.SQL, t, func(row []any) error {
		_, err := insert.ExecContext(ctx, row...)
		return write(err)
	})
}
