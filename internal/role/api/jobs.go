package api

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/jobs"
)

// Desk is what shows the background jobs of all processes and changes them.
type Desk interface {
	List(ctx context.Context, f jobs.Filter) ([]jobs.Job, string, error)
	Get(ctx context.Context, id int64) (jobs.Job, error)
	Retry(ctx context.Context, id int64) (jobs.Job, error)
	Cancel(ctx context.Context, id int64) (jobs.Job, error)
}

// desk is the queue, or why there is none.
func (r *Role) desk() (Desk, error) {
	if r.opt.Jobs == nil {
		return nil, fault.New(fault.Unavailable, "api.Jobs", "this process cannot see the job queue")
	}
	return r.opt.Jobs, nil
}

// Jobs implements httpapi.Backend.
func (r *Role) Jobs(ctx context.Context, f httpapi.JobFilter) (view.JobPage, error) {
	d, err := r.desk()
	if err != nil {
		return view.JobPage{}, err
	}
	found, next, err := d.List(ctx, jobs.Filter{Kind: f.Kind, State: f.State, Limit: f.Limit, Cursor: f.Cursor})
	if err != nil {
		return view.JobPage{}, err
	}
	out := view.JobPage{Items: make([]view.Job, 0, len(found)), NextCursor: next}
	for i := range found {
		j := shown(&found[i])
		j.Failures = nil
		out.Items = append(out.Items, j)
	}
	return out, nil
}

// Job implements httpapi.Backend.
func (r *Role) Job(ctx context.Context, id int64) (view.Job, error) {
	d, err := r.desk()
	if err != nil {
		return view.Job{}, err
	}
	j, err := d.Get(ctx, id)
	return shown(&j), err
}

// RetryJob implements httpapi.Backend.
func (r *Role) RetryJob(ctx context.Context, by string, id int64) (view.Job, error) {
	return r.order(ctx, by, id, "retried", Desk.Retry)
}

// CancelJob implements httpapi.Backend.
func (r *Role) CancelJob(ctx context.Context, by string, id int64) (view.Job, error) {
	return r.order(ctx, by, id, "cancelled", Desk.Cancel)
}

func (r *Role) order(ctx context.Context, by string, id int64, what string, do func(Desk, context.Context, int64) (jobs.Job, error)) (view.Job, error) {
	d, err := r.desk()
	if err != nil {
		return view.Job{}, err
	}
	j, err := do(d, ctx, id)
	if err != nil {
		return view.Job{}, err
	}
	r.opt.Logger.Info("a job was "+what, "job", id, "kind", j.Kind, "by", by)
	return shown(&j), nil
}

func shown(j *jobs.Job) view.Job {
	out := view.Job{
		ID: j.ID, Kind: j.Kind, State: j.State, Attempt: j.Attempt, MaxAttempts: j.MaxAttempts, By: j.By,
		CreatedAt: j.Created, ScheduledAt: j.Scheduled, AttemptedAt: maybe(j.Attempted), EndedAt: maybe(j.Ended),
	}
	for _, f := range j.Failures {
		out.Failures = append(out.Failures, view.JobFailure{At: f.At, Attempt: f.Attempt, Error: f.Error})
		out.Error = f.Error
	}
	return out
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
