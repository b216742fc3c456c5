package observe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// Trace is where something belongs in what happens because of one request, as
// the traceparent header of W3C Trace Context (version 00) carries it.
type Trace struct {
	trace [16]byte
	span  [8]byte
	flags byte
}

// NewTrace begins a trace that is sampled.
func NewTrace() Trace {
	t := Trace{flags: 1}
	_, _ = rand.Read(t.trace[:])
	_, _ = rand.Read(t.span[:])
	return t
}

// ParseTrace reads a traceparent header. Of a later version it reads what this
// one knows, as the specification asks. Errors: Invalid.
func ParseTrace(s string) (Trace, error) {
	const op = "observe.ParseTrace"
	bad := fault.New(fault.Invalid, op, "the traceparent is not valid").
		WithHint("it has the form 00-<32 hex digits>-<16 hex digits>-<2 hex digits>")
	var t Trace
	if len(s) < 55 || len(s) > 512 || s != strings.ToLower(s) || s[2] != '-' || s[35] != '-' || s[52] != '-' || s[:2] == "ff" {
		return t, bad
	}
	if (s[:2] == "00" && len(s) != 55) || (len(s) > 55 && s[55] != '-') {
		return t, bad
	}
	var version, flags [1]byte
	for _, part := range []struct {
		dst []byte
		src string
	}{{version[:], s[:2]}, {t.trace[:], s[3:35]}, {t.span[:], s[36:52]}, {flags[:], s[53:55]}} {
		if _, err := hex.Decode(part.dst, []byte(part.src)); err != nil {
			return Trace{}, bad
		}
	}
	if t.trace == [16]byte{} || t.span == [8]byte{} {
		return Trace{}, bad
	}
	t.flags = flags[0] & 1
	return t, nil
}

// Child returns the next step of the same trace.
func (t Trace) Child() Trace {
	_, _ = rand.Read(t.span[:])
	return t
}

// TraceID and SpanID are the parts in hex.
func (t Trace) TraceID() string { return hex.EncodeToString(t.trace[:]) }

// SpanID names the step in hex.
func (t Trace) SpanID() string { return hex.EncodeToString(t.span[:]) }

// String is the traceparent header.
func (t Trace) String() string {
	return "00-" + t.TraceID() + "-" + t.SpanID() + "-" + hex.EncodeToString([]byte{t.flags})
}

type traceKey struct{}

// WithTrace returns a context that belongs to a trace.
func WithTrace(ctx context.Context, t Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

// TraceFrom returns the trace of a context.
func TraceFrom(ctx context.Context) (Trace, bool) {
	t, ok := ctx.Value(traceKey{}).(Trace)
	return t, ok
}
