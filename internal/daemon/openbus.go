package daemon

import (
	"context"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/bus/redis"
)

// openBus opens what carries messages: within this process, or between many over
// Redis. Errors: those of Redis.
func (d *daemon) openBus(ctx context.Context) (bus.Bus, error) {
	if !d.Config.Redis.URL.Empty() {
		return redis.Open(ctx, redis.Options{URL: d.Config.Redis.URL.Reveal(), Logger: d.Logger, Clock: d.clock, Hooks: busHooks(d.metrics, d.lag)})
	}
	if !d.Config.Whole() {
		d.Logger.Warn("some roles do not run here, and those of other processes are not heard: set redis.url", "roles", d.Config.Roles)
	}
	return memory.New(0), nil
}
