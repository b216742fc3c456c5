package partition

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/store"
)

// DefaultLease is how long a lease lasts without being renewed.
const DefaultLease = 5 * time.Second

// DefaultWeight is the weight of a process that says nothing of it. It is far
// above 1, so that one can take a small part beside others that say nothing.
const DefaultWeight = 100

// memberRole is the role under which owners of partitions know each other.
const memberRole = "audio"

// Leases is what an owner needs of the database.
type Leases interface {
	store.Leases
	store.Members
}

// OwnerOptions says how partitions are owned.
type OwnerOptions struct {
	Leases Leases
	// Holder names this process. Where a data directory can have one process
	// only, its name is the same after a restart, and it need not wait for its
	// own lease to run out.
	Holder string
	// Version is what this process runs, for operators.
	Version string
	// Weight is how much of all this process takes, compared with the others: from 1
	// to 1000, 0 means DefaultWeight.
	Weight int
	// TTL is how long a lease lasts; 0 means DefaultLease.
	TTL    time.Duration
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// OwnerStats counts what became of leases. The fields only grow.
type OwnerStats struct {
	// Acquired were taken, Given to others that have less, Lost to somebody else
	// without being given.
	Acquired, Given, Lost atomic.Int64
	// Doubts is how often the session with the database ended, which puts every
	// lease in doubt until it is renewed.
	Doubts atomic.Int64
}

// Each calls f with the name and the value of each counter.
func (s *OwnerStats) Each(f func(change string, total int64)) {
	f("acquired", s.Acquired.Load())
	f("given", s.Given.Load())
	f("lost", s.Lost.Load())
	f("doubt", s.Doubts.Load())
}

// Owner holds this process's part of the partitions for a loop and lets it have
// them. It takes what is free and planned for it, gives what is planned for
// others, and renews the rest.
type Owner struct {
	opt   OwnerOptions
	log   *slog.Logger
	loop  *Loop
	stats OwnerStats
	// tried is true once all that is planned for this process was asked for.
	tried atomic.Bool

	// mu guards the session by which others see that this process is alive.
	mu       sync.Mutex
	presence store.Presence
	// broke gets something when the session has ended; gone is closed when this
	// owner ends.
	broke, gone chan struct{}
	watching    sync.WaitGroup

	// The rest is of the goroutine that keeps the leases alone.
	sharing int
	schedule
}

// NewOwner returns an owner that holds nothing yet.
func NewOwner(o OwnerOptions, l *Loop) *Owner {
	if o.TTL <= 0 {
		o.TTL = DefaultLease
	}
	if o.Weight <= 0 {
		o.Weight = DefaultWeight
	}
	return &Owner{opt: o, log: o.Logger, loop: l, broke: make(chan struct{}, 1), gone: make(chan struct{})}
}

// Settled is true once everything that is planned for this process was asked
// for and the guilds that had work were taken up: what it can own it owns.
func (o *Owner) Settled() bool { return o.tried.Load() && o.loop.Pending() == 0 }

// Stats returns the counters.
func (o *Owner) Stats() *OwnerStats { return &o.stats }

// Run owns this process's part until ctx ends, and gives all of it back then. It
// runs the loop too: the leases outlive it.
func (o *Owner) Run(ctx context.Context) error {
	var g errgroup.Group
	g.Go(func() error { return o.loop.Run(ctx) })
	g.Go(func() error { o.keep(ctx); return nil })
	err := g.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	o.leave(last)
	return err
}

// leave gives everything back, so that others need not wait. What is given back
// is nobody's to act for any more: it is in doubt first.
func (o *Owner) leave(ctx context.Context) {
	held := o.loop.Owned()
	o.loop.Doubt()
	// First the process goes, so that the others count without it.
	if err := o.opt.Leases.Withdraw(ctx, memberRole, o.opt.Holder); err != nil {
		o.log.Warn("this process could not say that it goes, it is missed soon", "error", err)
	}
	if len(held) > 0 {
		if err := o.opt.Leases.Release(ctx, o.opt.Holder, held); err != nil {
			o.log.Warn("leases could not be given back, they run out by themselves", "error", err)
		}
	}
	o.mu.Lock()
	p := o.presence
	o.presence = nil
	o.mu.Unlock()
	close(o.gone)
	if p != nil {
		p.Close()
	}
	o.watching.Wait()
}

// keep does what is due until ctx ends.
func (o *Owner) keep(ctx context.Context) {
	timer := o.opt.Clock.NewTimer(o.opt.TTL)
	defer timer.Stop()
	for ctx.Err() == nil {
		// The timer is set before anything is looked at, so that time that passes
		// meanwhile counts.
		timer.Reset(o.untilNext())
		select {
		case <-ctx.Done():
			return
		case <-timer.Chan():
		case <-o.freed():
			o.lookAt = o.opt.Clock.Now()
		case <-o.broke:
			o.renewAt = o.opt.Clock.Now()
		}
		o.turn(ctx)
	}
}

// turn does what is due. What is held comes first: what is to be taken can wait.
func (o *Owner) turn(ctx context.Context) {
	if o.attended(ctx) && o.due(o.renewAt) {
		o.renew(ctx)
	}
	if o.attended(ctx) && o.due(o.announceAt) {
		o.announce(ctx)
	}
	if o.attended(ctx) && o.due(o.lookAt) {
		if !o.due(o.lookFrom) {
			o.lookAt = o.lookFrom
			return
		}
		o.look(ctx)
	}
}
