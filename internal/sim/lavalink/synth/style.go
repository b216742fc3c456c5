package synth

import (
	"hash/fnv"
	"math/rand/v2"
)

// Style is a kind of music.
type Style string

// The styles.
const (
	// StylePads are slow chords over waves of a sea.
	StylePads Style = "pads"
	// StyleArpeggio is a running sequence over a straight beat.
	StyleArpeggio Style = "arpeggio"
	// StyleDrums is a drum kit alone, with toms for a melody.
	StyleDrums Style = "drums"
	// StyleBass is a deep line with a sparse beat.
	StyleBass Style = "bass"
	// StyleChimes are bells with an echo.
	StyleChimes Style = "chimes"
	// StylePlucked are strings, picked.
	StylePlucked Style = "plucked"
	// StyleKeys are warm chords of an electric piano over a lazy beat.
	StyleKeys Style = "keys"
	// StyleChip is the music of old games.
	StyleChip Style = "chip"
	// StyleJingle is what a radio station calls itself with.
	StyleJingle Style = "jingle"
	// StyleTone is a test tone: one and a half seconds of sound, half a second of none.
	StyleTone Style = "tone"
	// StyleClicks counts seconds: each has a click, every second of ten another
	// note, and those from ten to nineteen click twice, so that a jump is heard.
	StyleClicks Style = "clicks"
)

type composer struct {
	slow, fast int // beats a minute
	play       func(*song)
}

func composers() map[Style]composer {
	return map[Style]composer{
		StylePads:     {60, 76, pads},
		StyleArpeggio: {112, 132, arpeggio},
		StyleDrums:    {92, 128, drumming},
		StyleBass:     {84, 104, bassline},
		StyleChimes:   {70, 92, chimes},
		StylePlucked:  {84, 116, plucked},
		StyleKeys:     {72, 86, keys},
		StyleChip:     {120, 150, chip},
		StyleJingle:   {104, 120, jingle},
		StyleTone:     {60, 60, testTone},
		StyleClicks:   {60, 60, clicks},
	}
}

// Styles are all styles, those first that are music.
func Styles() []Style {
	return []Style{
		StylePads, StyleArpeggio, StyleDrums, StyleBass, StyleChimes, StylePlucked, StyleKeys, StyleChip,
		StyleJingle, StyleTone, StyleClicks,
	}
}

// musical is how many of Styles are for a track that does not name its own.
const musical = 8

// StyleOf picks a style of music for a word, always the same.
func StyleOf(word string) Style { return Styles()[chance("style "+word).IntN(musical)] }

// chance is a source of decisions that depends on the word alone.
func chance(word string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(word))                         // a hash takes everything
	return rand.New(rand.NewPCG(h.Sum64(), 0x5DEECE66D)) //nolint:gosec // music, not a secret
}
