package main

import "fmt"

// A goal is what we want of a measurement: at least a ratio or a value, or at
// most that where below says that less is better. With none 0 is as good as it
// gets: without a value nothing else will do. The zero goal wants nothing.
type goal struct {
	value float64
	ratio float64
	below bool
	none  bool
}

// String is the goal as the table shows it, "-" where there is none.
func (g goal) String() string {
	switch {
	case g.none && g.value == 0:
		return "0"
	case g.none:
		return "<= " + figure(g.value)
	case g.ratio > 0 && g.below:
		return fmt.Sprintf("<= %gx", g.ratio)
	case g.ratio > 0:
		return fmt.Sprintf(">= %gx", g.ratio)
	case g.value > 0 && g.below:
		return "<= " + figure(g.value)
	case g.value > 0:
		return ">= " + figure(g.value)
	default:
		return "-"
	}
}

// met tells whether the goal is reached, and nil where there is none.
func (g goal) met(value, ratio float64) *bool {
	var ok bool
	switch {
	case g.none:
		ok = value >= 0 && value <= g.value
	case g.ratio > 0 && g.below:
		ok = ratio > 0 && ratio <= g.ratio
	case g.ratio > 0:
		ok = ratio >= g.ratio
	case g.value > 0 && g.below:
		ok = value > 0 && value <= g.value
	case g.value > 0:
		ok = value >= g.value
	default:
		return nil
	}
	return &ok
}

// figure writes a number with three digits that count.
func figure(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%.2fM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%.1fk", v/1e3)
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	default:
		return fmt.Sprintf("%.3g", v)
	}
}
