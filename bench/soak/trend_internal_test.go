package main

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// grown is a trend that grows by so much a minute in its second half, after a
// first half that does what it wants.
func grown(n int, heap, goroutines float64) trend {
	var t trend
	for i := range n {
		m := float64(i) / 4
		t = append(t, sample{at: time.Duration(i) * 15 * time.Second, heap: 9000 + heap*m, goroutines: 100 + goroutines*m})
	}
	for i := range n / 2 {
		t[i].heap *= float64(i)
	}
	return t
}

func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		trend    trend
		answered int64
		fails    string
	}{
		"flat":             {grown(40, 0, 0), 1000, ""},
		"shrinking":        {grown(40, -500, -3), 1000, ""},
		"just so":          {grown(40, maxHeapSlope-1, maxGoroutineSlope-0.1), 1000, ""},
		"a growing heap":   {grown(40, maxHeapSlope+1, 0), 1000, "the heap grows"},
		"goroutines":       {grown(40, 0, maxGoroutineSlope+0.1), 1000, "more goroutines"},
		"too short":        {grown(2*minSamples-2, 0, 0), 1000, "prove nothing"},
		"nothing answered": {grown(40, 0, 0), 0, "only 0 of 500"},
		"too few answered": {grown(40, 0, 0), 499, "only 499 of 999"},
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			err := c.trend.judge(&out, c.answered, 500)
			if (err == nil) != (c.fails == "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %v, want %q", err, c.fails)
			}
			if !strings.Contains(out.String(), "second half: heap") {
				t.Errorf("it says %q", out.String())
			}
		})
	}
}
