package synth

import (
	"encoding/binary"
	"math"
)

// Shape of every loop: mono, 16 bits a sample.
const (
	// Rate is the number of samples a second.
	Rate = 22_050
	// MinSeconds and MaxSeconds are the bounds of a loop's length.
	MinSeconds = 8
	MaxSeconds = 24

	headerSize = 44
	loudest    = 0.85 // of full scale
	loudness   = 0.15 // mean square root of all loops, as far as loudest allows
)

// Loop returns a loop as a WAV file: RIFF, PCM, mono, 16 bits, Rate samples a
// second. An unknown style is taken as the one of StyleOf.
func Loop(word string, style Style) []byte {
	c, ok := composers()[style]
	if !ok {
		style = StyleOf(word)
		c = composers()[style]
	}
	s := newSong(word, style, c)
	c.play(s)
	return wav(s.ring)
}

func wav(ring []float64) []byte {
	peak, power := 1e-9, 1e-9
	for _, v := range ring {
		peak = max(peak, math.Abs(v))
		power += v * v
	}
	gain := min(loudest/peak, loudness/math.Sqrt(power/float64(len(ring)))) * math.MaxInt16
	out := make([]byte, headerSize, headerSize+2*len(ring))
	size := uint32(2 * len(ring)) //nolint:gosec // at most MaxSeconds of samples
	copy(out, "RIFF")
	binary.LittleEndian.PutUint32(out[4:], headerSize-8+size)
	copy(out[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(out[16:], 16)
	binary.LittleEndian.PutUint16(out[20:], 1) // PCM
	binary.LittleEndian.PutUint16(out[22:], 1) // channels
	binary.LittleEndian.PutUint32(out[24:], Rate)
	binary.LittleEndian.PutUint32(out[28:], Rate*2)
	binary.LittleEndian.PutUint16(out[32:], 2)
	binary.LittleEndian.PutUint16(out[34:], 16)
	copy(out[36:], "data")
	binary.LittleEndian.PutUint32(out[40:], size)
	for _, v := range ring {
		sample := int16(math.Round(v * gain))                       // within loudest of full scale
		out = binary.LittleEndian.AppendUint16(out, uint16(sample)) //nolint:gosec // the bits of a sample, with its sign
	}
	return out
}
