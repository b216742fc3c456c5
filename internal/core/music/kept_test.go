package music_test

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
)

// message is a track whose texts stand in its handle, as a node makes it.
func message() music.Track {
	t := music.Track{
		Identifier: "a1b2c3", URI: "https://media.example.com/watch?v=a1b2c3", ISRC: "XXSBX1234567", Title: "The Long Way Around the Harbour",
		Author: "Salt Cathedral Choir", Artwork: "https://media.example.com/art/a1b2c3.jpg", Source: "media", Length: 3*time.Minute + 7*time.Millisecond,
	}
	raw := "\x40\x00\x00\x00\x03"
	for _, s := range []string{t.Title, t.Author, t.Identifier, t.URI, t.Artwork, t.ISRC, t.Source} {
		raw += "\x00" + string(rune(len(s))) + s
	}
	t.Encoded = base64.StdEncoding.EncodeToString([]byte(raw))
	return t
}

// same fails where what is kept is not the track, in any way of asking for it.
func same(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, k music.Kept, want music.Track,
) {
	t.Helper()
	if got := k.Track(); got != want {
		t.Fatalf("kept %+v, got %+v", want, got)
	}
	shown := want
	shown.Encoded = ""
	if got := k.Shown(); got != shown || k.Info() != want.Info() {
		t.Fatalf("of %+v are shown %+v and %+v", want, got, k.Info())
	}
	if k.Encoded() != want.Encoded || k.Title() != want.Title || k.URI() != want.URI || k.Source() != want.Source ||
		k.Length() != want.Length || k.Stream() != want.Stream || k.IsZero() != (want == music.Track{}) {
		t.Fatalf("a part of %+v is another", want)
	}
}

func TestKeptTracks(t *testing.T) {
	usual := message()
	with := func(change func(*music.Track)) music.Track {
		c := usual
		change(&c)
		return c
	}
	for name, track := range map[string]music.Track{
		"nothing":             {},
		"usual":               usual,
		"no handle":           with(func(c *music.Track) { c.Encoded = "" }),
		"handle without pad":  with(func(c *music.Track) { c.Encoded = "QUJD" + "QQ" }),
		"handle with a break": with(func(c *music.Track) { c.Encoded = "QUJD\nRUZH" }),
		"handle with CR":      with(func(c *music.Track) { c.Encoded = "\rQUJD\n" }),
		"loose last bits":     with(func(c *music.Track) { c.Encoded = "QUJDQR==" }),
		"url alphabet":        with(func(c *music.Track) { c.Encoded = "QU-_" }),
		"no base64":           with(func(c *music.Track) { c.Encoded = "a handle?" }),
		"other texts":         with(func(c *music.Track) { c.Title, c.Author = "Über 🎧", "nobody in there" }),
		"all the same text":   {Identifier: "x", URI: "x", ISRC: "x", Title: "x", Author: "x", Artwork: "x", Source: "x", Encoded: "x"},
		"only a stream":       {Stream: true},
		"longest":             {Length: math.MaxInt64, Title: "t"},
		"below zero":          {Length: math.MinInt64, Title: "t"},
		"no UTF-8":            {Title: "a\xff\x00b", Encoded: "\x80"},
		"long":                {Encoded: strings.Repeat("QUJD", 20_000), Title: strings.Repeat("t", 3_000), URI: strings.Repeat("u", 70_000)},
	} {
		t.Run(name, func(t *testing.T) {
			same(t, music.Keep(&track), track)
			var many music.Keeper
			for range 2 { // a keeper forgets what it kept before
				id, k := many.Keep("slot-1", &track)
				if same(t, k, track); id != "slot-1" || k != music.Keep(&track) {
					t.Errorf("%q is kept with %+v", id, k)
				}
				many.Keep("another", &usual)
			}
		})
	}
}

