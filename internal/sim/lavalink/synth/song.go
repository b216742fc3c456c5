package synth

import (
	"math"
	"math/rand/v2"
)

// song is what a composer writes into: a ring of whole bars of four beats, a
// key, and a row of chords that returns to its start.
type song struct {
	ring

	dice   *rand.Rand
	beat   int // samples
	bars   int
	root   int // a number of MIDI
	scale  []int
	chords []int // one a bar, as steps of the scale
}

func newSong(word string, style Style, c composer) *song {
	s := &song{dice: chance(string(style) + " " + word)}
	bpm := c.slow + s.dice.IntN(c.fast-c.slow+1)
	s.beat = 60 * Rate / bpm
	s.bars = 8
	if s.bars*4*s.beat > MaxSeconds*Rate {
		s.bars = 4
	}
	s.ring = make(ring, s.bars*4*s.beat)
	s.root = 45 + s.dice.IntN(10)
	s.scale = pick(s.dice, [][]int{
		{0, 2, 4, 5, 7, 9, 11}, // major
		{0, 2, 3, 5, 7, 8, 10}, // minor
		{0, 2, 3, 5, 7, 9, 10}, // dorian
		{0, 2, 4, 5, 7, 9, 10}, // mixolydian
	})
	row := pick(s.dice, [][]int{{0, 5, 3, 4}, {0, 3, 4, 3}, {0, 4, 5, 3}, {0, 2, 3, 4}, {5, 3, 0, 4}, {0, 3, 5, 4}})
	for bar := range s.bars {
		s.chords = append(s.chords, row[bar*len(row)/max(s.bars, len(row))%len(row)])
	}
	return s
}

func pick[T any](dice *rand.Rand, from []T) T { return from[dice.IntN(len(from))] }

// hertz is the pitch of a step of the scale; seven steps are an octave, and
// steps below zero lie under the root.
func (s *song) hertz(step int) float64 {
	octave := int(math.Floor(float64(step) / float64(len(s.scale))))
	key := s.root + 12*octave + s.scale[step-octave*len(s.scale)]
	return 440 * math.Pow(2, float64(key-69)/12)
}

// when is a place in samples: bar, and beats into it.
func (s *song) when(bar int, beats float64) int {
	return bar*4*s.beat + int(beats*float64(s.beat))
}

// long is a length of beats in samples.
func (s *song) long(beats float64) int { return int(beats * float64(s.beat)) }

// walk is a melody: steps that stay near where they are, within bounds.
func (s *song) walk(from, low, high, count int) []int {
	out := make([]int, count)
	for i := range out {
		from = min(max(from+pick(s.dice, []int{-2, -1, -1, 0, 1, 1, 2, 3, -3}), low), high)
		out[i] = from
	}
	return out
}

// rest is true as often as a part of one says.
func (s *song) rest(share float64) bool { return s.dice.Float64() < share }
