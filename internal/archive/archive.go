package archive

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// abandoned is after how long a file that nobody finished is removed. Its
// process is gone by then: writing one takes seconds.
const abandoned = 24 * time.Hour

// Limits says when a file is full. What is 0 is as by default.
type Limits struct {
	// Events is how many events a file has at most; 50,000 by default.
	Events int
	// Bytes is how many bytes of lines it has at most before they are
	// compressed; 64 MiB by default.
	Bytes int64
}

// Archive is a directory of files. Several processes may use it together.
type Archive struct {
	dir    string
	limits Limits
}

// Open returns the archive in a directory, which is made where it is not there,
// readable for its owner only. Errors: Invalid for an empty path, Denied and
// Unavailable for one that cannot be written.
func Open(dir string, l Limits) (*Archive, error) {
	const op = "archive.Open"
	if dir == "" {
		return nil, fault.New(fault.Invalid, op, "the archive needs a directory")
	}
	l.Events, l.Bytes = cmp.Or(l.Events, 50_000), cmp.Or(l.Bytes, 64<<20)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, broken(err, op, dir)
	}
	a := &Archive{dir: filepath.Clean(dir), limits: l}
	probe, err := a.temporary()
	if err != nil {
		return nil, broken(err, op, dir)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return nil, broken(err, op, dir)
	}
	return a, nil
}

func (a *Archive) temporary() (*os.File, error) {
	return os.CreateTemp(a.dir, unfinished+"*")
}

// broken is a fault about a path. Paths are the operator's own words.
func broken(err error, op, path string) error {
	code := fault.Unavailable
	if errors.Is(err, fs.ErrPermission) {
		code = fault.Denied
	}
	return fault.Wrap(err, code, op, "the archive cannot use "+path).
		WithHint("look at the directory's owner, its rights and the space on its disk")
}

// Files returns what is there, in the order of the first numbers. Errors:
// Invalid, naming it, for a file that is called like one of the archive and is
// none; Unavailable, Denied where the directory cannot be read.
func (a *Archive) Files(ctx context.Context) ([]File, error) {
	const op = "archive.Files"
	var out []File
	err := filepath.WalkDir(a.dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			// Another process may have finished or removed it in between.
			if errors.Is(err, fs.ErrNotExist) && path != a.dir {
				return nil
			}
			return broken(err, op, path)
		}
		if err := ctx.Err(); err != nil {
			return fault.Wrap(err, fault.Unavailable, op, "the archive was not read to its end")
		}
		if e.IsDir() || !strings.HasPrefix(e.Name(), prefix) {
			return nil
		}
		first, last, ok := parseName(e.Name())
		if !ok || !e.Type().IsRegular() {
			return fault.New(fault.Invalid, op, path+" is named like a file of the archive and is none").
				WithHint("move it out of the archive's directory")
		}
		out = append(out, File{Path: path, First: first, Last: last})
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(x, y File) int { return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Last, y.Last)) })
	return out, nil
}

// Covering returns the file that reaches farthest of those that have an event,
// ok being false where none has it. Errors: those of Files.
func (a *Archive) Covering(ctx context.Context, seq int64) (f File, ok bool, err error) {
	all, err := a.Files(ctx)
	for _, c := range all {
		if c.First <= seq && seq <= c.Last && c.Last > f.Last {
			f, ok = c, true
		}
	}
	return f, ok, err
}

// Sweep removes what was never finished and is older than a day at now. Errors:
// Unavailable, Denied.
func (a *Archive) Sweep(now time.Time) error {
	const op = "archive.Sweep"
	all, err := os.ReadDir(a.dir)
	if err != nil {
		return broken(err, op, a.dir)
	}
	for _, e := range all {
		if !strings.HasPrefix(e.Name(), unfinished) {
			continue
		}
		info, err := e.Info()
		if err != nil || now.Sub(info.ModTime()) < abandoned {
			continue
		}
		if err := os.Remove(filepath.Join(a.dir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return broken(err, op, e.Name())
		}
	}
	return nil
}