// TestKeptIsSmall bounds what ten thousand queues take: a handle with the texts
// in it, and two words.
func TestKeptIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(music.Kept{}); size > 16 {
		t.Errorf("a track takes %d bytes beside its text", size)
	}
	track := message()
	one, two := music.Keep(&track), music.Keep(&track)
	if one != two || unsafe.StringData(one.Title()) == unsafe.StringData(two.Title()) {
		t.Error("the same track kept twice is not equal, or not kept twice")
	}
	allocated := testing.AllocsPerRun(100, func() { two = music.Keep(&track) })
	if allocated > 1 {
		t.Errorf("%v pieces of memory for a track", allocated)
	}
	var read music.Track
	if n := testing.AllocsPerRun(100, func() { read = two.Shown() }); n > 0 || read.Title != track.Title {
		t.Errorf("%v pieces of memory to show one", n)
	}
}

func drawTrack(t *rapid.T) music.Track {
	raw := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "raw")
	text := func(name string) string {
		from := rapid.IntRange(0, len(raw)).Draw(t, name+" from")
		return rapid.OneOf(
			rapid.String(), rapid.SampledFrom([]string{"", "a", "aa", "https://media.example.com/a"}),
			rapid.Just(string(raw[from:rapid.IntRange(from, len(raw)).Draw(t, name+" to")])),
		).Draw(t, name)
	}
	c := music.Track{
		Encoded:    rapid.OneOf(rapid.String(), rapid.Just(base64.StdEncoding.EncodeToString(raw))).Draw(t, "encoded"),
		Identifier: text("identifier"), URI: text("uri"), ISRC: text("isrc"), Title: text("title"), Author: text("author"),
		Artwork: text("artwork"), Source: text("source"),
		Length: time.Duration(rapid.Int64().Draw(t, "length")), Stream: rapid.Bool().Draw(t, "stream"),
	}
	return c
}

func TestWhateverIsKeptComesBack(t *testing.T) {
	var many music.Keeper
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawTrack(t), drawTrack(t)
		one, two := music.Keep(&a), music.Keep(&b)
		same(t, one, a)
		same(t, two, b)
		if (one == two) != (a == b) {
			t.Fatalf("%+v and %+v are equal, or not, once they are kept", a, b)
		}
		if id, k := many.Keep(music.SlotID(a.Title), &b); string(id) != a.Title || k != two {
			t.Fatalf("%q is kept with %+v", id, k)
		}
	})
}

// In JSON a track that is kept is a track, so that rows stay what they were.
func TestKeptInJSON(t *testing.T) {
	for name, track := range map[string]music.Track{"none": {}, "usual": message(), "stream": {Title: "a <b> \u2028 🎧", Stream: true}} {
		t.Run(name, func(t *testing.T) {
			want, err := json.Marshal(track)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(music.Keep(&track))
			if err != nil || string(raw) != string(want) {
				t.Fatalf("written as %s, want %s, %v", raw, want, err)
			}
			var got music.Kept
			if err := json.Unmarshal(raw, &got); err != nil || got != music.Keep(&track) {
				t.Errorf("read as %+v, %v", got.Track(), err)
			}
		})
	}
	// A slot whose track is not known has none in its row.
	raw, err := json.Marshal(&music.Slot{ID: "a"})
	if err != nil || strings.Contains(string(raw), "track") {
		t.Errorf("%s, %v", raw, err)
	}
	var twice music.Slot
	if err := json.Unmarshal([]byte(`{"track":{"title":"a","uri":"u"},"track":{"title":"b"}}`), &twice); err != nil ||
		!reflect.DeepEqual(twice.Track.Track(), music.Track{Title: "b", URI: "u"}) {
		t.Errorf("%+v, %v", twice.Track.Track(), err)
	}
	if err := json.Unmarshal([]byte(`{"title":7}`), &music.Kept{}); err == nil {
		t.Error("a number is a title")
	}
}

func BenchmarkKeep(b *testing.B) {
	t := message()
	var many music.Keeper
	b.ReportAllocs()
	for b.Loop() {
		if _, k := many.Keep("019a0000-0000-7000-8000-000000000000", &t); k.IsZero() {
			b.Fatal("nothing is kept")
		}
	}
}
