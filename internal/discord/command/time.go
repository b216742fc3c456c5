package command

import (
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// ReasonTimeUnreadable is said of a time that cannot be read; Query is what was
// typed. Only what is typed on a surface can be unreadable, so the core does not
// know it.
const ReasonTimeUnreadable music.Reason = "time_unreadable"

const (
	// maxTime is the latest position that can be typed.
	maxTime = 100 * time.Hour
	// maxTimeText is the longest text that is read as a time, in bytes.
	maxTimeText = 32
)

// ParseTime reads a position as members write it: seconds (83), with colons
// (1:23, 1:02:03) or with units (1h2m, 2m30s, 90s). What stands behind a larger
// unit is below 60. It is false for anything else and for 100 hours or more.
func ParseTime(s string) (time.Duration, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || len(s) > maxTimeText {
		return 0, false
	}
	if strings.ContainsAny(s, "hms") {
		return withUnits(strings.ReplaceAll(s, " ", ""))
	}
	return withColons(s)
}

// withColons reads 83, 1:23 and 1:02:03.
func withColons(s string) (time.Duration, bool) {
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	var total time.Duration
	for i, part := range parts {
		n, ok := digits(part)
		if !ok || i > 0 && (n >= 60 || len(part) > 2) {
			return 0, false
		}
		total = total*60 + time.Duration(n)*time.Second
	}
	return total, total < maxTime
}

// withUnits reads 1h2m3s, of which each part may be missing.
func withUnits(s string) (time.Duration, bool) {
	var total time.Duration
	larger := false
	for _, u := range []struct {
		unit byte
		size time.Duration
	}{{'h', time.Hour}, {'m', time.Minute}, {'s', time.Second}} {
		i := strings.IndexByte(s, u.unit)
		if i < 0 {
			continue
		}
		n, ok := digits(s[:i])
		if !ok || larger && n >= 60 {
			return 0, false
		}
		total += time.Duration(n) * u.size
		s, larger = s[i+1:], true
	}
	return total, s == "" && total < maxTime
}

// digits reads a number of at most six digits, which no time here overflows.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 6 || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}
