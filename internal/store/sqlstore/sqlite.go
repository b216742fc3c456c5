package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/dirlock"
)

const openOp = "sqlstore.Open"

// writerCache is how many KiB of pages the connection that writes keeps: the ends
// of tables and indexes, and the rows of the guilds that are busy.
const writerCache = 8_000

func (db *DB) openSQLite(ctx context.Context, path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return unwritable(err, dir)
	}
	lock, err := dirlock.Take(dir, filepath.Base(path)+".lock")
	if err != nil {
		return err
	}
	db.onClose(lock.Release)
	// SQLite gives its other files the mode of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unwritable(err, dir)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return unwritable(err, dir)
	}
	one, err := db.sqlitePool(path, 1, "mode=rw", "wal_autocheckpoint(0)", "synchronous(FULL)", "foreign_keys(1)",
		fmt.Sprintf("cache_size(-%d)", writerCache))
	if err != nil {
		return err
	}
	if err := checkFile(ctx, one, path); err != nil {
		return err
	}
	// The mode stays in the file; it is set after the check, because it is a write.
	if _, err := one.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return damaged(err, path)
	}
	if err := db.migrate(ctx, one); err != nil {
		return err
	}
	db.read, err = db.sqlitePool(path, max(4, runtime.NumCPU()), "mode=ro", "query_only(1)", "cache_size(-4000)")
	if err != nil {
		return err
	}
	check, err := db.sqlitePool(path, 1, "mode=rw", "wal_autocheckpoint(0)", "synchronous(FULL)")
	if err != nil {
		return err
	}
	c := newCheckpointer(check, path+"-wal", db.opts)
	db.onClose(c.close)
	db.turn = newTurn()
	w := newGroupWriter(&liteSession{db: one, turn: db.turn}, db.opts, &db.tables, c.look, true)
	db.writer, db.batches = w, w
	db.onClose(w.close)
	db.onClose(db.presences.close)
	return db.prepareInstallation(ctx)
}

// sqlitePool opens a pool of at most n connections. Pragmas apply to each.
func (db *DB) sqlitePool(path string, n int, mode string, pragmas ...string) (*sql.DB, error) {
	pool, err := sql.Open("sqlite", db.sqliteName(path, mode, pragmas...))
	if err != nil {
		return nil, failed(err, openOp)
	}
	return db.pooled(pool, n), nil
}

// sqliteInTurn opens a pool of one connection that writes only when it is its
// turn, and begins each transaction with the write lock.
func (db *DB) sqliteInTurn(path string, pragmas ...string) (*sql.DB, error) {
	named, err := sql.Open("sqlite", "")
	if err != nil {
		return nil, failed(err, openOp)
	}
	defer func() { _ = named.Close() }()
	return db.pooled(sql.OpenDB(turnConnector{named.Driver(), db.sqliteName(path, "mode=rw&_txlock=immediate", pragmas...), db.turn}), 1), nil
}

// sqliteName is what the driver calls a file with its pragmas.
func (db *DB) sqliteName(path, mode string, pragmas ...string) string {
	var q strings.Builder
	q.WriteString("?" + mode)
	for _, p := range append([]string{"busy_timeout(1500)", "temp_store(MEMORY)", fmt.Sprintf("journal_size_limit(%d)", db.opts.WALPassive)}, pragmas...) {
		q.WriteString("&_pragma=" + url.QueryEscape(p))
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + q.String()
}

func (db *DB) pooled(pool *sql.DB, n int) *sql.DB {
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	db.onClose(pool.Close)
	return pool
}

// checkFile looks whether the file is a sound database, without writing to it.
func checkFile(ctx context.Context, pool *sql.DB, path string) error {
	var result string
	if err := pool.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result); err != nil {
		return damaged(err, path)
	}
	if result != "ok" {
		return damaged(errors.New(result), path)
	}
	return nil
}

func damaged(err error, path string) error {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		default:
			return failed(err, openOp)
		}
	}
	return fault.Wrap(err, fault.Unavailable, openOp, fmt.Sprintf("the file %s is damaged or no database; it was left as it is", path)).
		WithHint(fmt.Sprintf("restore a backup over %s, or move it and the files beside it (-wal, -shm) away to start empty", path))
}

func unwritable(err error, dir string) error {
	code := fault.Unavailable
	if errors.Is(err, fs.ErrPermission) {
		code = fault.Denied
	}
	return fault.Wrap(err, code, openOp, fmt.Sprintf("the directory %s cannot be written", dir)).
		WithHint("give the user that runs this process the right to write there, or name another directory")
}
