package lavalink

import "github.com/atrilhq/platform/internal/sim/lavalink/synth"

// Genre is the kind of music of a track. Its word finds the track, and its
// sound is of the genre's style.
type Genre string

// The genres of the sandbox's library.
const (
	GenreAmbient    Genre = "ambient"
	GenreElectronic Genre = "electronic"
	GenreDrums      Genre = "drums"
	GenreDub        Genre = "dub"
	GenreChimes     Genre = "chimes"
	GenreAcoustic   Genre = "acoustic"
	GenreLofi       Genre = "lofi"
	GenreChiptune   Genre = "chiptune"
	GenreRadio      Genre = "radio"
	GenreTone       Genre = "tone"
	GenreClicks     Genre = "clicks"
)

// style is how the track sounds; one without a genre sounds as its identifier says.
func (t *Track) style() synth.Style {
	switch t.Genre {
	case GenreAmbient:
		return synth.StylePads
	case GenreElectronic:
		return synth.StyleArpeggio
	case GenreDrums:
		return synth.StyleDrums
	case GenreDub:
		return synth.StyleBass
	case GenreChimes:
		return synth.StyleChimes
	case GenreAcoustic:
		return synth.StylePlucked
	case GenreLofi:
		return synth.StyleKeys
	case GenreChiptune:
		return synth.StyleChip
	case GenreRadio:
		return synth.StyleJingle
	case GenreTone:
		return synth.StyleTone
	case GenreClicks:
		return synth.StyleClicks
	default:
		return synth.StyleOf(t.ID)
	}
}
