package control

import (
	"context"
	"net/http"
	"net/url"

	"github.com/atrilhq/platform/internal/sim/faults"
)

// Faults lists all faults of the World and of the nodes, and which are set.
func (c *Client) Faults(ctx context.Context) ([]faults.Fault, error) {
	list, err := get[FaultList](ctx, c, "/faults")
	return list.Faults, err
}

// SetFault breaks something and returns the fault as it is now. The failure is
// NotFound for an unknown name or for what the arguments name, and Invalid for
// arguments that do not fit.
func (c *Client) SetFault(ctx context.Context, name string, args map[string]string) (out faults.Fault, err error) {
	err = c.do(ctx, http.MethodPut, "/faults/"+url.PathEscape(name), FaultRequest{Args: args}, &out)
	return out, err
}

// ClearFault mends a fault: where args say, or wherever it is set.
func (c *Client) ClearFault(ctx context.Context, name string, args map[string]string) error {
	q := url.Values{}
	for k, v := range args {
		q.Set(k, v)
	}
	return c.do(ctx, http.MethodDelete, "/faults/"+url.PathEscape(name)+"?"+q.Encode(), nil, nil)
}

// ClearFaults mends everything that lasts.
func (c *Client) ClearFaults(ctx context.Context) error {
	return c.do(ctx, http.MethodDelete, "/faults", nil, nil)
}
