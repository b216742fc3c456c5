package client

import (
	"context"
	"net/http"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Letters returns a page of dead letters, the oldest first.
func (c *Client) Letters(ctx context.Context, p Page) (view.LetterPage, error) {
	var out view.LetterPage
	err := c.fetch(ctx, "client.Letters", "/v1/letters", p.query(), &out)
	return out, err
}

// Letter returns one dead letter with what was put aside. Errors: NotFound.
func (c *Client) Letter(ctx context.Context, id string) (view.Letter, error) {
	return one[view.Letter](ctx, c, "client.Letter", http.MethodGet, nil, "/v1/letters", id)
}

// RetryLetter has what was put aside tried again. Errors: NotFound, Invalid
// where it still cannot be read.
func (c *Client) RetryLetter(ctx context.Context, id string) (view.LetterGone, error) {
	return one[view.LetterGone](ctx, c, "client.RetryLetter", http.MethodPost, nil, "/v1/letters", id, "retry")
}

// DropLetter removes a dead letter for ever. Errors: NotFound.
func (c *Client) DropLetter(ctx context.Context, id string) (view.LetterGone, error) {
	return one[view.LetterGone](ctx, c, "client.DropLetter", http.MethodDelete, nil, "/v1/letters", id)
}
