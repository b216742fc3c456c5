package synth

import "math"

// pads writes slow chords over waves that roll in a whole number of times.
func pads(s *song) {
	for bar, c := range s.chords {
		for i, step := range []int{c, c + 2, c + 4, c + 7} {
			s.tone(note{
				at: s.when(bar, 0), length: s.long(5.5), hertz: s.hertz(step), gain: 0.5 - 0.06*float64(i),
				attack: seconds(1.1), release: seconds(1.6),
			}, padVoice())
		}
		s.tone(note{
			at: s.when(bar, 0), length: s.long(4.4), hertz: s.hertz(c - 7), gain: 0.55,
			attack: seconds(0.6), release: seconds(1),
		}, sineVoice())
	}
	for i, step := range s.walk(9, 5, 16, s.bars*2) {
		if s.rest(0.35) {
			continue
		}
		s.tone(note{
			at: s.when(i/2, float64(i%2)*2+0.5*float64(s.dice.IntN(3))), length: seconds(3), hertz: s.hertz(step), gain: 0.28,
			attack: seconds(0.004), release: seconds(0.6),
		}, bellVoice())
	}
	s.soften(2600)
	s.echo(s.long(0.75), 0.45, 4)
	waves := float64(2 + s.dice.IntN(2))
	sea := s.noise(500 + 500*s.dice.Float64())
	for i, v := range sea {
		height := 0.5 - 0.5*math.Cos(2*math.Pi*waves*float64(i)/float64(len(sea)))
		sea[i] = v * (0.15 + 0.85*height*height)
	}
	s.add(sea, 1.6)
}

// chimes writes bells that answer one another.
func chimes(s *song) {
	wide := []int{0, 2, 4, 6} // quarters and eighths within half a bar
	for i, step := range s.walk(12, 7, 21, s.bars*8) {
		if s.rest(0.3) {
			continue
		}
		s.tone(note{
			at: s.when(i/8, float64(i%8)/2), length: seconds(2.6), hertz: s.hertz(step), gain: 0.5 + 0.2*s.dice.Float64(),
			attack: seconds(0.002), release: seconds(0.5),
		}, bellVoice())
	}
	for bar, c := range s.chords {
		for _, w := range wide {
			s.tone(note{
				at: s.when(bar, 0), length: s.long(4.6), hertz: s.hertz(c + w - 7), gain: 0.1, attack: seconds(0.8), release: seconds(0.9),
			}, padVoice())
		}
	}
	s.echo(s.long(0.75), 0.5, 3)
}

// plucked writes picked strings: the thumb on the beats, the fingers between.
func plucked(s *song) {
	shape := pick(s.dice, [][]float64{
		{0.5, 1, 1.5, 2.5, 3, 3.5}, {0, 0.75, 1.5, 2, 2.75, 3.5}, {0.5, 1.25, 2, 2.5, 3.25}, {0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5},
	})
	for bar, c := range s.chords {
		for _, beat := range []float64{0, 2} {
			s.tone(note{
				at: s.when(bar, beat), length: s.long(2), hertz: s.hertz(c - 7 + int(beat)*2), gain: 0.9, attack: 40, release: seconds(0.2),
			}, stringVoice())
		}
		for _, beat := range shape {
			s.tone(note{
				at: s.when(bar, beat), length: seconds(1.4), hertz: s.hertz(c + pick(s.dice, []int{0, 2, 4, 7, 9})),
				gain: 0.5 + 0.2*s.dice.Float64(), attack: 30, release: seconds(0.3),
			}, stringVoice())
		}
	}
	tune := s.walk(9, 7, 15, s.bars*2)
	for i, step := range tune {
		if !s.rest(0.3) {
			s.tone(note{
				at: s.when(i/2, float64(i%2)*2), length: seconds(1.8), hertz: s.hertz(step), gain: 0.6, attack: 30, release: seconds(0.4),
			}, stringVoice())
		}
	}
	s.echo(seconds(0.09), 0.25, 2)
}
