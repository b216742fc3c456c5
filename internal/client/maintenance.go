package client

import (
	"context"
	"net/http"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// maintained is the body of an order to let changes wait.
type maintained struct {
	Message string     `json:"message,omitempty"`
	Until   *time.Time `json:"until,omitempty"`
}

// Maintenance returns whether members' changes wait.
func (c *Client) Maintenance(ctx context.Context) (view.Maintenance, error) {
	return one[view.Maintenance](ctx, c, "client.Maintenance", http.MethodGet, nil, "/v1/maintenance")
}

// BeginMaintenance lets members' changes wait until a moment, or until somebody
// ends it where that is zero. Errors: Invalid for a message of more than 300
// bytes and for a moment that is over.
func (c *Client) BeginMaintenance(ctx context.Context, message string, until time.Time) (view.Maintenance, error) {
	in := maintained{Message: message}
	if !until.IsZero() {
		in.Until = &until
	}
	return one[view.Maintenance](ctx, c, "client.BeginMaintenance", http.MethodPut, in, "/v1/maintenance")
}

// EndMaintenance lets members' changes go on.
func (c *Client) EndMaintenance(ctx context.Context) (view.Maintenance, error) {
	return one[view.Maintenance](ctx, c, "client.EndMaintenance", http.MethodDelete, nil, "/v1/maintenance")
}
