package i18n

import (
	"fmt"
	"time"
)

// Number writes a whole number with the language's grouping of digits.
func (p *Printer) Number(n int) string { return p.numbers.Sprintf("%d", n) }

// Percent writes a whole number of percent.
func (p *Printer) Percent(n int) string { return p.Text(Percent, Args{"Value": p.Number(n)}) }

// Clock writes a length or a position as players do, in both languages alike:
// 0:07, 3:07, 1:02:03. What is shorter than a second counts as 0:00, and hours
// are not folded into days.
func Clock(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	if s < 3600 {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// Length writes a length of time in words, in its largest unit and the one
// below: 1 hour and 5 minutes.
func (p *Printer) Length(d time.Duration) string {
	units := []struct {
		id   ID
		size time.Duration
	}{{Days, 24 * time.Hour}, {Hours, time.Hour}, {Minutes, time.Minute}, {Seconds, time.Second}}
	d = max(d, 0)
	for i, u := range units[:len(units)-1] {
		if d < u.size {
			continue
		}
		large := p.Count(u.id, int(d/u.size), nil)
		small := int(d % u.size / units[i+1].size)
		if small == 0 {
			return large
		}
		return p.Text(TimePair, Args{"Large": large, "Small": p.Count(units[i+1].id, small, nil)})
	}
	return p.Count(Seconds, int(d/time.Second), nil)
}
