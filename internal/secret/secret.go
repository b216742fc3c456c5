// Package secret has the one type for values that must not be shown: tokens,
// passwords and addresses that hold them.
package secret

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
	"unique"
)

// Redacted is what stands where a secret would.
const Redacted = "[redacted]"

// Text is a secret. Every way of printing it by fmt, slog, JSON or YAML gives
// Redacted, or nothing where there is no secret; Reveal gives it away. The zero
// value is no secret. Values compare with ==, in a time that does not depend on
// where they differ.
//
// The value lies behind a handle because fmt cannot call the methods of a field
// that is not exported: it would print a string as it is, and prints an address
// of this.
type Text struct{ value unique.Handle[string] }

// New hides a value. The empty value is not a secret.
func New(value string) Text {
	if value == "" {
		return Text{}
	}
	return Text{unique.Make(value)}
}

// Reveal returns the value, for the one place that has to send it.
func (t Text) Reveal() string {
	if t.Empty() {
		return ""
	}
	return t.value.Value()
}

// Empty is true where there is no value.
func (t Text) Empty() bool { return t == Text{} }

// Equal compares with a value that somebody else gave, in a time that does not
// depend on where they differ.
func (t Text) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(t.Reveal()), []byte(other)) == 1
}

// String returns a placeholder.
func (t Text) String() string {
	if t.Empty() {
		return ""
	}
	return Redacted
}

// Format answers every verb of fmt with what String returns.
func (t Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// MarshalText answers JSON, YAML and whatever else asks for text.
func (t Text) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText takes a secret in, from JSON, YAML and whatever else gives text.
func (t *Text) UnmarshalText(raw []byte) error {
	*t = New(string(raw))
	return nil
}

// LogValue answers slog.
func (t Text) LogValue() slog.Value { return slog.StringValue(t.String()) }
