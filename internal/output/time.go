package output

import (
	"fmt"
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// TimeFormat is how times are shown in tables. Programs always get RFC 3339.
type TimeFormat string

// The formats of times.
const (
	TimeRelative TimeFormat = "relative"
	TimeISO      TimeFormat = "iso"
	TimeRaw      TimeFormat = "raw"
)

// ParseTimeFormat returns the format of a name. Errors: Invalid.
func ParseTimeFormat(s string) (TimeFormat, error) {
	switch f := TimeFormat(s); f {
	case TimeRelative, TimeISO, TimeRaw:
		return f, nil
	}
	return "", fault.New(fault.Invalid, "output.ParseTimeFormat", fmt.Sprintf("there is no time format %q", s)).
		WithHint("the formats are relative, iso and raw")
}

// When shows a time: as 3m ago, as RFC 3339 in UTC, or as milliseconds since
// 1970. The zero time is shown as -.
func (p *Printer) When(t time.Time) string {
	switch {
	case t.IsZero():
		return "-"
	case p.Time == TimeISO:
		return t.UTC().Format(time.RFC3339)
	case p.Time == TimeRaw:
		return strconv.FormatInt(t.UnixMilli(), 10)
	}
	d := p.Now().Sub(t)
	if d < 0 {
		return "in " + Span(-d)
	}
	if d < time.Second {
		return "now"
	}
	return Span(d) + " ago"
}

// Span shows a duration by its two largest units, as 2h5m or 3d4h.
func Span(d time.Duration) string {
	s := int64(d / time.Second)
	switch {
	case s < 60:
		return strconv.FormatInt(s, 10) + "s"
	case s < 3600:
		return two(s/60, "m", s%60, "s")
	case s < 86400:
		return two(s/3600, "h", s/60%60, "m")
	}
	return two(s/86400, "d", s/3600%24, "h")
}

func two(a int64, au string, b int64, bu string) string {
	if b == 0 {
		return strconv.FormatInt(a, 10) + au
	}
	return fmt.Sprintf("%d%s%d%s", a, au, b, bu)
}

// Clock shows milliseconds of a track, as 3:05 or 1:02:03.
func Clock(ms int64) string {
	s := max(ms, 0) / 1000
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}
