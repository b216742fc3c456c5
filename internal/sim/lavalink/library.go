package lavalink

import (
	"fmt"
	"time"
)

// DefaultCatalog returns the sandbox's library: invented tracks of every
// length, a radio stream, playlists ("evening" of 12 tracks, "shorts", and the
// generated "archive" of ArchiveSize), and tracks with faults.
func DefaultCatalog() *Catalog {
	c, err := NewCatalog(library(), []Set{
		{ID: "evening", Name: "An Evening at the Shore", Selected: -1, Tracks: []string{
			"ocean-floor", "paper-lanterns", "rio-arriba", "night-train", "glass-garden", "amber-static",
			"low-tide-letters", "quiet-engines", "salt-road", "moth-season", "northern-kettle", "last-ferry",
		}},
		{ID: "shorts", Name: "Short Ones", Selected: 1, Tracks: []string{"blink", "teaspoon", "doorbell", "pocket-comet", "stairwell"}},
		{ID: "trouble", Name: "Trouble Ahead", Selected: -1, Tracks: []string{"blink", "broken-start", "broken-middle", "stuck-needle", "teaspoon"}},
	})
	if err != nil {
		panic(err) // the library is a constant of this package and its tests build it
	}
	c.addArchive()
	return c
}

func library() []Track {
	song := func(id, title, author string, seconds int) Track {
		return Track{ID: id, Title: title, Author: author, Length: time.Duration(seconds) * time.Second}
	}
	tracks := []Track{
		song("blink", "Blink", "The Tin Orchard", 3),
		song("teaspoon", "Teaspoon", "Marla Quill", 4),
		song("doorbell", "Doorbell Étude", "Onze Fenêtres", 5),
		song("pocket-comet", "Pocket Comet", "Half Past Saturn", 6),
		song("stairwell", "Stairwell", "The Tin Orchard", 8),
		song("ocean-floor", "Ocean Floor", "Salt Cathedral Choir", 184),
		song("ocean-night", "Ocean at Night", "Marla Quill", 211),
		song("oceanographer", "The Oceanographer", "Brass Lanterns", 142),
		song("rio-arriba", "Río Arriba", "Trío Almendra", 167),
		song("rio-seco", "Canción del Río Seco", "Pilar Vendaval", 198),
		song("night-train", "Night Train to Nowhere", "Quiet Engines Club", 225),
		song("night-market", "Night Market", "Half Past Saturn", 156),
		song("paper-lanterns", "Paper Lanterns", "Brass Lanterns", 173),
		song("glass-garden", "Glass Garden", "Onze Fenêtres", 131),
		song("amber-static", "Amber Static", "Radio Halcyon Band", 149),
		song("low-tide-letters", "Low Tide Letters", "Salt Cathedral Choir", 203),
		song("quiet-engines", "Quiet Engines", "Quiet Engines Club", 118),
		song("salt-road", "Salt Road", "Trío Almendra", 95),
		song("moth-season", "Moth Season", "Pilar Vendaval", 177),
		song("northern-kettle", "Northern Kettle", "The Tin Orchard", 64),
		song("last-ferry", "Last Ferry", "Marla Quill", 240),
		song("copper-rain", "Copper Rain", "Brass Lanterns", 121),
		song("velvet-compass", "Velvet Compass", "Half Past Saturn", 189),
		song("umbrella-math", "Umbrella Mathematics", "Onze Fenêtres", 72),
		song("sandcastle", "Sandcastle Protocol", "Radio Halcyon Band", 60),
	}
	for i := range tracks {
		tracks[i].ISRC = fmt.Sprintf("XXSBX24%05d", i+1)
	}
	radio := Track{ID: "radio-halcyon", Title: "Radio Halcyon Live", Author: "Radio Halcyon", Stream: true, Latency: 250 * time.Millisecond}
	lost := song("lost-reel", "Lost Reel", "The Faulty Tapes", 120)
	lost.Fault = FaultLoad
	start := song("broken-start", "Broken at the Start", "The Faulty Tapes", 90)
	start.Fault = FaultStart
	middle := song("broken-middle", "Broken in the Middle", "The Faulty Tapes", 30)
	middle.Fault, middle.FaultAt = FaultMiddle, 4*time.Second
	stuck := song("stuck-needle", "Stuck Needle", "The Faulty Tapes", 60)
	stuck.Fault, stuck.FaultAt = FaultStuck, 3*time.Second
	slow := song("slow-parcel", "Slow Parcel", "The Faulty Tapes", 100)
	slow.LoadDelay = 5 * time.Second
	crawl := song("slow-fuse", "Slow Fuse", "The Faulty Tapes", 45)
	crawl.Latency = 2 * time.Second
	return append(tracks, radio, lost, start, middle, stuck, slow, crawl)
}
