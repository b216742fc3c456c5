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

// special is not 0 where one of the eight bytes is a control character, a quote
// or a backslash. It answers only "is there one": borrows may mark a byte above
// the first that is meant.
func special(w uint64) uint64 {
	quote := w ^ lows*'"'
	slash := w ^ lows*'\\'
	return ((w-lows*0x20)&^w | (quote-lows)&^quote | (slash-lows)&^slash) & highs
}

// appendText appends the inside of a JSON string. Nearly all text needs no
// escape, so it is copied first and looked at then.
func appendText(dst []byte, s string) []byte {
	start := len(dst)
	dst = append(dst, s...)
	if plain(dst[start:]) {
		return dst
	}
	return appendEscaped(dst[:start], s)
}

// plain is true for ASCII without anything to escape.
func plain(b []byte) bool {
	if len(b) < 8 {
		for _, c := range b {
			if c < 0x20 || c >= utf8.RuneSelf || c == '"' || c == '\\' {
				return false
			}
		}
		return true
	}
	var found uint64
	for i := 0; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		found |= special(w) | w&highs
	}
	w := binary.LittleEndian.Uint64(b[len(b)-8:])
	return found|special(w)|w&highs == 0
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
