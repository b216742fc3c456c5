package upkeep

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Options say what is backed up or restored.
type Options struct {
	// URL is the database's address.
	URL string
	// File is the backup: a SQLite file, or an archive of pg_dump.
	File string
	// Scratch is a PostgreSQL server on which Verify may make a database for a
	// moment, for archives of pg_dump; URL where it is empty.
	Scratch string
	// By is the version of this program, for the manifest.
	By     string
	Now    func() time.Time
	Logger *slog.Logger
	Talk   Talk
}

// Create backs a database up, as it is at one moment, while it may be in use.
// The manifest is written last. Errors: Conflict where the file is there, or the
// schema is not this version's; NotFound for an empty database or where pg_dump
// is missing; Unavailable. Where it fails nothing stays of it.
func Create(ctx context.Context, o Options) (m Manifest, err error) {
	const op = "upkeep.Create"
	for _, f := range []string{o.File, manifestOf(o.File)} {
		if _, err := os.Lstat(f); !errors.Is(err, fs.ErrNotExist) {
			return m, fault.New(fault.Conflict, op, f+" is there already").WithHint("name a file that is not there")
		}
	}
	r, err := sqlstore.OpenRaw(ctx, o.URL, sqlstore.Look, o.Logger)
	if err != nil {
		return m, err
	}
	defer func() { _ = r.Close() }()
	m = Manifest{Version: manifestVersion, Engine: r.Engine, By: o.By, File: filepath.Base(o.File), Made: o.Now().UTC().Truncate(time.Second)}
	if m.Schema, err = current(ctx, r); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(o.File)
		}
	}()
	if r.Engine == sqlstore.EngineSQLite {
		m.Tables, err = o.saveFile(ctx, r)
	} else {
		m.Tables, err = o.dump(ctx, r)
	}
	if err != nil {
		return m, err
	}
	if m.SHA256, m.Bytes, err = sumFile(o.File); err != nil {
		return m, fault.Wrap(err, fault.Unavailable, op, "the backup cannot be read back")
	}
	if err := errors.Join(syncFile(o.File), m.write(o.File), syncFile(manifestOf(o.File)), syncFile(filepath.Dir(o.File))); err != nil {
		return m, fault.Wrap(err, fault.Unavailable, op, "the backup cannot be kept at "+o.File)
	}
	return m, nil
}

// saveFile lets SQLite write a copy of one moment and reads that copy.
func (o Options) saveFile(ctx context.Context, r *sqlstore.Raw) ([]Count, error) {
	const op = "upkeep.Create"
	o.Talk("copying " + r.File)
	// VACUUM INTO opens its file as anybody may read it: it is made before.
	f, err := os.OpenFile(o.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "the backup cannot be written to "+o.File).WithHint("name a file in a directory that is there")
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	if _, err := r.SQL.ExecContext(ctx, "PRAGMA query_only = 0"); err != nil {
		return nil, err
	}
	if _, err := r.SQL.ExecContext(ctx, "VACUUM INTO ?", o.File); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "the backup cannot be written to "+o.File).WithHint("is there room on the disk?")
	}
	return o.readFile(ctx, o.File)
}

// readFile checks a SQLite file and reads all of it.
func (o Options) readFile(ctx context.Context, file string) ([]Count, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	r, err := sqlstore.OpenRaw(ctx, "sqlite://"+abs, sqlstore.Look, o.Logger)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	o.Talk("checking the file")
	for _, check := range []string{
		`PRAGMA integrity_check(1)`,
		`SELECT COALESCE((SELECT 'rows of ' || "table" || ' refer to nothing' FROM pragma_foreign_key_check LIMIT 1), 'ok')`,
	} {
		var said string
		if err := r.SQL.QueryRowContext(ctx, check).Scan(&said); err != nil || said != "ok" {
			return nil, fault.Wrap(errors.Join(err, errors.New(said)), fault.Conflict, "upkeep.Verify", "the file is damaged: "+said)
		}
	}
	tables, err := r.Tables(ctx)
	if err != nil {
		return nil, err
	}
	return countAll(ctx, r.SQL, tables, o.Talk)
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
