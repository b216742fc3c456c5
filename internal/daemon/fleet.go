package daemon

import (
	"context"
	"os"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/fleet"
)

// newFleet lets this process and the others know of each other.
func (d *daemon) newFleet() *fleet.Fleet {
	var local fleet.Local
	if a := d.roles.audio; a != nil {
		local.Nodes, local.Guild, local.Cordon, local.Drain = a.Nodes, a.Loop().View, a.Cordon, a.Drain
	}
	if w := d.roles.worker; w != nil {
		local.Rebuild = w.Rebuild
	}
	if g := d.roles.gateway; g != nil {
		local.Shards, local.Frontless = g.Shards, g.Frontless
		local.Bots = func() []view.Bot {
			bots := g.Bots()
			for i := range bots {
				bots[i].Name = d.names[music.BotID(bots[i].ID)]
			}
			return bots
		}
	}
	return fleet.New(fleet.Options{
		Bus: d.bus, Clock: d.clock, Logger: d.Logger, Self: d.self, Local: local, Alone: d.Config.Redis.URL.Empty(),
	})
}

// self is this process as it tells the others of itself.
func (d *daemon) self(ctx context.Context) view.Process {
	ready, _ := d.ready.Check(ctx)
	p := view.Process{
		Name: d.holder(), Ready: ready, Roles: d.roles.list(), Version: d.Version, Commit: d.Commit,
		PID: os.Getpid(), StartedAt: d.started, Addresses: d.addrs,
	}
	p.Host, _ = os.Hostname() // a machine without a name has an empty one
	if a := d.roles.audio; a != nil {
		p.Partitions = len(a.Loop().Owned())
	}
	return p
}

// partitionsOwned says whether every partition has an owner: this process, or
// another one that was heard of lately.
func (d *daemon) partitionsOwned(ctx context.Context) error {
	if d.roles.audio.Settled() {
		return nil
	}
	total, err := d.store.Partitions(ctx)
	if err == nil && len(d.roles.audio.Loop().Owned())+d.fleet.Partitions() >= total {
		return nil
	}
	return fault.New(fault.Pending, "daemon.ready", "partitions are still being taken up")
}
