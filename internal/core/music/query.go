package music

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxQuery is the longest query, in bytes. What Discord lets a member type is
// longer; what any source makes sense of is shorter.
const MaxQuery = 2_000

// Query is what a member asked for: words or the address of something.
type Query struct {
	// Text is what was typed, trimmed and without control characters.
	Text string `json:"text"`
	// URL is true where Text is an http or https address.
	URL bool `json:"url,omitempty"`
}

// ParseQuery reads what a member typed. It returns a refusal for what can never
// be found: nothing, too much, or an address that is not http or https.
func ParseQuery(raw string) (Query, *Refusal) {
	if len(raw) > MaxQuery {
		return Query{}, &Refusal{Reason: ReasonQueryTooLong, Limit: MaxQuery}
	}
	text := clean(raw)
	if text == "" {
		return Query{}, &Refusal{Reason: ReasonQueryEmpty}
	}
	scheme, rest, found := strings.Cut(text, "://")
	if !found || strings.ContainsFunc(scheme, unicode.IsSpace) || rest == "" {
		return Query{Text: text}, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return Query{}, &Refusal{Reason: ReasonURLUnsupported}
	}
	return Query{Text: text, URL: true}, nil
}

// maxDetail bounds what is kept of another's words, in bytes.
const maxDetail = 300

// short returns what another said as text of a bounded length.
func short(s string) string {
	s = clean(s)
	if len(s) <= maxDetail {
		return s
	}
	return strings.ToValidUTF8(s[:maxDetail], "")
}

// clean drops what is not text: invalid bytes, control characters and the marks
// that turn the direction of what stands around them.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
