// Package fault is the one error type of the platform: a code that machines
// act on, the operation that failed, a message that is safe to show to anyone,
// and the cause, which stays inside.
//
// It knows no transport. The HTTP status of a code is decided in httpapi, the
// exit code in cli, and the words a member of a guild reads in i18n.
package fault

import (
	"errors"
	"strings"
)

// Code says what kind of failure happened. The set is small on purpose: a
// caller decides by the code, a person reads the message.
type Code string

// The codes. Each one is mapped to an HTTP status and to an exit code in
// exactly one place.
const (
	// Internal is a fault of ours: a bug, or a state that must not be.
	Internal Code = "internal"
	// Invalid is input that can never succeed as it is.
	Invalid Code = "invalid"
	// NotFound names something that is not there, or not the caller's.
	NotFound Code = "not_found"
	// Unauthenticated is a caller that we do not know.
	Unauthenticated Code = "unauthenticated"
	// Denied is a caller that we know and that may not.
	Denied Code = "denied"
	// Quota is a limit of a plan or of a rate.
	Quota Code = "quota"
	// Conflict is a state that has moved on, a stale epoch included.
	Conflict Code = "conflict"
	// Unavailable is a dependency that does not answer now; trying again later is right.
	Unavailable Code = "unavailable"
	// Pending is something that is not done yet.
	Pending Code = "pending"
	// Unknown is an operation whose outcome is not known: it may have
	// happened. It must be looked up before it is tried again.
	Unknown Code = "unknown_outcome"
)

// Error is a failure. Message and Hint are safe to show; Err is not.
type Error struct {
	// Code decides what a caller does.
	Code Code
	// Op names what was being done, as package.Function, outermost first.
	Op string
	// Message says what failed and why, in a sentence without secrets.
	Message string
	// Hint names what to do next, often a command. It may be empty.
	Hint string
	// Err is the cause. It is logged, never shown.
	Err error
}

// New returns a failure with a message that is safe to show.
func New(code Code, op, message string) *Error {
	return &Error{Code: code, Op: op, Message: message}
}

// Wrap returns a failure that keeps err as its cause. The code of err is not
// inherited: the caller knows better what its failure means for its callers.
func Wrap(err error, code Code, op, message string) *Error {
	return &Error{Code: code, Op: op, Message: message, Err: err}
}

// WithHint returns the failure with a next step for the reader.
func (e *Error) WithHint(hint string) *Error {
	c := *e
	c.Hint = hint
	return &c
}

// Error is for logs: it has the operation, the message and the cause.
func (e *Error) Error() string {
	var b strings.Builder
	if e.Op != "" {
		b.WriteString(e.Op)
		b.WriteString(": ")
	}
	if e.Message != "" {
		b.WriteString(e.Message)
	} else {
		b.WriteString(string(e.Code))
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors.Is(err, fault.Of(code)) true for every failure of that code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Op == "" && t.Message == "" && t.Err == nil && t.Code == e.Code
}

// Of returns a failure that stands for its code in errors.Is.
func Of(code Code) error { return &Error{Code: code} }

// CodeOf returns the code of the outermost failure in err's chain, Internal for
// an error that is not ours and the empty code for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return Internal
}

// Show returns what may be shown of err to anyone: message and hint. An error
// that is not ours shows nothing of itself.
func Show(err error) (message, hint string) {
	var e *Error
	if !errors.As(err, &e) {
		return "an internal error happened", ""
	}
	if e.Message == "" {
		return strings.ReplaceAll(string(e.Code), "_", " "), e.Hint
	}
	return e.Message, e.Hint
}
