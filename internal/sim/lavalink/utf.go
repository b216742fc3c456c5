package lavalink

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// decodeUTF reads Java's modified UTF-8. It refuses broken sequences, lone
// surrogates and overlong forms other than that of NUL, so that what is
// accepted encodes to the same text again.
func decodeUTF(b []byte) (string, bool) {
	var out strings.Builder
	out.Grow(len(b))
	for i := 0; i < len(b); {
		r, n, ok := javaRune(b[i:])
		if !ok {
			return "", false
		}
		i += n
		if utf16.IsSurrogate(r) {
			low, m, ok := javaRune(b[i:])
			if !ok {
				return "", false
			}
			i += m
			if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
				return "", false
			}
		}
		out.WriteRune(r)
	}
	return out.String(), true
}

func javaRune(b []byte) (rune, int, bool) {
	cont := func(i int) (rune, bool) {
		if i >= len(b) || b[i]&0xC0 != 0x80 {
			return 0, false
		}
		return rune(b[i] & 0x3F), true
	}
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] != 0 && b[0] < 0x80:
		return rune(b[0]), 1, true
	case b[0]&0xE0 == 0xC0:
		low, ok := cont(1)
		r := rune(b[0]&0x1F)<<6 | low
		return r, 2, ok && (r == 0 || r >= 0x80)
	case b[0]&0xF0 == 0xE0:
		mid, ok1 := cont(1)
		low, ok2 := cont(2)
		r := rune(b[0]&0x0F)<<12 | mid<<6 | low
		return r, 3, ok1 && ok2 && r >= 0x800
	default:
		return 0, 0, false
	}
}
