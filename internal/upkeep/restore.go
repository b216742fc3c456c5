package upkeep

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// Verify restores a backup into a scratch database and compares every table with
// the manifest: counts and digests. The scratch database is removed. Errors:
// Conflict where something differs, NotFound, Invalid, Unavailable.
func Verify(ctx context.Context, o Options) (Manifest, error) {
	m, err := readManifest(o.File)
	if err != nil {
		return m, err
	}
	var got []Count
	if m.Engine == sqlstore.EngineSQLite {
		// A copy, because even reading makes files beside a database.
		dir, derr := os.MkdirTemp("", "platform-verify-")
		if derr != nil {
			return m, fault.Wrap(derr, fault.Unavailable, "upkeep.Verify", "there is no room to restore it for a look")
		}
		defer func() { _ = os.RemoveAll(dir) }()
		scratch := filepath.Join(dir, "scratch.db")
		if err := copyFile(o.File, scratch); err != nil {
			return m, err
		}
		got, err = o.readFile(ctx, scratch)
	} else {
		got, err = o.verifyDump(ctx)
	}
	if err != nil {
		return m, err
	}
	return m, o.compare(m, got)
}

func (o Options) compare(m Manifest, got []Count) error {
	if d := differ(m.Tables, got); d != "" {
		return fault.New(fault.Conflict, "upkeep.Verify", "the backup is not what was backed up: "+d).
			WithHint("do not rely on it; make another one")
	}
	return nil
}

// Restore puts a backup where the database has to be, which must be empty or not
// there, and compares it with the manifest. Errors: Conflict where there is a
// database already, a daemon uses it, or what was restored differs; others as
// Verify. Where it fails nothing stays of it.
func Restore(ctx context.Context, o Options) (m Manifest, err error) {
	m, err = readManifest(o.File)
	if err != nil {
		return m, err
	}
	if m.Engine == sqlstore.EnginePostgres {
		return m, o.restoreDump(ctx, m)
	}
	file, ok := strings.CutPrefix(o.URL, "sqlite://")
	if !ok {
		return m, otherEngine(m)
	}
	return m, o.restoreFile(ctx, m, filepath.FromSlash(file))
}

func otherEngine(m Manifest) error {
	return fault.New(fault.Invalid, "upkeep.Restore", "the backup is of "+m.Engine+", and the database is not").
		WithHint("restore it into a database of its own engine, and copy that with platformctl db copy")
}

func (o Options) restoreFile(ctx context.Context, m Manifest, file string) error {
	const op = "upkeep.Restore"
	for _, f := range []string{file, file + "-wal", file + "-shm"} {
		if _, err := os.Lstat(f); !errors.Is(err, fs.ErrNotExist) {
			return fault.New(fault.Conflict, op, f+" is there").
				WithHint("stop the daemon and move platform.db, platform.db-wal and platform.db-shm away; nothing is overwritten")
		}
	}
	// It is compared before it gets its name, and a name is given at once or not.
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the directory of the database cannot be made")
	}
	part := file + ".restoring"
	defer func() {
		for _, f := range []string{part, part + "-wal", part + "-shm"} {
			_ = os.Remove(f)
		}
	}()
	if err := copyFile(o.File, part); err != nil {
		return err
	}
	got, err := o.readFile(ctx, part)
	if err != nil {
		return err
	}
	if err := o.compare(m, got); err != nil {
		return err
	}
	// Link, not rename: it fails where somebody made the file meanwhile.
	if err := errors.Join(syncFile(part), os.Link(part, file), syncFile(filepath.Dir(file))); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the database cannot be put at "+file)
	}
	return nil
}

func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "upkeep.copyFile", "the backup cannot be read")
	}
	defer func() { _ = src.Close() }()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "upkeep.copyFile", to+" cannot be made")
	}
	_, err = io.Copy(dst, src)
	if err = errors.Join(err, dst.Close()); err != nil {
		return fault.Wrap(err, fault.Unavailable, "upkeep.copyFile", "the backup cannot be copied").WithHint("is there room on the disk?")
	}
	return nil
}
