package synth

// chip is a tune, its chords broken fast, and noise for drums.
func chip(s *song) {
	for bar, c := range s.chords {
		for i := range 32 {
			s.tone(note{
				at: s.when(bar, float64(i)/8), length: s.long(0.125), hertz: s.hertz(c + 7 + []int{0, 2, 4}[i%3]), gain: 0.16, attack: 12, release: 40,
			}, chipVoice())
		}
		for i := range 8 {
			s.tone(note{
				at: s.when(bar, float64(i)/2), length: s.long(0.42), hertz: s.hertz(c - 7 + 7*(i%2)), gain: 0.4, attack: 12, release: 80,
			}, chipVoice())
		}
		for i := range 4 {
			s.hiss(s.when(bar, float64(i)+0.5), 0.05, 0.012, 0.4, 0.8)
			if i%2 == 1 {
				s.hiss(s.when(bar, float64(i)), 0.12, 0.04, 0.6, 0)
			} else {
				s.kick(s.when(bar, float64(i)), 0.8)
			}
		}
	}
	theme := s.walk(14, 11, 21, 16) // two bars that return, so that it sounds meant
	for bar := range s.bars {
		for i := range 8 {
			if step := theme[bar%2*8+i]; !s.rest(0.18) {
				s.tone(note{
					at: s.when(bar, float64(i)/2), length: s.long(0.4), hertz: s.hertz(step), gain: 0.4, attack: 12, release: 100,
				}, chipVoice())
			}
		}
	}
}

// jingle is a call of five notes in brass, and its answer in bells.
func jingle(s *song) {
	call := []float64{0, 0.5, 1, 1.5, 2}
	tune := append(s.walk(7, 5, 12, 4), 14)
	for bar, c := range s.chords {
		for i, b := range call {
			n := note{
				at: s.when(bar, b), length: s.long(0.45), hertz: s.hertz(tune[i]), gain: 0.4, attack: seconds(0.015), release: seconds(0.06),
			}
			if i == len(call)-1 {
				n.length = s.long(1.7)
			}
			if bar%2 == 1 {
				n.attack, n.hertz, n.length = 30, n.hertz*2, seconds(1.5)
				s.tone(n, bellVoice())
				continue
			}
			s.tone(n, hornVoice())
		}
		for _, step := range []int{c - 7, c, c + 2, c + 4} {
			s.tone(note{at: s.when(bar, 0), length: s.long(3.9), hertz: s.hertz(step), gain: 0.22, attack: seconds(0.05), release: seconds(0.3)}, padVoice())
		}
		for i := range 8 {
			s.hat(s.when(bar, float64(i)/2), 0.2, false)
		}
		s.kick(s.when(bar, 0), 1)
		s.kick(s.when(bar, 2), 1)
		s.snare(s.when(bar, 3), 0.6)
	}
	s.echo(s.long(0.5), 0.25, 2)
}

// testTone sounds for one and a half of every two seconds.
func testTone(s *song) {
	s.ring = s.ring[:MinSeconds*Rate]
	hertz := pick(s.dice, []float64{330, 440, 550, 660})
	for at := range MinSeconds / 2 {
		s.tone(note{at: at * 2 * Rate, length: seconds(1.5), hertz: hertz, gain: 1, attack: seconds(0.01), release: seconds(0.02)}, sineVoice())
	}
}

// clicks counts to twenty.
func clicks(s *song) {
	const count = 20
	s.ring = make(ring, count*Rate)
	s.scale, s.root = []int{0, 2, 4, 5, 7, 9, 11}, 60
	for second := range count {
		for again := range second/10 + 1 {
			n := note{at: second*Rate + again*Rate/5, length: seconds(0.19), hertz: s.hertz(second % 10), gain: 0.8, attack: 20, release: seconds(0.1)}
			s.tone(n, bellVoice())
			if second%10 == 0 {
				n.hertz *= 2
				s.tone(n, bellVoice())
			}
			s.rim(n.at, 0.5)
		}
	}
}
