package daemon

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/partition"
)

// gaugeEvery is how often what is not counted as it happens is looked at.
const gaugeEvery = 5 * time.Second

// gauge keeps the gauges true until ctx ends.
func (d *daemon) gauge(ctx context.Context) error {
	var conflicts int64
	undecodable := map[string]uint64{}
	resumes, identifies := map[string]int64{}, map[string]int64{}
	told := map[string]int64{}
	for n := 0; ; n++ {
		if n%countEvery == 0 {
			d.gaugeJobs(ctx)
		}
		d.gaugeBus()
		if a := d.roles.audio; a != nil {
			d.metrics.PlayersActive(a.Playing())
			d.metrics.BusLag("partitions", a.Loop().Depth())
			for _, n := range a.Nodes() {
				d.metrics.FramesDeficit(n.Name, int(n.Deficit))
			}
			a.EachUndecodable(func(node string, n uint64) {
				for ; undecodable[node] < n; undecodable[node]++ {
					d.metrics.Undecodable(node)
				}
			})
			for now := a.Loop().Stats().Conflicts.Load(); conflicts < now; conflicts++ {
				d.metrics.LeaseConflict("partition")
			}
		}
		if a := d.roles.audio; a != nil {
			d.metrics.LeasesHeld("partition", len(a.Loop().Owned()))
			d.gaugeLeases("partition", a.EachLeaseChange, told)
		}
		if g := d.roles.gateway; g != nil {
			d.metrics.LeasesHeld("shard", g.Held())
			d.gaugeLeases("shard", g.EachLeaseChange, told)
			g.EachShard(d.metrics.ShardState)
			g.EachElsewhere(d.metrics.ShardElsewhere)
			g.EachBudget(d.metrics.IdentifyRemaining)
			g.EachOpened(func(bot string, resumed, identified int64) {
				d.metrics.GatewayResumed(bot, resumed-resumes[bot])
				d.metrics.GatewayIdentified(bot, identified-identifies[bot])
				resumes[bot], identifies[bot] = resumed, identified
			})
		}
		d.gaugeOwed(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-d.clock.After(gaugeEvery):
		}
	}
}

// gaugeLeases counts what became of leases since the last time.
func (d *daemon) gaugeLeases(kind string, each func(func(change string, total int64)), told map[string]int64) {
	each(func(change string, total int64) {
		d.metrics.LeaseChanges(kind, change, total-told[kind+change])
		told[kind+change] = total
	})
}

func (d *daemon) gaugeOwed(ctx context.Context) {
	now := d.clock.Now()
	var oldest time.Duration
	for _, kind := range []string{partition.KindAnswer, partition.KindNotice} {
		owed, err := d.store.Owed(ctx, kind, now, 1)
		if err == nil && len(owed) > 0 {
			oldest = max(oldest, now.Sub(owed[0].Created))
		}
	}
	d.metrics.OutboxAge(oldest)
	if m, err := d.store.Maintenance(ctx); err == nil {
		d.metrics.Maintenance(m.On(now))
	}
	if dead, err := d.store.DeadLettersAfter(ctx, "", 1000); err == nil {
		d.metrics.DeadLetters(len(dead))
	}
}
