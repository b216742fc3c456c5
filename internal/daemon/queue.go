package daemon

import (
	"context"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// countEvery is how many times the gauges are looked at before the jobs are
// counted once.
const countEvery = 3

// newQueue returns the queue of background jobs for the roles that have to do
// with it: the worker runs them, the API shows them. It is nil for all others.
func (d *daemon) newQueue(db *sqlstore.DB) (*jobs.Queue, error) {
	if !slices.Contains(d.Config.Roles, "worker") && !slices.Contains(d.Config.Roles, "api") {
		return nil, nil //nolint:nilnil // there is none
	}
	p, err := db.OpenJobs()
	if err != nil {
		return nil, err
	}
	return jobs.New(jobs.Options{
		SQLite: p.Engine == sqlstore.EngineSQLite, Write: p.Write, Read: p.Read, Listen: p.Listen,
		Holder: d.holder(), Logger: d.Logger, Ran: d.metrics.JobRan,
	})
}

// gaugeJobs counts the jobs. Only the worker does, so that each is counted once
// in a process that runs them.
func (d *daemon) gaugeJobs(ctx context.Context) {
	if d.roles.worker == nil {
		return
	}
	all, err := d.queue.Counts(ctx)
	if err != nil {
		return
	}
	var oldest time.Duration
	d.metrics.ForgetJobs()
	for _, c := range all {
		d.metrics.Jobs(c.Kind, c.State, c.N)
		if jobs.Unfinished(c.State) {
			oldest = max(oldest, c.Oldest)
		}
	}
	d.metrics.JobAge(oldest)
}
