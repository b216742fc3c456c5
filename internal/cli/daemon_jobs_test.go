package cli_test

import (
	"context"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// queued are the jobs of the daemon that the scripts ask, the newest first.
func queued() []view.Job {
	ended, began := at.Add(-time.Minute), at.Add(-2*time.Minute)
	return []view.Job{
		{ID: 9, Kind: "archive_journal", State: "retryable", Attempt: 3, MaxAttempts: 8, CreatedAt: at.Add(-time.Hour), ScheduledAt: at.Add(time.Minute), AttemptedAt: &began, By: "host:1", Error: "the disk is full"},
		{ID: 8, Kind: "prune_plays", State: "completed", Attempt: 1, MaxAttempts: 8, CreatedAt: began, ScheduledAt: began, AttemptedAt: &began, EndedAt: &ended, By: "host:1"},
	}
}

func (b *backend) Jobs(_ context.Context, f httpapi.JobFilter) (view.JobPage, error) {
	var page view.JobPage
	for _, j := range queued() {
		if (f.Kind != "" && f.Kind != j.Kind) || (f.State != "" && f.State != j.State) || f.Cursor == strconv.FormatInt(j.ID, 10) {
			continue
		}
		if len(page.Items) == f.Limit {
			page.NextCursor = strconv.FormatInt(page.Items[f.Limit-1].ID, 10)
			break
		}
		page.Items = append(page.Items, j)
	}
	return page, nil
}

func (b *backend) Job(_ context.Context, id int64) (view.Job, error) {
	for _, j := range queued() {
		if j.ID == id {
			if j.Error != "" {
				j.Failures = []view.JobFailure{{At: at.Add(-time.Hour), Attempt: 1, Error: "the disk is away"}, {At: at.Add(-time.Minute), Attempt: 2, Error: j.Error}}
			}
			return j, nil
		}
	}
	return view.Job{}, fault.New(fault.NotFound, "backend", "there is no job of that id").WithHint("list them with: platformctl jobs list")
}

func (b *backend) RetryJob(ctx context.Context, _ string, id int64) (view.Job, error) {
	j, err := b.Job(ctx, id)
	j.State = "available"
	return j, err
}

func (b *backend) CancelJob(ctx context.Context, _ string, id int64) (view.Job, error) {
	j, err := b.Job(ctx, id)
	if err == nil && j.EndedAt != nil {
		return view.Job{}, fault.New(fault.Conflict, "backend", "the job is "+j.State+" already")
	}
	j.State = "cancelled"
	return j, err
}
