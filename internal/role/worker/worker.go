// Package worker composes the role that keeps house: what nobody needs any more
// is removed, and what is asked of the past is made of the journal.
package worker

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/store"
)

// Old is what can be removed of what is old.
type Old interface {
	PruneEffects(ctx context.Context, before time.Time, limit int) (int, error)
	PruneDeadLetters(ctx context.Context, before time.Time, limit int) (int, error)
	PrunePlays(ctx context.Context, before time.Time, limit int) (int, error)
	PruneHeard(ctx context.Context, before time.Time, limit int) (int, error)
	Prune(ctx context.Context, before time.Time, limit int) (int, error)
	// ForgetSessions deletes what processes that are gone left behind.
	ForgetSessions(ctx context.Context) (int, error)
}

// Store is what the role needs of the database.
type Store interface {
	Old
	store.Outgoing
	store.Parted

	DeadLettersAfter(ctx context.Context, after string, limit int) ([]store.DeadLetter, error)
	DropDeadLetter(ctx context.Context, id string) error
	PutAside(ctx context.Context, letters []store.DeadLetter) error
	Events(ctx context.Context, q store.EventQuery) ([]store.JournalRow, error)
	Position(ctx context.Context, projection string) (int64, error)
	ProjectPlays(ctx context.Context, from, to int64, plays []store.Play) error
}

// Options says what the role works with.
type Options struct {
	Store Store
	// Queue runs the role's chores. Without it nothing old is removed: that is for
	// a process that only makes plays anew.
	Queue  Queue
	Clock  clockwork.Clock
	Logger *slog.Logger
	// Bus tells the role what happened as it happens. Without it the role looks
	// for itself, every few seconds.
	Bus bus.Bus
	// Retention says how long things are kept; what is 0 is as by default.
	Retention Retention
	// Archive takes the events that leave the journal, and gives them back where
	// plays are made anew. Without it they are deleted.
	Archive *archive.Archive
}

// Role is the worker role of one process. Several processes may have it at the
// same time.
type Role struct {
	opt Options
	// idle is the latest position of the projection that the archive has nothing
	// behind, -1 where that is not known.
	idle atomic.Int64
	// replay is the latest rebuild of this process, nil for none.
	replay atomic.Pointer[replay]
	// readBack is up to where the files of the archive were read back by this
	// process. Only who keeps house uses it.
	readBack int64
}

// New returns the role.
func New(o Options) *Role {
	o.Logger = o.Logger.With("role", "worker")
	o.Retention = o.Retention.withDefaults()
	r := &Role{opt: o}
	r.idle.Store(-1)
	return r
}

// Run keeps house until ctx ends. Errors: those of the queue.
func (r *Role) Run(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	if r.opt.Queue != nil {
		g.Go(func() error { return r.opt.Queue.Run(ctx, r.Chores()) })
	}
	g.Go(func() error { r.project(ctx); return nil })
	return g.Wait()
}
