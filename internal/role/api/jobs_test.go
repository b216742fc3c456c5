package api_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/role/api"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// desk has one job, and notes what it is asked.
type desk struct {
	asked jobs.Filter
	told  string
}

func (d *desk) job(id int64) (jobs.Job, error) {
	if id != 7 {
		return jobs.Job{}, fault.New(fault.NotFound, "desk", "there is no job of that id")
	}
	at := time.Unix(1_000, 0).UTC()
	return jobs.Job{
		ID: 7, Kind: "prune_plays", State: "retryable", Attempt: 2, MaxAttempts: 8, Created: at, Scheduled: at, Attempted: at, By: "host",
		Failures: []jobs.Failure{{At: at, Attempt: 1, Error: "the disk is away"}, {At: at, Attempt: 2, Error: "the disk is full"}},
	}, nil
}

func (d *desk) List(_ context.Context, f jobs.Filter) ([]jobs.Job, string, error) {
	d.asked = f
	j, err := d.job(7)
	return []jobs.Job{j}, "next", err
}

func (d *desk) Get(_ context.Context, id int64) (jobs.Job, error) { return d.job(id) }

func (d *desk) Retry(_ context.Context, id int64) (jobs.Job, error) {
	d.told = "retry"
	return d.job(id)
}

func (d *desk) Cancel(_ context.Context, id int64) (jobs.Job, error) {
	d.told = "cancel"
	return d.job(id)
}

func TestJobsAreShownAndChanged(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	d := &desk{}
	b := api.New(api.Options{Store: r.Store, Clock: r.Clock(), Logger: slog.New(slog.DiscardHandler), Jobs: d})
	page, err := b.Jobs(t.Context(), httpapi.JobFilter{Kind: "k", State: "retryable", Page: httpapi.Page{Limit: 3, Cursor: "c"}})
	if err != nil || len(page.Items) != 1 || page.NextCursor != "next" || d.asked != (jobs.Filter{Kind: "k", State: "retryable", Limit: 3, Cursor: "c"}) {
		t.Fatalf("%+v, %v, asked %+v", page, err, d.asked)
	}
	if j := page.Items[0]; j.ID != 7 || j.Error != "the disk is full" || j.Failures != nil || j.AttemptedAt == nil || j.EndedAt != nil || j.By != "host" {
		t.Errorf("%+v", j)
	}
	if j, err := b.Job(t.Context(), 7); err != nil || len(j.Failures) != 2 || j.Failures[0].Error != "the disk is away" {
		t.Errorf("%+v, %v", j, err)
	}
	_, err = b.Job(t.Context(), 8)
	code(t, err, fault.NotFound, "")
	if j, err := b.RetryJob(t.Context(), "ana", 7); err != nil || d.told != "retry" || j.ID != 7 {
		t.Errorf("%+v, %v", j, err)
	}
	if j, err := b.CancelJob(t.Context(), "ana", 7); err != nil || d.told != "cancel" || j.ID != 7 {
		t.Errorf("%+v, %v", j, err)
	}
	_, err = b.CancelJob(t.Context(), "ana", 9)
	code(t, err, fault.NotFound, "")
}

func TestWithoutAQueueJobsCannotBeSeen(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	b := api.New(api.Options{Store: r.Store, Clock: r.Clock(), Logger: slog.New(slog.DiscardHandler)})
	_, err := b.Jobs(t.Context(), httpapi.JobFilter{})
	code(t, err, fault.Unavailable, "job queue")
	_, err = b.Job(t.Context(), 7)
	code(t, err, fault.Unavailable, "job queue")
	_, err = b.RetryJob(t.Context(), "ana", 7)
	code(t, err, fault.Unavailable, "job queue")
}
