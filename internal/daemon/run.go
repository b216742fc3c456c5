package daemon

import (
	"cmp"
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// tokensWithin bounds how long being up waits for Discord's word on the tokens.
const tokensWithin = 1500 * time.Millisecond

// part is something that runs until it is told to end.
type part struct {
	name string
	run  func(context.Context) error
}

// run opens the listeners, runs every part and ends them in order.
func (d *daemon) run(ctx context.Context) error {
	if err := d.compose(ctx); err != nil {
		return err
	}
	listeners, err := d.listen()
	if err != nil {
		return err
	}
	defer d.publish()()
	// What stands first is ended first: intake, then work, then what shows it.
	parts := append(d.parts(), part{"gauges", d.gauge}, part{"fleet", d.fleet.Run})
	if d.collects() {
		parts = append(parts, part{"collector", d.collect})
	}
	parts = append(parts, listeners...)
	d.addChecks()
	d.ready.Started(true)
	if d.roles.gateway == nil {
		d.up(ctx)
	}
	return d.group(ctx, parts)
}

// up tells that everything listens.
func (d *daemon) up(ctx context.Context) {
	if d.Up != nil {
		d.Up(d.base(ctx))
	}
}

// greeted runs the gateway once Discord was asked about the tokens. It does so
// beside all else, so that the API need not wait for Discord; but nobody is told
// that the daemon is up where a token is wrong.
func (d *daemon) greeted(ctx context.Context) error {
	g := d.roles.gateway
	asking, cancel := context.WithTimeout(ctx, cmp.Or(d.TokensWithin, tokensWithin))
	defer cancel()
	if err := g.Verify(asking); err != nil {
		return err
	}
	if ctx.Err() == nil {
		d.up(ctx)
	}
	return g.Run(ctx)
}

// publish tells platformctl where the admin socket is, if there is one here, and
// returns what takes that back.
func (d *daemon) publish() func() {
	if d.roles.api == nil {
		return func() {}
	}
	release, err := locate.Publish(d.Env, d.socket())
	if err != nil {
		d.Logger.Warn("platformctl has to be told where the socket is", "socket", d.socket(), "error", err)
		return func() {}
	}
	return release
}

// group runs the parts until ctx ends or one of them fails. Then they are ended
// in their order, each after the one before.
func (d *daemon) group(ctx context.Context, parts []part) error {
	failed := make(chan error, len(parts))
	type running struct {
		part
		stop context.CancelFunc
		done chan struct{}
	}
	var all []running
	var mu sync.Mutex
	var errs []error
	for _, p := range parts {
		life, stop := context.WithCancel(context.WithoutCancel(ctx))
		r := running{part: p, stop: stop, done: make(chan struct{})}
		all = append(all, r)
		d.roles.set(p.name, "running", "")
		go func() {
			defer close(r.done)
			err := p.run(life)
			if err != nil && !errors.Is(err, context.Canceled) {
				msg, _ := fault.Show(err)
				d.roles.set(p.name, "failed", msg)
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
				failed <- err
				return
			}
			d.roles.set(p.name, "stopped", "")
			if life.Err() == nil {
				failed <- fault.New(fault.Internal, "daemon.group", "the "+p.name+" ended by itself")
			}
		}()
	}
	select {
	case <-ctx.Done():
		d.Logger.Info("stopping")
	case err := <-failed:
		d.Logger.Error("stopping because a part failed", "error", err)
		mu.Lock()
		if len(errs) == 0 {
			errs = append(errs, err)
		}
		mu.Unlock()
	}
	d.ready.Started(false)
	enough := d.clock.After(d.Config.Timeouts.Shutdown)
	for _, r := range all {
		d.roles.set(r.name, "draining", "")
		r.stop()
		select {
		case <-r.done:
		case <-enough:
			for _, left := range all {
				left.stop()
			}
			mu.Lock()
			defer mu.Unlock()
			if len(errs) > 0 {
				// Why it had to end is worth more than how it did.
				return errs[0]
			}
			// What is not done is done by the next process: nothing acknowledged is only in memory.
			return fault.New(fault.Unavailable, "daemon.group", "the "+r.name+" did not end in time").
				WithHint("give it more time with timeouts.shutdown")
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(errs) > 0 {
		return errs[0]
	}
	return nil
}

// listen opens the admin socket, the API's port and the operations listener.
func (d *daemon) listen() ([]part, error) {
	var parts []part
	var open []net.Listener
	fail := func(err error) ([]part, error) {
		for _, ln := range open {
			_ = ln.Close()
		}
		return nil, err
	}
	serve := func(name, at string, ln net.Listener, run func(context.Context, net.Listener) error) {
		open = append(open, ln)
		d.addrs = append(d.addrs, view.Listener{Name: name, Address: at})
		parts = append(parts, part{name, func(ctx context.Context) error { return run(ctx, ln) }})
	}
	if d.roles.api != nil {
		server := httpapi.New(httpapi.Options{
			Backend: d.roles.api, Logger: d.Logger, Clock: d.clock, Metrics: d.metrics, Version: d.Version, Page: d.Page,
		})
		sock, err := httpapi.ListenUnix(d.socket())
		if err != nil {
			return fail(err)
		}
		serve("socket", sock.Path(), sock, server.Serve)
		if d.Config.Listen != "" {
			ln, err := httpapi.ListenTCP(d.Config.Listen)
			if err != nil {
				return fail(err)
			}
			serve("api", ln.Addr().String(), ln, server.Serve)
		}
	}
	if o := d.operations; o != nil {
		d.addrs = append(d.addrs, view.Listener{Name: "operations", Address: o.ln.Addr().String()})
		parts = append(parts, part{"operations", o.run})
	}
	if d.Sandbox != nil {
		d.addrs = append(d.addrs, view.Listener{Name: "sandbox", Address: d.Sandbox.ControlURL})
	}
	return parts, nil
}

// addChecks says what readiness is made of beside what stands behind the daemon.
func (d *daemon) addChecks() {
	if d.roles.audio != nil {
		d.ready.Add("partitions", d.partitionsOwned)
		d.ready.Add("nodes", func(context.Context) error {
			if !slices.ContainsFunc(d.roles.audio.Nodes(), func(n view.Node) bool { return n.State == "up" }) {
				return fault.New(fault.Unavailable, "daemon.ready", "no audio node is up")
			}
			return nil
		})
	}
	if d.roles.gateway != nil {
		d.ready.Add("gateway", func(context.Context) error {
			if !d.roles.gateway.Known() {
				return fault.New(fault.Pending, "daemon.ready", "Discord has not said yet who the bots are")
			}
			if !d.roles.gateway.Connected() {
				return fault.New(fault.Pending, "daemon.ready", "not every shard is connected to Discord")
			}
			return nil
		})
	}
}
