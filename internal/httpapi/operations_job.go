package httpapi

import (
	"context"
	"net/http"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// JobFilter narrows the background jobs; empty fields do not.
type JobFilter struct {
	Kind, State string
	Page
}

// Jobs shows the background jobs of all processes and changes them.
type Jobs interface {
	// Jobs returns them, the newest first.
	Jobs(ctx context.Context, f JobFilter) (view.JobPage, error)
	// Job returns one with the tries that failed. Errors: NotFound.
	Job(ctx context.Context, id int64) (view.Job, error)
	// RetryJob makes one due now. Errors: NotFound; Conflict for one that runs, or
	// while another of its kind is not finished.
	RetryJob(ctx context.Context, by string, id int64) (view.Job, error)
	// CancelJob ends one, soon where it runs. Errors: NotFound; Conflict for one
	// that is finished.
	CancelJob(ctx context.Context, by string, id int64) (view.Job, error)
}

// JobPath names a job.
type JobPath struct {
	ID int64 `path:"job" minimum:"1" doc:"Number of the job."`
}

type jobsIn struct {
	Kind  string `query:"kind" maxLength:"64" doc:"Only jobs of this kind."`
	State string `query:"state" enum:"available,cancelled,completed,discarded,pending,retryable,running,scheduled" doc:"Only jobs in this state."`
	PageQuery
}

func (s *Server) registerJobs() {
	b := s.opts.Backend
	get(s, "/v1/jobs", "list-jobs", "Background jobs, the newest first", func(ctx context.Context, in *jobsIn) (view.JobPage, error) {
		p, err := b.Jobs(ctx, JobFilter{Kind: in.Kind, State: in.State, Page: in.page()})
		p.Items = present(p.Items)
		return p, err
	})
	get(s, "/v1/jobs/{job}", "get-job", "One background job with the tries that failed",
		func(ctx context.Context, in *JobPath) (view.Job, error) { return b.Job(ctx, in.ID) })
	on(s, http.MethodPost, "/v1/jobs/{job}/retry", "retry-job", "Make a background job due now",
		func(ctx context.Context, in *JobPath) (view.Job, error) {
			return b.RetryJob(ctx, operatorOf(ctx), in.ID)
		})
	on(s, http.MethodPost, "/v1/jobs/{job}/cancel", "cancel-job", "End a background job",
		func(ctx context.Context, in *JobPath) (view.Job, error) {
			return b.CancelJob(ctx, operatorOf(ctx), in.ID)
		})
}
