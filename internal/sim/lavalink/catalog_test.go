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
		want  []string
	}{
		"a title's first word beats a part of a word": {"ocean", []string{"ocean-floor", "ocean-night", "oceanographer"}},
		"accents do not matter":                       {"RIO", []string{"rio-arriba", "rio-seco", "salt-road"}},
		"accents in the query do not matter":          {"río", []string{"rio-arriba", "rio-seco", "salt-road"}},
		"all words must occur":                        {"ocean night", []string{"ocean-night"}},
		"words may come from the author":              {"kettle tin", []string{"northern-kettle"}},
		"the exact title comes first":                 {"night train to nowhere", []string{"night-train"}},
		"radio":                                       {"radio", []string{"radio-halcyon", "amber-static", "sandcastle"}},
		"punctuation separates":                       {"  night -- market! ", []string{"night-market"}},
		"nothing fits":                                {"zebra", nil},
		"no words":                                    {" ?! ", nil},
		"generated tracks stay out":                   {"archive reel", nil},
	}
	for name, k := range cases {
		t.Run(name, func(t *testing.T) {
			for range 3 {
				if got := ids(c.Search(k.query)); !slices.Equal(got, k.want) {
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
	if len(c.Tracks()) < 30 || short < 3 || streams != 1 || len(faults) != 5 {
		t.Fatalf("%d tracks, %d short, %d streams, faults %v", len(c.Tracks()), short, streams, faults)
	}
	if p, ok := c.Playlist("evening"); !ok || len(p.Tracks()) != 12 {
		t.Fatal("the playlist of twelve is not there")
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
