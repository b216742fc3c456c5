package lavalink

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	dl "github.com/disgoorg/disgolink/v3/lavalink"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// The kinds of a LoadResult.
const (
	LoadFound    = "found"    // one track
	LoadPlaylist = "playlist" // all tracks of Playlist
	LoadSearch   = "search"   // hits, best first
	LoadEmpty    = "empty"    // nothing there
	LoadError    = "error"    // the source failed; Message says how
)

// LoadResult is what a node found under an identifier.
type LoadResult struct {
	// Kind is one of the Load constants.
	Kind   string
	Tracks []music.Track
	// Playlist is its name and Total how many tracks it has, those included
	// that could not be read.
	Playlist string
	Total    int
	// Message says in one line why there is nothing; it is the source's own.
	Message string
	// Faulty is true where the source itself seems to be in trouble, rather
	// than this one track being unavailable.
	Faulty bool
}

// Load asks the node for what is under an identifier: an address, or words with
// a search prefix. A source that fails is a result, not an error.
func (c *Client) Load(ctx context.Context, identifier string) (LoadResult, error) {
	k := call{
		op: "lavalink.Load", path: "/v4/loadtracks", query: url.Values{"identifier": {identifier}},
		limit: maxListBody, within: loadTimeout,
	}
	k.method = http.MethodGet
	raw, err := c.do(ctx, k)
	if err != nil {
		return LoadResult{}, err
	}
	if hits, ok := readHits(raw); ok {
		return hits, nil
	}
	var w struct {
		LoadType text            `json:"loadType"`
		Data     json.RawMessage `json:"data"`
	}
	if err := c.decode(k, raw, &w); err != nil {
		return LoadResult{}, err
	}
	unreadable := fault.New(fault.Unavailable, k.op, "node "+c.name()+" answered with tracks that cannot be read")
	switch dl.LoadType(w.LoadType) {
	case dl.LoadTypeTrack:
		tracks := readTracks([]json.RawMessage{w.Data})
		if len(tracks) == 0 {
			return LoadResult{}, unreadable
		}
		return LoadResult{Kind: LoadFound, Tracks: tracks, Total: 1}, nil
	case dl.LoadTypeSearch:
		var all []json.RawMessage
		if json.Unmarshal(w.Data, &all) != nil {
			return LoadResult{}, unreadable
		}
		tracks := readTracks(all)
		if len(tracks) == 0 {
			return LoadResult{Kind: LoadEmpty}, nil
		}
		return LoadResult{Kind: LoadSearch, Tracks: tracks, Total: len(all)}, nil
	case dl.LoadTypePlaylist:
		var p struct {
			Info struct {
				Name text `json:"name"`
			} `json:"info"`
			Tracks []json.RawMessage `json:"tracks"`
		}
		if json.Unmarshal(w.Data, &p) != nil {
			return LoadResult{}, unreadable
		}
		tracks := readTracks(p.Tracks)
		return LoadResult{Kind: LoadPlaylist, Tracks: tracks, Playlist: line(string(p.Info.Name), maxLine), Total: len(p.Tracks)}, nil
	case dl.LoadTypeEmpty:
		return LoadResult{Kind: LoadEmpty}, nil
	case dl.LoadTypeError:
		// Compatible servers send this without data.
		var e wireException
		_ = json.Unmarshal(w.Data, &e)
		message := line(string(e.Message), 200)
		if message == "" {
			message = "the source failed"
		}
		return LoadResult{Kind: LoadError, Message: message, Faulty: faulty(dl.Severity(e.Severity))}, nil
	default:
		return LoadResult{}, unreadable
	}
}

// readHits reads in one go what a search found, as most answers are read: false
// for what is something else, or is not all in the usual form and has to be taken
// apart.
func readHits(raw []byte) (LoadResult, bool) {
	var w struct {
		LoadType text        `json:"loadType"`
		Data     []wireTrack `json:"data"`
	}
	if json.Unmarshal(raw, &w) != nil || dl.LoadType(w.LoadType) != dl.LoadTypeSearch || len(w.Data) == 0 {
		return LoadResult{}, false
	}
	res := LoadResult{Kind: LoadSearch, Tracks: make([]music.Track, 0, len(w.Data)), Total: len(w.Data)}
	for i := range w.Data {
		if t, ok := w.Data[i].track(); ok {
			res.Tracks = append(res.Tracks, t)
		}
	}
	return res, len(res.Tracks) > 0
}

func readTracks(raw []json.RawMessage) []music.Track {
	out := make([]music.Track, 0, len(raw))
	for _, one := range raw {
		var w wireTrack
		if json.Unmarshal(one, &w) != nil {
			continue
		}
		if t, ok := w.track(); ok {
			out = append(out, t)
		}
	}
	return out
}

// faulty is true for what is not an ordinary answer of a source. A server that
// names no severity is given the benefit of the doubt.
func faulty(s dl.Severity) bool { return s == dl.SeveritySuspicious || s == dl.SeverityFault }
