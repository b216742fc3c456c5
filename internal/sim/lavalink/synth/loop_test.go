package synth_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sim/lavalink/synth"
)

// steepest is the largest step between two samples, and how far the largest
// second step goes: what a click would stand out of.
func steepest(s []float64) (first, second float64) {
	for i := 2; i < len(s); i++ {
		first = max(first, math.Abs(s[i]-s[i-1]))
		second = max(second, math.Abs(s[i]-2*s[i-1]+s[i-2]))
	}
	return first, second
}

func TestEveryStyle(t *testing.T) {
	for _, style := range synth.Styles() {
		t.Run(string(style), func(t *testing.T) {
			wav := synth.Loop("a track", style)
			s := samples(t, wav)
			if length := float64(len(s)) / synth.Rate; length < synth.MinSeconds || length > synth.MaxSeconds {
				t.Errorf("it lasts %g s", length)
			}
			peak, power, mean := 0.0, 0.0, 0.0
			for _, v := range s {
				peak = max(peak, math.Abs(v))
				power += v * v / float64(len(s))
				mean += v / float64(len(s))
			}
			if peak > 0.86 || math.Sqrt(power) < 0.02 || math.Sqrt(power) > 0.16 || math.Abs(mean) > 0.02 {
				t.Errorf("peak %g, loudness %g, mean %g", peak, math.Sqrt(power), mean)
			}
			n := len(s)
			first, second := steepest(s)
			if step := math.Abs(s[0] - s[n-1]); step > first {
				t.Errorf("the seam jumps by %g, inside nothing jumps further than %g", step, first)
			}
			if bend := math.Abs(s[1] - 2*s[0] + s[n-1]); bend > second {
				t.Errorf("the seam bends by %g, inside nothing bends further than %g", bend, second)
			}
			if !bytes.Equal(wav, synth.Loop("a track", style)) {
				t.Error("the same word sounds different at the second time")
			}
			if style != synth.StyleClicks && style != synth.StyleTone && bytes.Equal(wav, synth.Loop("another track", style)) {
				t.Error("another word sounds the same")
			}
		})
	}
}

func TestLoopsOfOddWords(t *testing.T) {
	words := []string{"", " ", "é", "\x00", "\xff\xfe", strings.Repeat("long ", 5000), "radio-halcyon", "archive-0001", "../..", "<b>", "日本", "a\nb"}
	for i, word := range words {
		s := samples(t, synth.Loop(word, synth.Styles()[i%len(synth.Styles())]))
		if length := float64(len(s)) / synth.Rate; length < synth.MinSeconds || length > synth.MaxSeconds {
			t.Errorf("%.20q lasts %g s", word, length)
		}
	}
}

// The styles must be told apart by ear: how bright they are and how much their
// loudness moves differs from style to style.
func TestStylesSoundDifferent(t *testing.T) {
	type mark struct{ bright, moving float64 }
	marks := map[synth.Style]mark{}
	for _, style := range synth.Styles() {
		s := samples(t, synth.Loop("one word", style))
		crossings, var2, last := 0, 0.0, -1.0
		for i := synth.Rate / 10; i <= len(s); i += synth.Rate / 10 {
			power := 0.0
			for j := i - synth.Rate/10; j < i; j++ {
				power += s[j] * s[j] / (synth.Rate / 10)
				if j > 0 && (s[j] >= 0) != (s[j-1] >= 0) {
					crossings++
				}
			}
			level := math.Sqrt(power)
			if last >= 0 {
				var2 += math.Abs(level - last)
			}
			last = level
		}
		marks[style] = mark{float64(crossings) / float64(len(s)), var2 / float64(len(s)) * synth.Rate}
	}
	for a, x := range marks {
		for b, y := range marks {
			if a != b && math.Abs(x.bright/y.bright-1) < 0.02 && math.Abs(x.moving/y.moving-1) < 0.02 {
				t.Errorf("%s and %s are alike: %+v, %+v", a, b, x, y)
			}
		}
	}
}

// A jump in the click track is heard: each second begins with silence broken,
// and from the tenth on a second click follows.
func TestClicksCount(t *testing.T) {
	s := samples(t, synth.Loop("any", synth.StyleClicks))
	if len(s) != 20*synth.Rate {
		t.Fatalf("%d samples", len(s))
	}
	loud := func(from, to float64) float64 {
		peak := 0.0
		for _, v := range s[int(from*synth.Rate):int(to*synth.Rate)] {
			peak = max(peak, math.Abs(v))
		}
		return peak
	}
	for second := range 20 {
		at := float64(second)
		if loud(at, at+0.05) < 0.2 {
			t.Errorf("no click at second %d", second)
		}
		if loud(at+0.9, at+0.99) > 0.05 {
			t.Errorf("no silence before second %d", second+1)
		}
		if twice := loud(at+0.19, at+0.25)/loud(at+0.1, at+0.18) > 1.2; twice != (second >= 10) {
			t.Errorf("second %d clicks twice: %v", second, twice)
		}
	}
}

func TestStyleOf(t *testing.T) {
	seen := map[synth.Style]bool{}
	for i := range 200 {
		word := string(rune('a'+i%26)) + string(rune('a'+i/26))
		style := synth.StyleOf(word)
		if style != synth.StyleOf(word) {
			t.Fatalf("%s changes its style", word)
		}
		seen[style] = true
	}
	if len(seen) != 8 || seen[synth.StyleTone] || seen[synth.StyleClicks] || seen[synth.StyleJingle] {
		t.Fatalf("styles %v", seen)
	}
	if !bytes.Equal(synth.Loop("w", "no such style"), synth.Loop("w", synth.StyleOf("w"))) {
		t.Fatal("an unknown style is not the word's own")
	}
}

func BenchmarkLoop(b *testing.B) {
	for _, style := range synth.Styles() {
		b.Run(string(style), func(b *testing.B) {
			for b.Loop() {
				synth.Loop("ocean-floor", style)
			}
		})
	}
}
