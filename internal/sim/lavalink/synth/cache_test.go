package synth_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/sim/lavalink/synth"
)

func TestCacheKeeps(t *testing.T) {
	c := synth.NewCache(0)
	first := c.Loop("a", synth.StyleTone)
	if !bytes.Equal(first.WAV, synth.Loop("a", synth.StyleTone)) || first.Tag == "" {
		t.Fatalf("%d bytes, tag %q", len(first.WAV), first.Tag)
	}
	if again := c.Loop("a", synth.StyleTone); &again.WAV[0] != &first.WAV[0] || again.Tag != first.Tag {
		t.Fatal("it was made twice")
	}
	if other := c.Loop("a", synth.StyleClicks); other.Tag == first.Tag {
		t.Fatal("different sounds have one tag")
	}
	if loops, held := c.Held(); loops != 2 || held != len(first.WAV)+len(c.Loop("a", synth.StyleClicks).WAV) {
		t.Fatalf("%d loops of %d bytes", loops, held)
	}
}

func TestCacheIsBounded(t *testing.T) {
	size := len(synth.Loop("0", synth.StyleTone)) // all test tones are as long
	c := synth.NewCache(3*size + 1)
	kept := c.Loop("0", synth.StyleTone)
	for i := 1; i < 8; i++ {
		c.Loop(fmt.Sprint(i), synth.StyleTone)
		if again := c.Loop("0", synth.StyleTone); &again.WAV[0] != &kept.WAV[0] {
			t.Fatal("what was wanted again and again was let go")
		}
	}
	if loops, held := c.Held(); loops != 3 || held != 3*size {
		t.Fatalf("%d loops of %d bytes", loops, held)
	}
	tiny := synth.NewCache(1)
	for range 3 {
		if s := tiny.Loop("x", synth.StyleTone); len(s.WAV) != size {
			t.Fatalf("%d bytes", len(s.WAV))
		}
		tiny.Loop("y", synth.StyleTone)
	}
	if loops, _ := tiny.Held(); loops != 1 {
		t.Fatalf("%d loops", loops)
	}
}

func TestCacheByMany(t *testing.T) {
	c := synth.NewCache(1 << 20)
	want := map[string]string{}
	for i := range 4 {
		want[fmt.Sprint(i)] = c.Loop(fmt.Sprint(i), synth.StyleTone).Tag
	}
	var wg sync.WaitGroup
	for g := range 6 {
		wg.Go(func() {
			for i := range 8 {
				word := fmt.Sprint((i + g) % 4)
				if s := c.Loop(word, synth.StyleTone); s.Tag != want[word] || len(s.WAV) == 0 {
					t.Errorf("%s has the tag %s", word, s.Tag)
				}
			}
		})
	}
	wg.Wait()
	if loops, held := c.Held(); held > 1<<20 || loops < 1 {
		t.Fatalf("%d loops of %d bytes", loops, held)
	}
}
