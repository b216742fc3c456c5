package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/atrilhq/platform/internal/fault"
)

// classify says what an error of a driver means for an operation that was not
// asked to commit yet. A fault of our own keeps its code.
func classify(err error) fault.Code {
	if own, ok := errors.AsType[*fault.Error](err); ok {
		return own.Code
	}
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		return classifySQLite(lite.Code())
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return classifyPostgres(pg.Code)
	}
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return fault.NotFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone):
		return fault.Unavailable
	}
	return fault.Unavailable
}

func classifySQLite(code int) fault.Code {
	switch code & 0xff {
	case sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH:
		return fault.Invalid
	case sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE, sqlite3.SQLITE_INTERNAL:
		return fault.Internal
	}
	return fault.Unavailable
}

func classifyPostgres(state string) fault.Code {
	switch {
	case strings.HasPrefix(state, "22"), strings.HasPrefix(state, "23"), strings.HasPrefix(state, "54"):
		return fault.Invalid
	case strings.HasPrefix(state, "42"):
		return fault.Internal
	}
	return fault.Unavailable
}

// settled is true where a failed COMMIT certainly left nothing.
func settled(err error) bool {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CONSTRAINT:
			return true
		}
		return false
	}
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		// A server that is going down, or that lost its standby, may have
		// committed before it said so.
		return !strings.HasPrefix(pg.Code, "57") && !strings.HasPrefix(pg.Code, "08")
	}
	return false
}

// failed makes a fault of a driver's error before COMMIT.
func failed(err error, op string) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	switch code := classify(err); code {
	case fault.Invalid:
		return fault.Wrap(err, code, op, "the database refuses a row")
	case fault.Internal:
		return fault.Wrap(err, code, op, "the database does not understand a statement")
	default:
		return fault.Wrap(err, fault.Unavailable, op, "the database does not answer").
			WithHint("look whether the database runs and its disk has room")
	}
}

// commitFailed makes a fault of a COMMIT's error.
func commitFailed(err error, op string) error {
	var own *fault.Error
	if errors.As(err, &own) || settled(err) {
		return failed(err, op)
	}
	return fault.Wrap(err, fault.Unknown, op, "the database did not say whether the change was made")
}

func invalid(op, message string) error { return fault.New(fault.Invalid, op, message) }
