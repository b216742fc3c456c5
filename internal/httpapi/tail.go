package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// pulse is how often a stream without events says that it is alive.
const pulse = 15 * time.Second

var typePattern = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?$`)

type tailIn struct {
	After int64 `query:"after" default:"-1" minimum:"-1" doc:"Begin behind this sequence number; -1 begins with what comes next."`
	Last  int64 `header:"Last-Event-ID" default:"-1" minimum:"-1" doc:"What a browser sends when it connects again; it counts instead of after."`
	ScopeQuery
}

func (s *Server) registerTail() {
	op := s.operation(http.MethodGet, "/v1/events/tail", "tail-events", "Events as they come (server-sent events)")
	ref := s.api.OpenAPI().Components.Schemas.Schema(eventType, true, "Event")
	op.Responses["200"] = &huma.Response{
		Description: "A stream of server-sent events: id is the sequence number, event is the type, data is an Event. A comment comes every 15 s.",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString, Description: "data: " + ref.Ref}}},
	}
	huma.Register(s.api, op, func(ctx context.Context, in *tailIn) (*huma.StreamResponse, error) {
		f, err := in.filter()
		if err != nil {
			return nil, &failure{err: err}
		}
		f.After = in.After
		if in.Last >= 0 {
			f.After = in.Last
		}
		select {
		case s.tails <- struct{}{}:
		default:
			return nil, &failure{err: fault.New(fault.Quota, "httpapi.tail", "too many streams are open").
				WithHint("close one, or read /v1/events instead")}
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			defer func() { <-s.tails }()
			r, w := humago.Unwrap(hc)
			s.tail(r, w, f)
		}}, nil
	})
}

// tail streams until the reader leaves, the backend fails or the server stops.
func (s *Server) tail(r *http.Request, w http.ResponseWriter, f EventFilter) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	events, failed := make(chan view.Event), make(chan error, 1)
	go func() {
		defer close(failed)
		failed <- s.opts.Backend.Tail(ctx, f, func(e view.Event) error {
			select {
			case events <- e:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}()
	// Wait for the backend so that nothing of a request outlives it.
	defer func() {
		cancel()
		for range failed {
		}
	}()

	w.Header().Set("Content-Type", "text/event-stream")
	out := stream{w: w, rc: http.NewResponseController(w)}
	// The server's limit on reading a request would end the stream as well.
	if out.rc.SetReadDeadline(time.Time{}) != nil || out.write(": connected\n\n") != nil {
		return
	}
	ticker := s.opts.Clock.NewTicker(pulse)
	defer ticker.Stop()
	for {
		var err error
		select {
		case e := <-events:
			err = out.event(e)
		case <-ticker.Chan():
			err = out.write(": still here\n\n")
		case ferr := <-failed:
			if ferr != nil && ctx.Err() == nil {
				s.note(ctx, route(r), ferr)
				_ = out.problem(problem.From(ferr, requestID(ctx)))
			}
			return
		case <-draining(ctx):
			_ = out.problem(problem.From(fault.New(fault.Unavailable, "httpapi.tail", "the daemon is stopping"), requestID(ctx)))
			return
		case <-ctx.Done():
			return
		}
		if err != nil {
			return
		}
	}
}

// stream writes server-sent events, each within a time limit.
type stream struct {
	w  io.Writer
	rc *http.ResponseController
}

func (s stream) write(text string) error {
	// The deadline is the real clock's: the kernel keeps it.
	if err := s.rc.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.w, text); err != nil {
		return err
	}
	return s.rc.Flush()
}

func (s stream) event(e view.Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return s.write("id: " + strconv.FormatInt(e.Seq, 10) + "\nevent: " + e.Type + "\ndata: " + string(data) + "\n\n")
}

// problem ends a stream with the reason, as an event named problem.
func (s stream) problem(p *problem.Problem) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return s.write(fmt.Sprintf("event: problem\ndata: %s\n\n", data))
}
