package lavalink

import (
	"fmt"
	"sync"
	"time"
)

// ArchiveSize is the number of tracks of the playlist "archive".
const ArchiveSize = 5000

const archivePrefix = "archive-"

// addArchive adds the playlist "archive": ArchiveSize generated tracks, made
// when somebody asks for the first time. They do not show up in searches.
func (c *Catalog) addArchive() {
	build := sync.OnceValues(func() ([]*Track, map[string]*Track) {
		backing := make([]Track, ArchiveSize)
		list := make([]*Track, ArchiveSize)
		byID := make(map[string]*Track, ArchiveSize)
		for i := range backing {
			n := i + 1
			backing[i] = Track{
				ID:     fmt.Sprintf("%s%04d", archivePrefix, n),
				Title:  fmt.Sprintf("Archive Reel %04d", n),
				Author: fmt.Sprintf("Shelf %02d", i/100+1),
				// Lengths between one and four minutes that do not repeat in a row.
				Length: time.Minute + time.Duration(n*37%180)*time.Second,
				ISRC:   fmt.Sprintf("XXSBX25%05d", n),

				catalog: c,
			}
			list[i] = &backing[i]
			byID[backing[i].ID] = list[i]
		}
		return list, byID
	})
	c.archive = func() map[string]*Track { _, m := build(); return m }
	c.playlists["archive"] = &Playlist{
		ID: "archive", Name: "The Archive", Selected: -1,
		tracks: func() []*Track { list, _ := build(); return list },
	}
}
