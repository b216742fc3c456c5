package config

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what stands where a secret would.
const redacted = "[redacted]"

// Secret is a value that never shows itself: fmt, slog, JSON, YAML and
// reflection over a struct that holds it all print [redacted] or an address.
// The value lies behind a pointer because fmt cannot call methods of fields
// that are not exported, and would print a plain string as it is.
type Secret struct{ value *string }

// NewSecret hides a value. The empty value is not a secret.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the value, for the one place that has to send it.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// Empty is true where there is no value.
func (s Secret) Empty() bool { return s.value == nil }

// Equal compares in a time that does not depend on where the values differ.
func (s Secret) Equal(other string) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(other)) == 1
}

// String returns [redacted], or nothing where there is no value.
func (s Secret) String() string {
	if s.Empty() {
		return ""
	}
	return redacted
}

// Format answers every verb of fmt with what String returns.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// MarshalText answers JSON, YAML and whatever else asks for text.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue answers slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
