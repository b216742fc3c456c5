package httpapi

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"runtime/debug"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

type requestKey struct{}

// requestID returns the name of a request.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

var requestIDPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// around is what happens to every request, whoever sends it.
func (s *Server) around(mux http.Handler) http.Handler {
	foreign := http.NewCrossOriginProtection()
	foreign.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, fault.New(fault.Denied, "httpapi.around", "a page of another site may not change anything here"))
	}))
	inner := foreign.Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !requestIDPattern.MatchString(id) {
			id = newRequestID()
		}
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		rec := &recorded{ResponseWriter: w}
		// Not by http.MaxBytesHandler: it copies the request, and the route that
		// was matched would be noted in the copy.
		r.Body = http.MaxBytesReader(rec, r.Body, maxBody)
		began := s.opts.Clock.Now()
		defer func() {
			if p := recover(); p != nil {
				s.panicked(rec, r, p)
			}
			if s.opts.Metrics != nil {
				s.opts.Metrics.HTTPRequest(r.Method, route(r), rec.code(), s.opts.Clock.Since(began))
			}
		}()
		inner.ServeHTTP(rec, r)
	})
}

func (s *Server) panicked(rec *recorded, r *http.Request, p any) {
	if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(p)
	}
	s.opts.Logger.ErrorContext(r.Context(), "a request panicked", "request_id", requestID(r.Context()),
		"route", route(r), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if rec.status == 0 {
		s.refuse(rec, r, fault.New(fault.Internal, "httpapi", "an internal error happened"))
	}
}

// refuse answers with a fault, and logs its cause where it is ours.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	s.note(r.Context(), route(r), err)
	problem.From(err, requestID(r.Context())).Write(w)
}

func (s *Server) note(ctx context.Context, route string, err error) {
	switch fault.CodeOf(err) {
	case fault.Internal, fault.Unknown:
		s.opts.Logger.ErrorContext(ctx, "a request failed", "request_id", requestID(ctx), "route", route, "err", err)
	case fault.Unavailable:
		s.opts.Logger.WarnContext(ctx, "a request failed", "request_id", requestID(ctx), "route", route, "err", err)
	}
}

// route returns the pattern that a request matched, without its method.
func route(r *http.Request) string {
	if r.Pattern == "" || r.Pattern == "/" || r.Pattern == "/v1/" || r.Pattern == pagePath {
		return "other"
	}
	_, path, ok := cutSpace(r.Pattern)
	if !ok {
		return r.Pattern
	}
	return path
}

func cutSpace(s string) (before, after string, ok bool) {
	for i := range len(s) {
		if s[i] == ' ' {
			return s[:i], s[i+1:], true
		}
	}
	return s, "", false
}

// orMissing answers what the last of the muxes has no route for: 405 where
// another method would do, else 404.
func (s *Server) orMissing(muxes ...*http.ServeMux) http.Handler {
	mux := muxes[len(muxes)-1]
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const op = "httpapi.route"
		if _, pattern := mux.Handler(r); pattern != "" && pattern != "/" {
			mux.ServeHTTP(w, r)
			return
		}
		if allowed := methodsOf(mux, r); allowed != "" {
			w.Header().Set("Allow", allowed)
			p := problem.From(fault.New(fault.Invalid, op, "this address has no method "+r.Method).
				WithHint("it has "+allowed), requestID(r.Context()))
			p.Status, p.Title = http.StatusMethodNotAllowed, http.StatusText(http.StatusMethodNotAllowed)
			p.Write(w)
			return
		}
		s.refuse(w, r, fault.New(fault.NotFound, op, "there is nothing at this address").
			WithHint("the addresses are in schema/openapi.yaml"))
	})
}

// methodsOf lists the methods that the address of a request has.
func methodsOf(mux *http.ServeMux, r *http.Request) string {
	var has []string
	for _, m := range []string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete,
	} {
		try := r.Clone(r.Context())
		try.Method = m
		if _, pattern := mux.Handler(try); pattern != "" && pattern != "/" {
			has = append(has, m)
		}
	}
	return strings.Join(has, ", ")
}

// newRequestID returns 128 random bits.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// recorded remembers the status of an answer.
type recorded struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (r *recorded) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

// Write counts as 200 where nothing was said before.
func (r *recorded) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorded) Unwrap() http.ResponseWriter { return r.ResponseWriter }

func (r *recorded) code() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}
