package daemon

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

// Between two tries to reach what was away at the start there is at least
// awaitFirst and at most awaitMost.
const (
	awaitFirst = 100 * time.Millisecond
	awaitMost  = 5 * time.Second
)

// backing is what a daemon needs and does not have in itself: the database and
// the bus. Readiness asks it from the beginning, before either is open.
type backing struct {
	mu     sync.Mutex
	checks map[string]func(context.Context) error
}

// set says how something is asked whether it works.
func (b *backing) set(name string, check func(context.Context) error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.checks == nil {
		b.checks = map[string]func(context.Context) error{}
	}
	b.checks[name] = check
}

// check asks it. Errors: Pending where it was not tried yet, what it says.
func (b *backing) check(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		b.mu.Lock()
		f := b.checks[name]
		b.mu.Unlock()
		if f == nil {
			return fault.New(fault.Pending, "daemon.ready", "it was not tried yet")
		}
		return f(ctx)
	}
}

// await opens something, again and again while it is away, for as long as limit
// says; 0 is for one try, and less for ever. Meanwhile the daemon is not ready and
// says why. Errors: those of open, and the context's.
func (d *daemon) await(ctx context.Context, name string, limit time.Duration, open func(context.Context) error) error {
	began := d.clock.Now()
	for wait := awaitFirst; ; wait = min(2*wait, awaitMost) {
		err := open(ctx)
		if ctx.Err() != nil || fault.CodeOf(err) != fault.Unavailable || limit >= 0 && d.clock.Since(began) >= limit {
			if err == nil && wait > awaitFirst {
				d.Logger.Info("what was waited for is there", "what", name, "took", d.clock.Since(began).Round(time.Millisecond))
			}
			return err
		}
		d.backing.set(name, func(context.Context) error { return err })
		why, hint := fault.Show(err)
		d.Logger.Warn("the start waits", "for", name, "why", why, "hint", hint, "again_in", wait)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-d.clock.After(wait):
		}
	}
}

// operations is the listener for operators. It answers before anything else is
// there, so that whoever looks sees what the start waits for.
type operations struct {
	ln    net.Listener
	stop  context.CancelFunc
	ended chan struct{}
	err   error
}

// openOperations opens it where the configuration wants one.
func (d *daemon) openOperations() error {
	d.ready.Add("database", d.backing.check("database"))
	if !d.Config.Redis.URL.Empty() {
		d.ready.Add("bus", d.backing.check("bus"))
	}
	if d.Config.Operations.Listen == "" {
		return nil
	}
	ops := observe.Operations{
		Gatherer: d.metrics.Gatherer(), Ready: d.ready, Logger: d.Logger, AllowRemote: d.Config.Operations.AllowRemote,
	}
	ln, err := ops.Listen(d.Config.Operations.Listen)
	if err != nil {
		return err
	}
	d.Logger.Info("operators are answered", "address", ln.Addr().String())
	ctx, stop := context.WithCancel(context.Background())
	o := &operations{ln: ln, stop: stop, ended: make(chan struct{})}
	go func() {
		defer close(o.ended)
		o.err = ops.Serve(ctx, ln)
	}()
	d.operations = o
	return nil
}

// run keeps it until ctx ends, as a part of the daemon.
func (o *operations) run(ctx context.Context) error {
	select {
	case <-o.ended:
	case <-ctx.Done():
		o.close()
	}
	return o.err
}

// close ends it; it may have ended before, or never have been.
func (o *operations) close() {
	if o != nil {
		o.stop()
		<-o.ended
	}
}
