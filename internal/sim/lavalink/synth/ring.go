package synth

import "math"

// ring is the sound of a loop; what is written beyond its end goes on at its start.
type ring []float64

// partial is one sine of a voice: its frequency and loudness in parts of the
// note's, and how long it takes to fade by a factor e, in seconds; zero never fades.
type partial struct{ ratio, gain, fade float64 }

// note is when, how long, how high and how loud; attack and release are how
// long it takes to come and to go. All times are in samples.
type note struct {
	at, length      int
	hertz, gain     float64
	attack, release int
}

// seconds turns seconds into samples.
func seconds(s float64) int { return int(s * Rate) }

// tone writes a note as the sum of partials. Those that a loop's rate cannot
// carry are left out.
func (r ring) tone(n note, voice []partial) {
	n.attack, n.release = max(n.attack, 1), max(n.release, 1)
	for _, p := range voice {
		hertz := n.hertz * p.ratio
		if hertz > Rate*0.45 {
			continue
		}
		// A pointer that turns, and shrinks where the partial fades.
		shrink := 1.0
		if p.fade > 0 {
			shrink = math.Exp(-1 / (p.fade * Rate))
		}
		turn := 2 * math.Pi * hertz / Rate
		a, b := math.Cos(turn)*shrink, math.Sin(turn)*shrink
		x, y := n.gain*p.gain, 0.0
		at := n.at % len(r)
		for i := range n.length {
			r[at] += y * n.swell(i)
			x, y = x*a-y*b, x*b+y*a
			if at++; at == len(r) {
				at = 0
			}
		}
	}
}

// swell is how much of the note is heard at a sample of it, from 0 to 1.
func (n *note) swell(i int) float64 {
	e := 1.0
	if i < n.attack {
		e = float64(i) / float64(n.attack)
	}
	if left := n.length - i; left < n.release {
		e *= float64(left) / float64(n.release)
	}
	if e == 1 {
		return 1
	}
	return e * e * (3 - 2*e)
}

// echo adds copies of the ring, each later and softer.
func (r ring) echo(delay int, gain float64, times int) {
	dry := append(ring(nil), r...)
	for k := 1; k <= times; k++ {
		level, at := math.Pow(gain, float64(k)), (k*delay)%len(r)
		for _, v := range dry {
			r[at] += v * level
			if at++; at == len(r) {
				at = 0
			}
		}
	}
}

// soften takes away what is above a frequency. It goes round twice: at the
// second time the filter is where the end of the loop leaves it.
func (r ring) soften(hertz float64) {
	k := 1 - math.Exp(-2*math.Pi*hertz/Rate)
	y := 0.0
	for _, v := range r {
		y += k * (v - y)
	}
	for i, v := range r {
		y += k * (v - y)
		r[i] = y
	}
}

// add mixes another ring of the same length in.
func (r ring) add(other ring, gain float64) {
	for i, v := range other {
		r[i] += v * gain
	}
}
