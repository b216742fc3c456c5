package synth_test

import (
	"encoding/binary"
	"testing"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/sim/lavalink/synth"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// samples reads a WAV file as a player would, and fails on any that is not
// whole, mono and of 16 bits.
func samples(t testing.TB, wav []byte) []float64 {
	t.Helper()
	le := binary.LittleEndian
	if len(wav) < 44 || string(wav[:4]) != "RIFF" || string(wav[8:16]) != "WAVEfmt " || string(wav[36:40]) != "data" {
		t.Fatalf("not a WAV file: % x", wav[:min(len(wav), 44)])
	}
	if riff, data := le.Uint32(wav[4:]), le.Uint32(wav[40:]); int(riff) != len(wav)-8 || int(data) != len(wav)-44 {
		t.Fatalf("sizes %d and %d in a file of %d bytes", riff, data, len(wav))
	}
	if format, channels, rate, speed, block, bits := le.Uint16(wav[20:]), le.Uint16(wav[22:]), le.Uint32(wav[24:]), le.Uint32(wav[28:]),
		le.Uint16(wav[32:]), le.Uint16(wav[34:]); format != 1 || channels != 1 || rate != synth.Rate || speed != 2*synth.Rate || block != 2 || bits != 16 {
		t.Fatalf("format %d, %d channels, %d Hz, %d bytes a second, %d a frame, %d bits", format, channels, rate, speed, block, bits)
	}
	out := make([]float64, (len(wav)-44)/2)
	for i := range out {
		out[i] = float64(int16(le.Uint16(wav[44+2*i:]))) / 32768 //nolint:gosec // the bits of a sample
	}
	return out
}
