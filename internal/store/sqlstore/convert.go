package sqlstore

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what is stored in one field, in bytes. Names are keys of indexes,
// which PostgreSQL bounds at about 2,700.
const (
	maxName    = 512
	maxShown   = 256
	maxError   = 4 << 10
	maxPayload = 16 << 20
)

var (
	firstTime = time.Unix(0, math.MinInt64)
	lastTime  = time.Unix(0, math.MaxInt64)
)

// nanos is a time as columns hold it: nanoseconds since 1970, 0 for none. What
// lies beyond 1677 and 2262 becomes the nearest time that can be held.
func nanos(t time.Time) int64 {
	switch {
	case t.IsZero():
		return 0
	case t.Before(firstTime):
		return math.MinInt64
	case t.After(lastTime):
		return math.MaxInt64
	}
	return t.UnixNano()
}

func fromNanos(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// storable is true for a name that both engines take and give back as it is.
func storable(s string) bool {
	return len(s) <= maxName && utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// shown makes of a text something that both engines take, at most limit bytes
// long: columns for reading, beside a state that has the whole of it.
func shown(s string, limit int) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
