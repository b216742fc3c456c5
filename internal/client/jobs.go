package client

import (
	"context"
	"net/http"
	"strconv"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Jobs narrows the background jobs; empty fields do not.
type Jobs struct {
	Kind, State string
	Page
}

// Jobs returns a page of background jobs, the newest first. Errors: Invalid for
// a state or a cursor that cannot be.
func (c *Client) Jobs(ctx context.Context, f Jobs) (view.JobPage, error) {
	q := f.query()
	set(q, "kind", f.Kind)
	set(q, "state", f.State)
	var out view.JobPage
	err := c.fetch(ctx, "client.Jobs", "/v1/jobs", q, &out)
	return out, err
}

// Job returns one background job with the tries that failed. Errors: NotFound.
func (c *Client) Job(ctx context.Context, id int64) (view.Job, error) {
	return one[view.Job](ctx, c, "client.Job", http.MethodGet, nil, "/v1/jobs", number(id))
}

// RetryJob makes a background job due now. Errors: NotFound; Conflict for one
// that runs, or while another of its kind is not finished.
func (c *Client) RetryJob(ctx context.Context, id int64) (view.Job, error) {
	return one[view.Job](ctx, c, "client.RetryJob", http.MethodPost, nil, "/v1/jobs", number(id), "retry")
}

// CancelJob ends a background job. Errors: NotFound; Conflict for one that is
// finished.
func (c *Client) CancelJob(ctx context.Context, id int64) (view.Job, error) {
	return one[view.Job](ctx, c, "client.CancelJob", http.MethodPost, nil, "/v1/jobs", number(id), "cancel")
}

func number(id int64) string { return strconv.FormatInt(id, 10) }
