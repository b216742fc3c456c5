package render

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns untrusted text as it can stand in a message: one line, without
// control characters and marks that turn its direction, every character that
// Discord's markdown gives a meaning escaped, at most limit UTF-16 units long.
// What is cut ends in an ellipsis. Text in which nothing is to be seen comes
// back empty.
func Text(s string, limit int) string { return write(s, limit, escaped) }

// label is Text as it can stand between the brackets of a link. Parsers do not
// agree on escaped brackets there, so they become parentheses.
func label(s string, limit int) string {
	return write(s, limit, func(r rune, first bool) string {
		switch r {
		case '[':
			return "("
		case ']':
			return ")"
		}
		return escaped(r, first)
	})
}

// plain is Text for where Discord knows no markdown: labels of buttons, menus and
// suggestions. Nothing is escaped there.
func plain(s string, limit int) string {
	return write(s, limit, func(r rune, _ bool) string { return string(r) })
}

func write(s string, limit int, each func(r rune, first bool) string) string {
	s = clean(s, limit)
	if !visible(s) || limit < 1 {
		return ""
	}
	var b strings.Builder
	var keep, n int // bytes that leave room for an ellipsis; units so far
	for i, r := range s {
		piece := each(r, i == 0)
		n += units(piece)
		if n > limit {
			return strings.TrimRight(b.String()[:keep], " ") + "…"
		}
		b.WriteString(piece)
		if n < limit {
			keep = b.Len()
		}
	}
	return b.String()
}

// escaped returns a character so that it stands for itself. Addresses are
// broken up by their slashes, mentions by their @ and <.
func escaped(r rune, first bool) string {
	if strings.ContainsRune("\\*_~`|<>[]#@/", r) || first && (r == '-' || r == '+') {
		return `\` + string(r)
	}
	return string(r)
}

// maxMarks is how many combining marks may stand on one character. Every script
// in use gets along with fewer; more are there to paint over other lines.
const maxMarks = 4

// clean returns s in one line without what is not text. It reads no more of it
// than what can matter for limit units.
func clean(s string, limit int) string {
	var b strings.Builder
	space, marks := true, 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			if !space {
				b.WriteByte(' ')
			}
			space, marks = true, 0
			continue
		case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Co, r), unicode.Is(unicode.Bidi_Control, r):
			continue
		case unicode.Is(unicode.Cf, r) && !joins(r):
			continue
		case unicode.Is(unicode.M, r):
			if marks++; marks > maxMarks {
				continue
			}
		default:
			marks = 0
		}
		space = false
		b.WriteRune(r)
		if b.Len() > 4*limit+4 { // four bytes a unit at most: it will be cut
			break
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// joins is true for the two characters that shape words and emoji without being
// seen.
func joins(r rune) bool { return r == '\u200c' || r == '\u200d' }

// visible is true where there is something to see.
func visible(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool {
		switch r {
		case '\u2800', '\u3164', '\u115f', '\u1160', '\uffa0': // blanks that count as letters or symbols
			return false
		}
		return !unicode.IsSpace(r) && !unicode.Is(unicode.M, r) && !joins(r)
	})
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}
