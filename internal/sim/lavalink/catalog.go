package lavalink

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink/synth"
)

// SourceName is the source of every track of a Catalog, as TrackInfo.SourceName
// and the node's /v4/info have it.
const SourceName = "sandbox"

// MediaHost is the host of the catalogue's URLs.
const MediaHost = "media.sandbox.example"

// DefaultLatency is how long a track takes from its start until its first
// sound, if it does not say otherwise.
const DefaultLatency = 40 * time.Millisecond

// Fault is what goes wrong with a track, if anything.
type Fault string

// The faults that a track may have.
const (
	// FaultNone is a track that plays.
	FaultNone Fault = ""
	// FaultLoad makes loadtracks answer with loadType error.
	FaultLoad Fault = "load"
	// FaultStart raises an exception before the first sound: TrackStart,
	// TrackException, TrackEnd loadFailed.
	FaultStart Fault = "start"
	// FaultMiddle raises an exception at Track.FaultAt: TrackException, then
	// TrackEnd finished, as lavaplayer does once frames were delivered.
	FaultMiddle Fault = "middle"
	// FaultStuck lets the sound dry up at Track.FaultAt. TrackStuck follows ten
	// seconds later, once, and the track stays active.
	FaultStuck Fault = "stuck"
)

// Track is one track of the library.
type Track struct {
	ID     string
	Title  string
	Author string
	// Length is the track's duration; it is ignored for a stream.
	Length time.Duration
	// Stream marks an endless track that cannot be sought in.
	Stream bool
	ISRC   string
	// Latency is the time from start to first sound; zero means DefaultLatency.
	Latency time.Duration
	// LoadDelay is how long loadtracks takes to find it.
	LoadDelay time.Duration
	Fault     Fault
	// FaultAt is the position of FaultMiddle and FaultStuck.
	FaultAt time.Duration
	// Genre is how the track sounds; empty leaves it to the identifier.
	Genre Genre

	catalog *Catalog // that it is part of; nil for a track of none
}

// URL is where the track lives.
func (t *Track) URL() string { return "https://" + MediaHost + "/track/" + t.ID }

// Info describes the track as the node does.
func (t *Track) Info() TrackInfo {
	base := defaultBase
	if t.catalog != nil {
		base = t.catalog.base()
	}
	url, art := t.URL(), base+ArtworkPath+t.ID
	info := TrackInfo{
		Identifier: t.ID, IsSeekable: !t.Stream, Author: t.Author, Length: t.Length.Milliseconds(),
		IsStream: t.Stream, Title: t.Title, URI: &url, SourceName: SourceName, ArtworkURL: &art,
	}
	if t.Stream {
		info.Length = StreamLength
	}
	if t.ISRC != "" {
		info.ISRC = &t.ISRC
	}
	return info
}

func (t *Track) latency() time.Duration {
	if t.Latency > 0 {
		return t.Latency
	}
	return DefaultLatency
}

// Playlist is a named, ordered set of tracks.
type Playlist struct {
	ID       string
	Name     string
	Selected int // index of the selected track, -1 for none
	tracks   func() []*Track
}

// Tracks returns the playlist's tracks. A generated playlist is built at the
// first call. The slice must not be changed.
func (p *Playlist) Tracks() []*Track { return p.tracks() }

// URL is where the playlist lives.
func (p *Playlist) URL() string { return "https://" + MediaHost + "/set/" + p.ID }

// Catalog is an in-memory library. It does not change once built, but for the
// address of its media, and may be shared by any number of nodes.
type Catalog struct {
	order     []*Track
	words     []string // folded title, author and genre of order[i]
	byID      map[string]*Track
	playlists map[string]*Playlist
	archive   func() map[string]*Track
	sounds    *synth.Cache
	media     atomic.Pointer[string] // nil for defaultBase
}

// Set names the tracks of a playlist by their ids.
type Set struct {
	ID       string
	Name     string
	Selected int
	Tracks   []string
}

// NewCatalog returns a library of the given tracks and playlists. An id that
// appears twice, is empty or has a character other than lower-case letters,
// digits and dashes is fault.Invalid, and so are a playlist that names an
// unknown track and a track without title or length.
func NewCatalog(tracks []Track, sets []Set) (*Catalog, error) {
	const op = "lavalink.NewCatalog"
	c := &Catalog{
		byID: make(map[string]*Track, len(tracks)), playlists: make(map[string]*Playlist, len(sets)), sounds: synth.NewCache(0),
	}
	own := slices.Clone(tracks)
	for i := range own {
		t := &own[i]
		switch {
		case !plainID(t.ID) || c.byID[t.ID] != nil:
			return nil, fault.New(fault.Invalid, op, fmt.Sprintf("track id %q is not plain or appears twice", t.ID))
		case t.Title == "" || (t.Length <= 0 && !t.Stream):
			return nil, fault.New(fault.Invalid, op, fmt.Sprintf("track %q needs a title and a length", t.ID))
		}
		t.catalog = c
		c.byID[t.ID] = t
		c.order = append(c.order, t)
		c.words = append(c.words, fold(t.Title+" "+t.Author+" "+string(t.Genre)))
	}
	for _, s := range sets {
		if !plainID(s.ID) || c.playlists[s.ID] != nil {
			return nil, fault.New(fault.Invalid, op, fmt.Sprintf("playlist id %q is not plain or appears twice", s.ID))
		}
		list := make([]*Track, len(s.Tracks))
		for i, id := range s.Tracks {
			if list[i] = c.byID[id]; list[i] == nil {
				return nil, fault.New(fault.Invalid, op, fmt.Sprintf("playlist %q names the unknown track %q", s.ID, id))
			}
		}
		c.playlists[s.ID] = &Playlist{ID: s.ID, Name: s.Name, Selected: s.Selected, tracks: func() []*Track { return list }}
	}
	return c, nil
}

func plainID(id string) bool {
	return id != "" && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// Track returns the track of that identifier, generated ones included.
func (c *Catalog) Track(id string) (*Track, bool) {
	if t, ok := c.byID[id]; ok {
		return t, true
	}
	if strings.HasPrefix(id, archivePrefix) && c.archive != nil {
		t, ok := c.archive()[id]
		return t, ok
	}
	return nil, false
}

// Playlist returns the playlist of that id.
func (c *Catalog) Playlist(id string) (*Playlist, bool) {
	p, ok := c.playlists[id]
	return p, ok
}

// Tracks returns the library in its own order, without generated tracks.
func (c *Catalog) Tracks() []*Track { return c.order }
