package synth

// arpeggio runs through the chords in sixteenths over a straight beat.
func arpeggio(s *song) {
	shape := pick(s.dice, [][]int{{0, 2, 4, 7}, {0, 4, 7, 9}, {7, 4, 2, 0}, {0, 7, 4, 9, 2}, {0, 4, 2, 7, 4, 9}})
	for bar, c := range s.chords {
		for i := range 16 {
			s.tone(note{
				at: s.when(bar, float64(i)/4), length: seconds(0.4), hertz: s.hertz(c + 7 + shape[(bar*16+i)%len(shape)]),
				gain: 0.45 + 0.15*float64(i%4/3), attack: 40, release: seconds(0.1),
			}, sequenceVoice())
		}
		for i := range 8 {
			s.tone(note{
				at: s.when(bar, float64(i)/2+0.25), length: s.long(0.4), hertz: s.hertz(c - 7), gain: 0.55, attack: 60, release: seconds(0.05),
			}, bassVoice())
		}
	}
	s.echo(s.long(0.75), 0.4, 3)
	for bar := range s.bars {
		for beat := range 4 {
			s.kick(s.when(bar, float64(beat)), 1.5)
			s.hat(s.when(bar, float64(beat)+0.5), 0.3, beat == 3)
			if beat%2 == 1 {
				s.snare(s.when(bar, float64(beat)), 0.6)
			}
		}
	}
}

// drumming is a kit alone: a pattern that is kept, and a fill that ends four bars.
func drumming(s *song) {
	kicks := pick(s.dice, [][]float64{{0, 1.75, 2.5}, {0, 0.75, 2, 2.75}, {0, 1.5, 2.25, 3.5}, {0, 2.5}})
	ghosts := pick(s.dice, [][]float64{{1.75, 2.25}, {0.75, 3.75}, {2.75}, {1.25, 2.25, 3.75}})
	for bar := range s.bars {
		for _, b := range kicks {
			s.kick(s.when(bar, b), 1.5)
		}
		for _, b := range ghosts {
			s.snare(s.when(bar, b), 0.22)
		}
		s.snare(s.when(bar, 1), 1)
		for i := range 8 {
			s.hat(s.when(bar, float64(i)/2), 0.28+0.14*float64(1-i%2), i == 7)
		}
		if bar%4 != 3 {
			s.snare(s.when(bar, 3), 1)
			continue
		}
		for i := range 6 {
			s.tom(s.when(bar, 2.5+float64(i)/4), s.hertz(4-i), 1.1)
		}
	}
	for bar, c := range s.chords {
		s.tom(s.when(bar, 0.5), s.hertz(c), 0.5)
		s.tom(s.when(bar, 3.5), s.hertz(c+4), 0.5)
	}
}

// bassline is deep, late and sparse.
func bassline(s *song) {
	shape := pick(s.dice, [][]float64{{0, 0.75, 1.5, 2.5, 3.25}, {0, 1, 1.75, 2.5, 3.5}, {0.5, 1, 2, 2.75, 3.5}, {0, 0.5, 1.5, 2.25, 3}})
	for bar, c := range s.chords {
		for i, b := range shape {
			step := c - 7
			if i > 0 {
				step += pick(s.dice, []int{0, 0, 2, 4, 7, -1})
			}
			s.tone(note{
				at: s.when(bar, b), length: s.long(0.7), hertz: s.hertz(step), gain: 1.1, attack: 80, release: seconds(0.08),
			}, bassVoice())
		}
		for _, step := range []int{c + 7, c + 9, c + 11} { // a skank on the off-beats
			s.tone(note{at: s.when(bar, 1.5), length: seconds(0.18), hertz: s.hertz(step), gain: 0.2, attack: 60, release: seconds(0.08)}, keysVoice())
			s.tone(note{at: s.when(bar, 3.5), length: seconds(0.18), hertz: s.hertz(step), gain: 0.2, attack: 60, release: seconds(0.08)}, keysVoice())
		}
		s.kick(s.when(bar, 0), 1.1)
		s.kick(s.when(bar, 2), 1.3)
		s.rim(s.when(bar, 1), 0.5)
		s.rim(s.when(bar, 3), 0.5)
		for i := range 8 {
			s.hat(s.when(bar, float64(i)/2), 0.14+0.1*float64(i%2), false)
		}
	}
	s.echo(s.long(0.75), 0.22, 2)
}

// keys are warm chords of four notes over a beat that drags.
func keys(s *song) {
	const drag = 0.09 // of a beat
	for bar, c := range s.chords {
		for i, step := range []int{c, c + 4, c + 6, c + 9} {
			s.tone(note{
				at: s.when(bar, 0.03*float64(i)), length: s.long(3.6), hertz: s.hertz(step + 7), gain: 0.5, attack: 60, release: seconds(0.5),
			}, keysVoice())
			s.tone(note{
				at: s.when(bar, 2.5+drag), length: s.long(1.4), hertz: s.hertz(step + 7), gain: 0.3, attack: 60, release: seconds(0.4),
			}, keysVoice())
		}
		s.tone(note{at: s.when(bar, 0), length: s.long(1.8), hertz: s.hertz(c - 7), gain: 0.8, attack: 80, release: seconds(0.1)}, bassVoice())
		s.tone(note{at: s.when(bar, 2.5+drag), length: s.long(1.2), hertz: s.hertz(c - 7), gain: 0.7, attack: 80, release: seconds(0.1)}, bassVoice())
	}
	for i, step := range s.walk(16, 13, 22, s.bars*4) {
		if !s.rest(0.55) {
			s.tone(note{at: s.when(i/4, float64(i%4)+0.5+drag), length: seconds(0.9), hertz: s.hertz(step), gain: 0.3, attack: 40, release: seconds(0.3)}, keysVoice())
		}
	}
	s.soften(3200)
	for bar := range s.bars {
		s.kick(s.when(bar, 0), 1.2)
		s.kick(s.when(bar, 2.5+drag), 0.9)
		s.snare(s.when(bar, 1+drag/2), 0.5)
		s.snare(s.when(bar, 3+drag/2), 0.5)
		for i := range 8 {
			s.hat(s.when(bar, float64(i)/2+drag*float64(i%2)), 0.16, false)
		}
	}
	s.add(s.noise(5000), 0.02)
}
