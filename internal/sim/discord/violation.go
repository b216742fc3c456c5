package discord

import (
	"slices"
	"time"
)

// maxViolations bounds the journal; the oldest go first.
const maxViolations = 1000

// Violation is something that a client sent and that was refused.
type Violation struct {
	At time.Time `json:"at"`
	// Surface is rest or gateway.
	Surface string `json:"surface"`
	// Method and Path name the request; secrets in the path are left out.
	Method string `json:"method,omitempty"`
	Path   string `json:"path,omitempty"`
	// Status is the HTTP status; Code is Discord's error code, or the gateway's
	// close code (the opcode, where Discord only stays silent).
	Status  int    `json:"status,omitempty"`
	Code    int    `json:"code"`
	Message string `json:"message"`
	// Errors is Discord's tree of what is wrong where.
	Errors any `json:"errors,omitempty"`
}

func (w *World) violate(v Violation) {
	v.At = w.now()
	w.violations = append(w.violations, v)
	if n := len(w.violations) - maxViolations; n > 0 {
		w.violations = slices.Delete(w.violations, 0, n)
	}
	w.log.Warn("refused", "surface", v.Surface, "method", v.Method, "path", v.Path, "status", v.Status, "code", v.Code, "message", v.Message)
}

// Violations returns what was refused so far, oldest first, at most 1000. The
// list is never nil, so that JSON shows an empty one as such.
func (w *World) Violations() []Violation {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Violation{}, w.violations...)
}
