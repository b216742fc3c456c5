package sqlstore

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// slotText walks over the rows of a queue as one text: for each row its rank, a
// comma and its JSON. Its methods return false where the text is not what they
// look for.
type slotText struct {
	text string
	at   int
}

func (t *slotText) eat(c byte) bool {
	if t.at < len(t.text) && t.text[t.at] == c {
		t.at++
		return true
	}
	return false
}

// rest is true while there is text left.
func (t *slotText) rest() bool { return t.at < len(t.text) }

// quoted passes a string without control characters. It returns what stands
// between the quotes, and whether there are escapes in it.
func (t *slotText) quoted() (inside string, escaped, ok bool) {
	if !t.eat('"') {
		return "", false, false
	}
	start := t.at
	for t.at < len(t.text) {
		switch c := t.text[t.at]; {
		case c == '"':
			t.at++
			return t.text[start : t.at-1], escaped, true
		case c < 0x20:
			return "", false, false
		case c == '\\':
			escaped = true
			t.at++
		}
		t.at++
	}
	return "", false, false
}

// integer passes a whole number as JSON writes it.
func (t *slotText) integer() (int64, bool) {
	start := t.at
	t.eat('-')
	digits := t.at
	for t.at < len(t.text) && t.text[t.at] >= '0' && t.text[t.at] <= '9' {
		t.at++
	}
	if t.at == digits || (t.text[digits] == '0' && t.at > digits+1) {
		return 0, false
	}
	n, err := strconv.ParseInt(t.text[start:t.at], 10, 64)
	return n, err == nil
}

func (t *slotText) boolean() (value, ok bool) {
	for _, v := range [...]string{"true", "false"} {
		if strings.HasPrefix(t.text[t.at:], v) {
			t.at += len(v)
			return v == "true", true
		}
	}
	return false, false
}

// object passes an object, whatever is in it, and returns its text.
func (t *slotText) object() (string, bool) {
	start, depth := t.at, 0
	for t.at < len(t.text) {
		switch t.text[t.at] {
		case '"':
			if _, _, ok := t.quoted(); !ok {
				return "", false
			}
			continue
		case '{':
			depth++
		case '}':
			depth--
		}
		t.at++
		if depth == 0 {
			return t.text[start:t.at], t.text[start] == '{'
		}
	}
	return "", false
}

// moment reads a time in UTC as time.Time writes it into JSON.
func moment(s string) (time.Time, bool) {
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' || s[13] != ':' || s[16] != ':' ||
		s[len(s)-1] != 'Z' || strings.IndexByte(s, ',') >= 0 {
		return time.Time{}, false
	}
	at, err := time.Parse(time.RFC3339, s)
	return at, err == nil
}

// unescape appends what a JSON string with escapes means. Half a pair of
// surrogates is left to a reader that knows what to do with it.
func unescape(to []byte, s string) ([]byte, bool) {
	for {
		plain, after, found := strings.Cut(s, `\`)
		to = append(to, plain...)
		if !found {
			return to, true
		}
		if after == "" {
			return to, false
		}
		if i := strings.IndexByte(`"\/bfnrt`, after[0]); i >= 0 {
			to = append(to, "\"\\/\b\f\n\r\t"[i])
			s = after[1:]
			continue
		}
		r, ok := unit(after)
		if !ok {
			return to, false
		}
		s = after[5:]
		if utf16.IsSurrogate(r) {
			low, ok := rune(0), strings.HasPrefix(s, `\`)
			if ok {
				low, ok = unit(s[1:])
			}
			if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
				return to, false
			}
			s = s[6:]
		}
		to = utf8.AppendRune(to, r)
	}
}

// unit reads the u and the four digits of an escape.
func unit(s string) (rune, bool) {
	if len(s) < 5 || s[0] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[1:5], 16, 16)
	return rune(n), err == nil
}
