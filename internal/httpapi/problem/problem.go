// Package problem is the one map between faults and HTTP, in both directions:
// the daemon turns a fault into a status and a body of application/problem+json
// (RFC 9457), the client turns them back into the same fault.
package problem

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// ContentType is the media type of a body that describes a problem.
const ContentType = "application/problem+json"

// maxBody bounds what a client reads of a problem.
const maxBody = 64 << 10

// Problem is the body of every answer that is not a success.
type Problem struct {
	Type      string   `json:"type" doc:"Kind of problem; about:blank, because code says it."`
	Title     string   `json:"title" doc:"Name of the status."`
	Status    int      `json:"status" doc:"HTTP status."`
	Detail    string   `json:"detail" doc:"What failed and why."`
	Code      string   `json:"code" enum:"internal,invalid,not_found,unauthenticated,denied,quota,conflict,unavailable,pending,unknown_outcome" doc:"What a program decides by."`
	Hint      string   `json:"hint,omitempty" doc:"What to do next."`
	RequestID string   `json:"request_id" doc:"Name of the request in the daemon's log."`
	Errors    []Detail `json:"errors,omitempty" doc:"The parts of the request that were refused."`
}

// Detail is one part of a request that was refused.
type Detail struct {
	Location string `json:"location,omitempty" doc:"Where it stands, as query.limit."`
	Message  string `json:"message" doc:"What is wrong with it."`
}

// statuses is the map. Its order decides nothing; each code has one status.
var statuses = map[fault.Code]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.NotFound:        http.StatusNotFound,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Denied:          http.StatusForbidden,
	fault.Quota:           http.StatusTooManyRequests,
	fault.Conflict:        http.StatusConflict,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Pending:         http.StatusTooEarly,
	fault.Unknown:         http.StatusGatewayTimeout,
}

// Status returns the HTTP status of a code; 500 for one that is not ours.
func Status(c fault.Code) int {
	if s, ok := statuses[c]; ok {
		return s
	}
	return http.StatusInternalServerError
}

// Code returns the code of an HTTP status, for answers that carry none.
func Code(status int) fault.Code {
	for c, s := range statuses {
		if s == status {
			return c
		}
	}
	switch {
	case status == http.StatusBadGateway, status == http.StatusRequestTimeout:
		return fault.Unavailable
	case status == http.StatusMethodNotAllowed, status == http.StatusGone:
		return fault.NotFound
	case status >= 400 && status < 500:
		return fault.Invalid
	}
	return fault.Internal
}

// From returns the problem of an error. Only what fault.Show gives is in it.
func From(err error, requestID string) *Problem {
	code := fault.CodeOf(err)
	message, hint := fault.Show(err)
	status := Status(code)
	return &Problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: message,
		Code: string(code), Hint: hint, RequestID: requestID,
	}
}

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", ContentType)
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(p) //nolint:errchkjson // it fails where the reader has gone, and then nobody is left to tell
}

// Fault returns the failure that a problem describes. Details are part of its
// message, so nothing that the daemon said is lost.
func (p *Problem) Fault(op string) *fault.Error {
	code := fault.Code(p.Code)
	if _, ok := statuses[code]; !ok {
		code = Code(p.Status)
	}
	var message strings.Builder
	message.WriteString(p.Detail)
	for i, d := range p.Errors {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		message.WriteString(sep + strings.TrimSpace(d.Location+" "+d.Message))
	}
	return &fault.Error{Code: code, Op: op, Message: message.String(), Hint: p.Hint}
}

// Read returns the problem in an answer that is not a success. An answer that
// is no problem of ours, as a proxy gives, becomes one by its status.
func Read(resp *http.Response) *Problem {
	p := &Problem{}
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if ct, _, _ := strings.Cut(resp.Header.Get("Content-Type"), ";"); err != nil || ct != ContentType ||
		json.Unmarshal(b, p) != nil || p.Detail == "" {
		p = &Problem{Detail: "the server answered " + resp.Status, Code: string(Code(resp.StatusCode))}
	}
	p.Status = resp.StatusCode
	if p.RequestID == "" {
		p.RequestID = resp.Header.Get("X-Request-Id")
	}
	return p
}

// Response is a fault that came over HTTP, with the name of its request.
type Response struct { //nolint:errname // problem.Response says what it is: what came over HTTP
	RequestID string
	Err       *fault.Error
}

// Error is the fault's text.
func (r *Response) Error() string { return r.Err.Error() }

// Unwrap returns the fault.
func (r *Response) Unwrap() error { return r.Err }

// RequestID returns the name of the request that an error came from, if any.
func RequestID(err error) string {
	if r, ok := errors.AsType[*Response](err); ok {
		return r.RequestID
	}
	return ""
}
