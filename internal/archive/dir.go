package archive

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// abandoned is after how long a file that nobody finished is removed. Its
// process is gone by then: writing one takes seconds.
const abandoned = 24 * time.Hour

// directory is a place on a disk.
type directory struct{ path string }

// Open returns the archive in a directory, which is made where it is not there,
// readable for its owner only. Errors: Invalid for an empty path, Denied and
// Unavailable for one that cannot be written.
func Open(dir string, l Limits) (*Archive, error) {
	const op = "archive.Open"
	if dir == "" {
		return nil, fault.New(fault.Invalid, op, "the archive needs a directory")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, broken(err, op, dir)
	}
	d := &directory{path: filepath.Clean(dir)}
	probe, err := d.temporary()
	if err != nil {
		return nil, broken(err, op, dir)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, broken(err, op, dir)
	}
	return &Archive{place: d, limits: l.withDefaults()}, nil
}

func (d *directory) temporary() (*os.File, error) { return os.CreateTemp(d.path, unfinished+"*") }

// broken is a fault about a path. Paths are the operator's own words.
func broken(err error, op, path string) error {
	code := fault.Unavailable
	if errors.Is(err, fs.ErrPermission) {
		code = fault.Denied
	}
	return fault.Wrap(err, code, op, "the archive cannot use "+path).
		WithHint("look at the directory's owner, its rights and the space on its disk")
}

func (d *directory) show(name string) string { return filepath.Join(d.path, filepath.FromSlash(name)) }

func (d *directory) list(ctx context.Context) (out []entry, err error) {
	const op = "archive.Files"
	err = filepath.WalkDir(d.path, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			// Another process may have finished or removed it in between.
			if errors.Is(err, fs.ErrNotExist) && path != d.path {
				return nil
			}
			return broken(err, op, path)
		}
		if err := ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Unavailable, op, "the archive was not read to its end")
		}
		if e.IsDir() || !isFile(e.Name()) {
			return nil
		}
		name, err := filepath.Rel(d.path, path)
		if err != nil {
			return broken(err, op, path)
		}
		out = append(out, entry{name: filepath.ToSlash(name), regular: e.Type().IsRegular()})
		return nil
	})
	return out, err
}

func (d *directory) open(_ context.Context, name string) (io.ReadCloser, error) {
	f, err := os.Open(d.show(name))
	if err != nil {
		return nil, broken(err, "archive.Read", d.show(name))
	}
	return f, nil
}

func (d *directory) create(context.Context) (draft, error) {
	f, err := d.temporary()
	if err != nil {
		return nil, broken(err, "archive.Create", d.path)
	}
	return &fileDraft{File: f, dir: d}, nil
}

// fileDraft is a file under a name that no reader looks at.
type fileDraft struct {
	*os.File

	dir  *directory
	done bool
}

// Write appends. Errors: Unavailable, Denied.
func (f *fileDraft) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		err = broken(err, "archive.Append", f.dir.path)
	}
	return n, err
}

// finish renames: the bytes are on the disk before the file has its name, and
// the name is before it returns.
func (f *fileDraft) finish(_ context.Context, name string) error {
	const op = "archive.Finish"
	err := f.Sync()
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return broken(err, op, f.dir.path)
	}
	path := f.dir.show(name)
	err = os.MkdirAll(filepath.Dir(path), 0o700)
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return broken(err, op, path)
	}
	f.done = true
	// A directory that was made is a name in the one above it.
	for at := filepath.Dir(path); err == nil; at = filepath.Dir(at) {
		if err = syncDir(at); at == f.dir.path {
			break
		}
	}
	if err != nil {
		return broken(err, op, path)
	}
	return nil
}

func (f *fileDraft) discard() {
	if !f.done {
		f.done = true
		_ = f.Close()
		_ = os.Remove(f.Name())
	}
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func (d *directory) sweep(_ context.Context, now time.Time) error {
	const op = "archive.Sweep"
	all, err := os.ReadDir(d.path)
	if err != nil {
		return broken(err, op, d.path)
	}
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < abandoned {
			continue
		}
		if err := os.Remove(filepath.Join(d.path, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return broken(err, op, e.Name())
		}
	}
	return nil
}
