package lavalink

import (
	"fmt"
	"slices"
	"time"
)

// DefaultCatalog returns the sandbox's library: invented tracks of every
// length and of many genres, a radio stream, playlists ("evening" of 12 tracks,
// "shorts", one for each of some moods, and the generated "archive" of
// ArchiveSize), and tracks with faults.
func DefaultCatalog() *Catalog {
	tracks := library()
	c, err := NewCatalog(tracks, append(ofGenres(tracks),
		Set{ID: "evening", Name: "An Evening at the Shore", Selected: -1, Tracks: []string{
			"ocean-floor", "paper-lanterns", "rio-arriba", "night-train", "glass-garden", "amber-static",
			"low-tide-letters", "quiet-engines", "salt-road", "moth-season", "northern-kettle", "last-ferry",
		}},
		Set{ID: "shorts", Name: "Short Ones", Selected: 1, Tracks: []string{"blink", "teaspoon", "doorbell", "pocket-comet", "stairwell"}},
		Set{ID: "trouble", Name: "Trouble Ahead", Selected: -1, Tracks: []string{"blink", "broken-start", "broken-middle", "stuck-needle", "teaspoon"}},
	))
	if err != nil {
		panic(err) // the library is a constant of this package and its tests build it
	}
	c.addArchive()
	return c
}

// ofGenres makes a playlist of each kind of music that may run for hours.
func ofGenres(tracks []Track) []Set {
	sets := []Set{
		{ID: "sleep", Name: "Sleep Well"},
		{ID: "dance", Name: "Dance in Socks"},
		{ID: "work", Name: "Heads Down"},
		{ID: "arcade", Name: "Arcade Floor"},
		{ID: "porch", Name: "Porch Songs"},
	}
	genres := []Genre{GenreAmbient, GenreElectronic, GenreLofi, GenreChiptune, GenreAcoustic}
	for i, g := range genres {
		sets[i].Selected = -1
		for _, t := range tracks {
			if t.Genre == g && t.Fault == FaultNone && t.Length >= 20*time.Second {
				sets[i].Tracks = append(sets[i].Tracks, t.ID)
			}
		}
	}
	return sets
}

func song(id, title, author string, seconds int, g Genre) Track {
	return Track{ID: id, Title: title, Author: author, Length: time.Duration(seconds) * time.Second, Genre: g}
}

// library is in the order of searches: what has been there longest comes first.
func library() []Track {
	first, more := firstSongs(), moreSongs()
	for i := range first {
		first[i].ISRC = fmt.Sprintf("XXSBX24%05d", i+1)
	}
	for i := range more {
		more[i].ISRC = fmt.Sprintf("XXSBX26%05d", i+1)
	}
	radio := Track{
		ID: "radio-halcyon", Title: "Radio Halcyon Live", Author: "Radio Halcyon", Stream: true,
		Latency: 250 * time.Millisecond, Genre: GenreRadio,
	}
	return slices.Concat(first, []Track{radio}, more, troubledSongs(), []Track{
		song("test-tone", "Test Tone", "Bench No. 4", 60, GenreTone),
		song("count-the-seconds", "Count the Seconds", "Bench No. 4", 300, GenreClicks),
	})
}

func troubledSongs() []Track {
	lost := song("lost-reel", "Lost Reel", "The Faulty Tapes", 120, GenreLofi)
	lost.Fault = FaultLoad
	start := song("broken-start", "Broken at the Start", "The Faulty Tapes", 90, GenreDrums)
	start.Fault = FaultStart
	middle := song("broken-middle", "Broken in the Middle", "The Faulty Tapes", 30, GenreDrums)
	middle.Fault, middle.FaultAt = FaultMiddle, 4*time.Second
	stuck := song("stuck-needle", "Stuck Needle", "The Faulty Tapes", 60, GenreLofi)
	stuck.Fault, stuck.FaultAt = FaultStuck, 3*time.Second
	slow := song("slow-parcel", "Slow Parcel", "The Faulty Tapes", 100, GenreDub)
	slow.LoadDelay = 5 * time.Second
	crawl := song("slow-fuse", "Slow Fuse", "The Faulty Tapes", 45, GenreElectronic)
	crawl.Latency = 2 * time.Second
	return []Track{lost, start, middle, stuck, slow, crawl}
}
