package observe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Redacted is what stands where a secret would.
const Redacted = "[redacted]"

// minSecret is the shortest value that is looked for everywhere: shorter ones
// are parts of ordinary words.
const minSecret = 6

// Secrets is a set of values that must not be written anywhere. The zero value
// is empty and ready; it is safe for use by many goroutines.
type Secrets struct {
	mu    sync.RWMutex
	forms [][]byte
}

// Add registers values, in each form in which an encoder would write them.
// Empty and very short ones are left out.
func (s *Secrets) Add(values ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range values {
		if len(v) < minSecret {
			continue
		}
		j, _ := json.Marshal(v) //nolint:errchkjson // a string is always encoded
		q := strconv.Quote(v)
		for _, form := range []string{v, string(j[1 : len(j)-1]), q[1 : len(q)-1], url.QueryEscape(v), url.PathEscape(v)} {
			if !slices.ContainsFunc(s.forms, func(b []byte) bool { return string(b) == form }) {
				s.forms = append(s.forms, []byte(form))
			}
		}
	}
	// The longest first, so that a secret that contains another goes whole.
	slices.SortStableFunc(s.forms, func(a, b []byte) int { return len(b) - len(a) })
}

// Scrub returns text without the secrets.
func (s *Secrets) Scrub(text string) string { return string(s.scrub([]byte(text))) }

func (s *Secrets) scrub(b []byte) []byte {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, f := range s.forms {
		if bytes.Contains(b, f) {
			b = bytes.ReplaceAll(b, f, []byte(Redacted))
		}
	}
	return b
}

// scrubber takes secrets out of each record on its way to w. It is the last
// thing that sees a record, so nothing can be formatted past it.
type scrubber struct {
	w       io.Writer
	secrets *Secrets
}

func (s *scrubber) Write(p []byte) (int, error) {
	if _, err := s.w.Write(s.secrets.scrub(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}

// secretWords are the parts of keys whose values are secrets.
var secretWords = []string{"token", "password", "passwd", "secret", "authorization", "cookie", "credential", "apikey", "api_key", "private_key"}

// SecretKey is true for a key that names a secret.
func SecretKey(key string) bool {
	k := strings.ReplaceAll(strings.ToLower(key), "-", "_")
	return slices.ContainsFunc(secretWords, func(w string) bool { return strings.Contains(k, w) })
}

// redactAttr hides the values of keys that name secrets, those inside of
// structs and maps as well, and takes registered secrets out of text before an
// encoder changes how they are written.
func (s *Secrets) redactAttr(_ []string, a slog.Attr) slog.Attr {
	if SecretKey(a.Key) {
		switch a.Value.Kind() {
		case slog.KindBool, slog.KindInt64, slog.KindUint64, slog.KindDuration, slog.KindFloat64, slog.KindTime:
			return a // A count of tokens is no token.
		}
		return slog.String(a.Key, Redacted)
	}
	if a.Value.Kind() == slog.KindString {
		return slog.String(a.Key, s.Scrub(a.Value.String()))
	}
	if a.Value.Kind() != slog.KindAny {
		return a
	}
	switch v := a.Value.Any().(type) {
	case nil, slog.Level, *slog.Source:
		return a
	case error, fmt.Stringer:
		return slog.String(a.Key, s.Scrub(fmt.Sprint(v)))
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return slog.String(a.Key, fmt.Sprintf("%T", v))
		}
		var tree any
		dec := json.NewDecoder(bytes.NewReader(b))
		dec.UseNumber()
		if dec.Decode(&tree) != nil {
			return slog.String(a.Key, fmt.Sprintf("%T", v))
		}
		return slog.Any(a.Key, redactTree(tree))
	}
}

func redactTree(v any) any {
	switch t := v.(type) {
	case map[string]any:
		for k, inner := range t {
			if SecretKey(k) {
				t[k] = Redacted
				continue
			}
			t[k] = redactTree(inner)
		}
	case []any:
		for i := range t {
			t[i] = redactTree(t[i])
		}
	}
	return v
}
