package archive

import (
	"cmp"
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// Limits says when a file is full. What is 0 is as by default.
type Limits struct {
	// Events is how many events a file has at most; 50,000 by default.
	Events int
	// Bytes is how many bytes of lines it has at most before they are
	// compressed; 64 MiB by default.
	Bytes int64
}

func (l Limits) withDefaults() Limits {
	return Limits{Events: cmp.Or(l.Events, 50_000), Bytes: cmp.Or(l.Bytes, 64<<20)}
}

// place is where files are kept. Names are below it, with slashes.
type place interface {
	// show is a name as an operator finds it.
	show(name string) string
	// list returns the names of what is called like a file of the archive, and
	// regular says whether it can be one.
	list(ctx context.Context) ([]entry, error)
	// open begins to read. What it returns fails with a *lost where the place
	// does not give what it has.
	open(ctx context.Context, name string) (io.ReadCloser, error)
	// create begins a file that nobody sees before it is finished.
	create(ctx context.Context) (draft, error)
	// sweep removes what was never finished and is older than a day at now.
	sweep(ctx context.Context, now time.Time) error
}

type entry struct {
	name    string
	regular bool
}

// draft is a file that is being written.
type draft interface {
	io.Writer
	// finish makes it durable and gives it its name, at once and whole.
	finish(ctx context.Context, name string) error
	// discard forgets it where it was not finished.
	discard()
}

// Archive is a place with files. Several processes may use it together.
type Archive struct {
	place  place
	limits Limits
}

// Files returns what is there, in the order of the first numbers. Errors:
// Invalid, naming it, for a file that is called like one of the archive and is
// none; NotFound, Unavailable, Denied where the place cannot be read.
func (a *Archive) Files(ctx context.Context) ([]File, error) {
	const op = "archive.Files"
	all, err := a.place.list(ctx)
	if err != nil {
		return nil, err
	}
	var out []File
	for _, e := range all {
		first, last, ok := parseName(path.Base(e.name))
		if !ok || !e.regular {
			return nil, fault.New(fault.Invalid, op, a.place.show(e.name)+" is named like a file of the archive and is none").
				WithHint("move it out of the archive")
		}
		out = append(out, File{Path: a.place.show(e.name), First: first, Last: last, name: e.name, place: a.place})
	}
	slices.SortFunc(out, func(x, y File) int { return cmp.Or(cmp.Compare(x.First, y.First), cmp.Compare(x.Last, y.Last)) })
	return out, nil
}

// Covering returns the file that reaches farthest of those that have an event,
// ok being false where none has it. Errors: those of Files.
func (a *Archive) Covering(ctx context.Context, seq int64) (f File, ok bool, err error) {
	all, err := a.Files(ctx)
	f, ok = covering(all, seq)
	return f, ok, err
}

func covering(all []File, seq int64) (f File, ok bool) {
	for _, c := range all {
		if c.First <= seq && seq <= c.Last && c.Last > f.Last {
			f, ok = c, true
		}
	}
	return f, ok
}

// Chain returns files that together have every number from one on, as far as
// there are: the first has it, each next one what follows the one before. None
// where no file has the number. Errors: those of Files.
func (a *Archive) Chain(ctx context.Context, seq int64) (chain []File, err error) {
	all, err := a.Files(ctx)
	for f, ok := covering(all, seq); ok && err == nil; f, ok = covering(all, f.Last+1) {
		chain = append(chain, f)
	}
	return chain, err
}

// Sweep removes what was never finished and is older than a day at now. Errors:
// Unavailable, Denied.
func (a *Archive) Sweep(ctx context.Context, now time.Time) error { return a.place.sweep(ctx, now) }

// isFile is true for a name that is one of the archive, or pretends to be.
func isFile(name string) bool { return strings.HasPrefix(path.Base(name), prefix) }

// lost is an error of a place that does not give what it has, which says
// nothing about the file.
type lost struct{ err error }

func (l *lost) Error() string { return l.err.Error() }
func (l *lost) Unwrap() error { return l.err }
