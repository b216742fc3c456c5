package event

import (
	"encoding/binary"
	"unicode/utf8"
)

// A word of eight bytes is looked at as one: lows has 1 in every byte, highs
// has the top bit.
const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// marks has the top bit of a byte set where that byte is a control character, a
// quote, a backslash or not ASCII; flipping 0x02 puts the quote (0x22) right
// above the control characters, so that one subtraction finds both. Only the
// lowest mark is certain: a borrow may mark bytes above it.
func marks(w uint64) uint64 {
	return (w ^ lows*0x02 - lows*0x21) | (w ^ lows*'\\' - lows)
}

// appendText appends the inside of a JSON string. Nearly all text needs no
// escape, so it is copied eight bytes at a time while it is looked at, and
// written anew where something was found.
func appendText(dst []byte, s string) []byte {
	start, whole := len(dst), s
	if len(s) < 8 || cap(dst)-start < len(s) {
		return appendEscaped(dst, s)
	}
	dst = dst[:start+len(s)]
	last := word(s[len(s)-8:])
	binary.LittleEndian.PutUint64(dst[len(dst)-8:], last)
	found := marks(last)
	for to := dst[start:]; len(s) > 8 && len(to) > 8; s, to = s[8:], to[8:] {
		w := word(s)
		binary.LittleEndian.PutUint64(to, w)
		found |= marks(w)
	}
	if found&highs == 0 {
		return dst
	}
	return appendEscaped(dst[:start], whole)
}

// word reads eight bytes of a string; the compiler makes one load of it.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// appendEscaped appends the inside of a JSON string, escaping what RFC 8259
// (section 7) says must be and replacing invalid UTF-8 with U+FFFD.
func appendEscaped(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		i++
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c >= 0x20:
			dst = append(dst, c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	return dst
}
