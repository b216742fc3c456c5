package upkeep

import (
	"context"
	"iter"
	"slices"

	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// feed gives the rows of a table to PostgreSQL's COPY.
type feed struct {
	next func() ([]any, bool)
	stop func()
	row  []any
	err  error
}

// newFeed begins to read a table. The caller ends it with stop.
func newFeed(ctx context.Context, q querier, t sqlstore.RawTable) *feed {
	f := &feed{}
	f.next, f.stop = iter.Pull(func(yield func([]any) bool) {
		f.err = scan(ctx, q, t, func(row []any) error {
			if !yield(slices.Clone(row)) {
				return context.Canceled
			}
			return nil
		})
	})
	return f
}

// Next implements pgx.CopyFromSource.
func (f *feed) Next() (ok bool) {
	f.row, ok = f.next()
	return ok
}

// Values implements pgx.CopyFromSource.
func (f *feed) Values() ([]any, error) { return f.row, nil }

// Err implements pgx.CopyFromSource; it is asked once Next was false.
func (f *feed) Err() error { return f.err }
