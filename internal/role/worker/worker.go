// Package worker composes the role that keeps house: what nobody needs any more
// is removed.
package worker

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

const (
	pruneEvery = time.Minute
	pruneLimit = 5_000
	// KeepEffects is how long effects that were carried out are known, so that
	// one that comes again is not carried out twice.
	KeepEffects = 30 * 24 * time.Hour
)

// Store is what the role needs of the database.
type Store interface {
	PruneEffects(ctx context.Context, before time.Time, limit int) (int, error)
}

// Options says what the role works with.
type Options struct {
	Store  Store
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Role is the worker role of one process.
type Role struct{ opt Options }

// New returns the role.
func New(o Options) *Role {
	o.Logger = o.Logger.With("role", "worker")
	return &Role{opt: o}
}

// Run keeps house until ctx ends.
func (r *Role) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.opt.Clock.After(pruneEvery):
		}
		r.prune(ctx)
	}
}

// prune removes what is old, in pieces that do not hold others up for long,
// until nothing of it is left.
func (r *Role) prune(ctx context.Context) {
	for all := 0; ctx.Err() == nil; {
		n, err := r.opt.Store.PruneEffects(ctx, r.opt.Clock.Now().Add(-KeepEffects), pruneLimit)
		all += n
		switch {
		case err != nil && ctx.Err() == nil:
			r.opt.Logger.Warn("old effects cannot be removed", "error", err)
		case n == pruneLimit && err == nil:
			continue
		}
		if all > 0 {
			r.opt.Logger.Info("old effects were removed", "count", all)
		}
		return
	}
}
