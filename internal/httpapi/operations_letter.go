package httpapi

import (
	"context"
	"net/http"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Letters shows dead letters and decides what becomes of them.
type Letters interface {
	Letters(ctx context.Context, p Page) (view.LetterPage, error)
	// Letter returns one with what was put aside. Errors: NotFound.
	Letter(ctx context.Context, id string) (view.Letter, error)
	// RetryLetter hands it to its guild or its projection again and removes it.
	// Errors: NotFound; Invalid where it still cannot be read, after which it
	// stays; those of the bus and the store.
	RetryLetter(ctx context.Context, by, id string) (view.LetterGone, error)
	// DropLetter removes it for ever. Errors: NotFound.
	DropLetter(ctx context.Context, by, id string) (view.LetterGone, error)
}

// LetterPath names a dead letter.
type LetterPath struct {
	ID string `path:"id" maxLength:"512" doc:"Name of the letter."`
}

func (s *Server) registerLetters() {
	b := s.opts.Backend
	get(s, "/v1/letters", "list-letters", "What could not be carried out, the oldest first",
		func(ctx context.Context, in *PageQuery) (view.LetterPage, error) {
			p, err := b.Letters(ctx, in.page())
			p.Items = present(p.Items)
			return p, err
		})
	get(s, "/v1/letters/{id}", "get-letter", "One dead letter with what was put aside",
		func(ctx context.Context, in *LetterPath) (view.Letter, error) { return b.Letter(ctx, in.ID) })
	on(s, http.MethodPost, "/v1/letters/{id}/retry", "retry-letter", "Try again what was put aside",
		func(ctx context.Context, in *LetterPath) (view.LetterGone, error) {
			return b.RetryLetter(ctx, operatorOf(ctx), in.ID)
		})
	on(s, http.MethodDelete, "/v1/letters/{id}", "drop-letter", "Remove a dead letter for ever",
		func(ctx context.Context, in *LetterPath) (view.LetterGone, error) {
			return b.DropLetter(ctx, operatorOf(ctx), in.ID)
		})
}
