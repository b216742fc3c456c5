package synth

import "math"

// kick is a sine that falls from high to low within a blink.
func (s *song) kick(at int, gain float64) {
	n := note{length: seconds(0.28), release: seconds(0.1), attack: seconds(0.002)}
	phase := 0.0
	for i := range n.length {
		t := float64(i) / Rate
		phase += 2 * math.Pi * (48 + 110*math.Exp(-t*38)) / Rate
		s.ring[(at+i)%len(s.ring)] += gain * math.Sin(phase) * math.Exp(-t*9) * n.swell(i)
	}
}

// tom is a tuned kick.
func (s *song) tom(at int, hertz, gain float64) {
	s.tone(note{at: at, length: seconds(0.4), hertz: hertz, gain: gain, attack: seconds(0.002), release: seconds(0.1)},
		[]partial{{1, 1, 0.14}, {1.5, 0.4, 0.07}, {2.2, 0.2, 0.04}})
	s.hiss(at, 0.05, 0.012, gain*0.2, 0.3)
}

// snare is a short tone under noise.
func (s *song) snare(at int, gain float64) {
	s.tone(note{at: at, length: seconds(0.16), hertz: 185, gain: gain * 0.6, attack: 20, release: seconds(0.05)},
		[]partial{{1, 1, 0.05}, {1.8, 0.5, 0.03}})
	s.hiss(at, 0.2, 0.055, gain*0.7, 0.35)
}

// hat is a breath of high noise.
func (s *song) hat(at int, gain float64, open bool) {
	if open {
		s.hiss(at, 0.25, 0.08, gain, 0.9)
		return
	}
	s.hiss(at, 0.06, 0.014, gain, 0.9)
}

// rim is a dry knock.
func (s *song) rim(at int, gain float64) {
	s.tone(note{at: at, length: seconds(0.06), hertz: 820, gain: gain, attack: 10, release: seconds(0.02)},
		[]partial{{1, 1, 0.012}, {1.47, 0.6, 0.008}})
}

// hiss is noise that fades, in seconds; edge from 0 to 1 takes its low part away.
func (s *song) hiss(at int, length, fade, gain, edge float64) {
	n := note{length: seconds(length), attack: 12, release: seconds(length / 3)}
	shrink := math.Exp(-1 / (fade * Rate))
	last := 0.0
	for i := range n.length {
		v := s.dice.Float64()*2 - 1
		s.ring[(at+i)%len(s.ring)] += gain * (v - edge*last) * n.swell(i)
		last = v
		gain *= shrink
	}
}

// noise is a ring of it, softened.
func (s *song) noise(hertz float64) ring {
	out := make(ring, len(s.ring))
	for i := range out {
		out[i] = s.dice.Float64()*2 - 1
	}
	out.soften(hertz)
	return out
}
