package lavalink_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func ids(tracks []*lavalink.Track) []string {
	out := make([]string, len(tracks))
	for i, t := range tracks {
		out[i] = t.ID
	}
	return out
}

func TestSearch(t *testing.T) {
	c := lavalink.DefaultCatalog()
	cases := map[string]struct {
		query string
		want  []string // the first of the results; all where it is nil
	}{
		"a title's first word beats a part of a word": {"ocean", []string{"ocean-floor", "ocean-night", "ocean-glass"}},
		"accents do not matter":                       {"RIO", []string{"rio-arriba", "rio-abajo", "rio-de-luces", "rio-seco", "salt-road"}},
		"accents in the query do not matter":          {"río", []string{"rio-arriba", "rio-abajo", "rio-de-luces", "rio-seco", "salt-road"}},
		"all words must occur":                        {"ocean night", []string{"ocean-night"}},
		"words may come from the author":              {"kettle tin", []string{"northern-kettle"}},
		"the exact title comes first":                 {"night train to nowhere", []string{"night-train"}},
		"radio":                                       {"radio", []string{"radio-halcyon", "radio-drumline", "radio-fog", "radio-high-score", "night-radio"}},
		"punctuation separates":                       {"  night -- market! ", []string{"night-market"}},
		"nothing fits":                                {"zebra", nil},
		"no words":                                    {" ?! ", nil},
		"generated tracks stay out":                   {"archive reel", nil},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				got := ids(c.Search(k.query))
				if len(got) < len(k.want) || (k.want == nil) != (len(got) == 0) || !slices.Equal(got[:len(k.want)], k.want) {
					t.Fatalf("%q: got %v, want %v", k.query, got, k.want)
				}
			}
		})
	}
}

func TestSearchIsBounded(t *testing.T) {
	tracks := make([]lavalink.Track, 60)
	for i := range tracks {
		tracks[i] = lavalink.Track{ID: "t" + strings.Repeat("x", i), Title: "same", Length: time.Second}
	}
	c, err := lavalink.NewCatalog(tracks, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.Search("same")); n != lavalink.MaxSearchResults {
		t.Fatalf("%d results", n)
	}
}

func TestDefaultCatalog(t *testing.T) {
	c := lavalink.DefaultCatalog()
	short, streams, faults := 0, 0, map[lavalink.Fault]bool{}
	seen := map[string]bool{}
	for _, track := range c.Tracks() {
		if seen[track.Title] {
			t.Errorf("title %q appears twice", track.Title)
		}
		seen[track.Title] = true
		faults[track.Fault] = true
		if track.Stream {
			streams++
			if track.Info().Length != lavalink.StreamLength || track.Info().IsSeekable {
				t.Errorf("a stream has info %+v", track.Info())
			}
		} else if track.Length <= 8*time.Second {
			short++
		}
	}
	if len(c.Tracks()) < 110 || short < 3 || streams != 1 || len(faults) != 5 {
		t.Fatalf("%d tracks, %d short, %d streams, faults %v", len(c.Tracks()), short, streams, faults)
	}
	if p, ok := c.Playlist("evening"); !ok || len(p.Tracks()) != 12 {
		t.Fatal("the playlist of twelve is not there")
	}
}

// Autocompletion and menus need several tracks for what people type first.
func TestCommonWordsFindMany(t *testing.T) {
	c := lavalink.DefaultCatalog()
	for _, word := range []string{
		"ocean", "night", "rain", "moon", "blue", "light", "radio", "rio", "o", "the",
		"ambient", "electronic", "drums", "dub", "chimes", "acoustic", "lofi", "chiptune",
	} {
		if got := c.Search(word); len(got) < 10 {
			t.Errorf("%q finds only %v", word, ids(got))
		}
	}
}

func TestLibraryIsVaried(t *testing.T) {
	c := lavalink.DefaultCatalog()
	genres := map[lavalink.Genre]int{}
	long, short := 0, 0
	for _, track := range c.Tracks() {
		genres[track.Genre]++
		if track.Genre == "" {
			t.Errorf("%s has no genre", track.ID)
		}
		if track.Length >= 4*time.Minute {
			long++
		}
		if track.Length >= 20*time.Second && track.Length <= time.Minute {
			short++
		}
		if track.Length > 6*time.Minute {
			t.Errorf("%s lasts %v", track.ID, track.Length)
		}
	}
	if len(genres) < 8 || long < 5 || short < 8 {
		t.Errorf("genres %v, %d long, %d short", genres, long, short)
	}
	for _, id := range []string{"sleep", "dance", "work", "arcade", "porch"} {
		p, ok := c.Playlist(id)
		if !ok || len(p.Tracks()) < 8 || p.Name == "" || p.Selected != -1 {
			t.Errorf("the playlist %s is %+v", id, p)
		}
	}
}

func TestArchive(t *testing.T) {
	c := lavalink.DefaultCatalog()
	p, ok := c.Playlist("archive")
	if !ok || len(p.Tracks()) != lavalink.ArchiveSize {
		t.Fatal("the archive is not whole")
	}
	seen := map[string]bool{}
	for _, track := range p.Tracks() {
		seen[track.ID] = true
		if got, ok := c.Track(track.ID); !ok || got != track {
			t.Fatalf("%s is not found by its identifier", track.ID)
		}
	}
	if len(seen) != lavalink.ArchiveSize {
		t.Fatalf("%d distinct tracks", len(seen))
	}
	if _, ok := c.Track("archive-9999"); ok {
		t.Fatal("a track beyond the archive exists")
	}
}

func TestNewCatalogRefuses(t *testing.T) {
	good := lavalink.Track{ID: "a", Title: "A", Length: time.Second}
	cases := map[string]struct {
		tracks []lavalink.Track
		sets   []lavalink.Set
	}{
		"twice":          {[]lavalink.Track{good, good}, nil},
		"odd id":         {[]lavalink.Track{{ID: "a/b", Title: "A", Length: 1}}, nil},
		"no title":       {[]lavalink.Track{{ID: "a", Length: 1}}, nil},
		"no length":      {[]lavalink.Track{{ID: "a", Title: "A"}}, nil},
		"unknown member": {[]lavalink.Track{good}, []lavalink.Set{{ID: "s", Tracks: []string{"b"}}}},
		"set twice":      {[]lavalink.Track{good}, []lavalink.Set{{ID: "s"}, {ID: "s"}}},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := lavalink.NewCatalog(k.tracks, k.sets); fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("error %v, want invalid", err)
			}
		})
	}
}
