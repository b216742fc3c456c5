package partition

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// DefaultLease is how long a lease lasts without being renewed.
const DefaultLease = 5 * time.Second

// OwnerOptions says how partitions are owned.
type OwnerOptions struct {
	Leases store.Leases
	// Holder names this process. Where a data directory can have one process
	// only, its name is the same after a restart, and it need not wait for its
	// own lease to run out.
	Holder string
	// TTL is how long a lease lasts; 0 means DefaultLease.
	TTL    time.Duration
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Owner holds leases for a loop and lets it have the partitions.
type Owner struct {
	opt  OwnerOptions
	loop *Loop
	// tried is true once every partition was asked for.
	tried atomic.Bool
}

// NewOwner returns an owner that holds nothing yet.
func NewOwner(o OwnerOptions, l *Loop) *Owner {
	if o.TTL <= 0 {
		o.TTL = DefaultLease
	}
	return &Owner{opt: o, loop: l}
}

// Settled is true once every partition was asked for and the guilds that had
// work were taken up: what this process can own it owns.
func (o *Owner) Settled() bool { return o.tried.Load() && o.loop.Pending() == 0 }

// Run acquires every partition that is free, renews what it holds and gives all
// of it back when ctx ends. It runs the loop too: the leases outlive it.
func (o *Owner) Run(ctx context.Context) error {
	n, err := o.opt.Leases.Partitions(ctx)
	if err != nil {
		return fault.Wrap(err, fault.CodeOf(err), "partition.Run", "the number of partitions cannot be read")
	}
	var g errgroup.Group
	g.Go(func() error { return o.loop.Run(ctx) })
	g.Go(func() error {
		for ctx.Err() == nil {
			o.acquire(ctx, n)
			o.tried.Store(true)
			select {
			case <-ctx.Done():
			case <-o.opt.Clock.After(o.opt.TTL / 3):
				o.renew(ctx)
			}
		}
		return nil
	})
	err = g.Wait()
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if held := o.loop.Owned(); len(held) > 0 {
		if rerr := o.opt.Leases.Release(last, o.opt.Holder, held); rerr != nil {
			o.opt.Logger.Warn("leases could not be given back, they run out by themselves", "error", rerr)
		}
	}
	return err
}

func (o *Owner) acquire(ctx context.Context, n int) {
	held := map[int]bool{}
	for _, s := range o.loop.Owned() {
		held[s.Partition] = true
	}
	for p := range n {
		if held[p] || ctx.Err() != nil {
			continue
		}
		sent := o.opt.Clock.Now()
		lease, err := o.opt.Leases.Acquire(ctx, p, o.opt.Holder, o.opt.TTL)
		if err != nil {
			if fault.CodeOf(err) != fault.Conflict && ctx.Err() == nil {
				o.opt.Logger.Warn("a partition cannot be acquired", "partition", p, "error", err)
			}
			continue
		}
		if err := o.loop.Own(ctx, p, lease, sent.Add(o.opt.TTL)); err != nil {
			if ctx.Err() == nil {
				o.opt.Logger.Warn("a partition cannot be taken up", "partition", p, "error", err)
			}
			back := []store.Stamp{{Partition: p, Epoch: lease.Epoch}}
			_ = o.opt.Leases.Release(context.WithoutCancel(ctx), o.opt.Holder, back)
		}
	}
}

// renew prolongs the leases. What a renewal is worth is counted from before it
// was sent. While the database does not answer, the leases run out and the loop
// holds back what it would do.
func (o *Owner) renew(ctx context.Context) {
	held := o.loop.Owned()
	if len(held) == 0 {
		return
	}
	sent := o.opt.Clock.Now()
	err := o.opt.Leases.Renew(ctx, o.opt.Holder, held, o.opt.TTL)
	switch fault.CodeOf(err) {
	case "":
		for _, s := range held {
			o.loop.Prolong(s.Partition, sent.Add(o.opt.TTL))
		}
	case fault.Conflict:
		o.each(ctx, held)
	default:
		if ctx.Err() == nil {
			o.opt.Logger.Warn("leases cannot be renewed", "error", err)
		}
	}
}

// each finds which of the leases was lost, by renewing one after the other.
func (o *Owner) each(ctx context.Context, held []store.Stamp) {
	for _, s := range held {
		sent := o.opt.Clock.Now()
		err := o.opt.Leases.Renew(ctx, o.opt.Holder, []store.Stamp{s}, o.opt.TTL)
		switch fault.CodeOf(err) {
		case "":
			o.loop.Prolong(s.Partition, sent.Add(o.opt.TTL))
		case fault.Conflict:
			o.opt.Logger.Error("a partition's lease was lost", "partition", s.Partition, "epoch", s.Epoch)
			if err := o.loop.Lose(ctx, s.Partition); err != nil {
				return
			}
		}
	}
}
