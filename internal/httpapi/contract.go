package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

// apiConfig is huma's configuration: JSON only, unknown query parameters
// refused, no documentation pages that load scripts of others.
func apiConfig(version string, t huma.Transformer) huma.Config {
	if version == "" {
		version = "dev"
	}
	return huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Admin API of platformd", Version: version,
				Description: "What operators read and order. It is reached through the admin socket; times are RFC 3339, durations whole milliseconds.",
			},
			Components: &huma.Components{Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)},
		},
		Formats:                      huma.DefaultFormats,
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
		Transformers:                 []huma.Transformer{t},
	}
}

// Contract returns the OpenAPI document, as it is kept in schema/openapi.yaml.
func Contract() ([]byte, error) {
	b, err := New(Options{Version: "1"}).api.OpenAPI().YAML()
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "httpapi.Contract", "the contract cannot be written")
	}
	return b, nil
}

// failure carries a fault through huma to transform, which writes its body.
type failure struct{ err error }

func (f *failure) Error() string  { return f.err.Error() }
func (f *failure) Unwrap() error  { return f.err }
func (f *failure) GetStatus() int { return problem.Status(fault.CodeOf(f.err)) }

// ContentType makes huma say that the body is a problem.
func (f *failure) ContentType(string) string { return problem.ContentType }

// transform turns huma's errors and ours into one body.
func (s *Server) transform(ctx huma.Context, _ string, v any) (any, error) {
	id := requestID(ctx.Context())
	switch e := v.(type) {
	case *failure:
		s.note(ctx.Context(), ctx.Operation().Path, e.err)
		return problem.From(e.err, id), nil
	case *huma.ErrorModel:
		code := problem.Code(e.Status)
		p := problem.From(fault.New(code, "httpapi", "the request is not valid"), id)
		if code != fault.Invalid {
			p.Detail = e.Detail
		}
		p.Status, p.Title = e.Status, http.StatusText(e.Status)
		for _, d := range e.Errors {
			p.Errors = append(p.Errors, problem.Detail{Location: d.Location, Message: d.Message})
		}
		return p, nil
	}
	return v, nil
}

// body is an answer.
type body[T any] struct{ Body T }

// get registers an operation that reads.
func get[I, T any](s *Server, path, id, summary string, f func(context.Context, *I) (T, error)) {
	on(s, http.MethodGet, path, id, summary, f)
}

// on registers an operation of a method.
func on[I, T any](s *Server, method, path, id, summary string, f func(context.Context, *I) (T, error)) {
	huma.Register(s.api, s.operation(method, path, id, summary), func(ctx context.Context, in *I) (*body[T], error) {
		out, err := f(ctx, in)
		if err != nil {
			if cause := context.Cause(ctx); cause != nil && !isFault(err) {
				err = fault.Wrap(err, fault.Unavailable, "httpapi."+id, "the request was given up")
			}
			return nil, &failure{err: err}
		}
		return &body[T]{Body: out}, nil
	})
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

func (s *Server) operation(method, path, id, summary string) huma.Operation {
	ref := s.api.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem")
	return huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, DefaultStatus: http.StatusOK,
		Tags: []string{strings.SplitN(strings.TrimPrefix(path, "/v1/"), "/", 2)[0]},
		Responses: map[string]*huma.Response{"default": {
			Description: "What failed, why, and what to do next.",
			Content:     map[string]*huma.MediaType{problem.ContentType: {Schema: ref}},
		}},
	}
}
