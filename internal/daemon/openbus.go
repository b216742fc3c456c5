package daemon

import (
	"context"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/bus/redis"
)

// openBus opens what carries messages: within this process, or between many over
// Redis. A Redis that is away is waited for until ctx ends: a machine that starts
// has no order in which its programs come up, and who waits is back when Redis is.
// Errors: Invalid and Denied of Redis, the context's.
func (d *daemon) openBus(ctx context.Context) (bus.Bus, error) {
	if d.Config.Redis.URL.Empty() {
		if !d.Config.Whole() {
			d.Logger.Warn("some roles do not run here, and those of other processes are not heard: set redis.url", "roles", d.Config.Roles)
		}
		return memory.New(0), nil
	}
	var b *redis.Bus
	err := d.await(ctx, "bus", -1, func(ctx context.Context) (err error) {
		b, err = redis.Open(ctx, redis.Options{
			URL: d.Config.Redis.URL.Reveal(), Logger: d.Logger, Clock: d.clock, Hooks: busHooks(d.metrics, d.lag),
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	d.backing.set("bus", b.Ping)
	return b, nil
}
