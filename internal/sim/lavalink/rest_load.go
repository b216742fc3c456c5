package lavalink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// errGone ends a request without an answer, because the node or the client went away.
var errGone = errors.New("the connection is gone")

type loadResult struct {
	LoadType string `json:"loadType"`
	Data     any    `json:"data"`
}

type playlistJSON struct {
	Info struct {
		Name          string `json:"name"`
		SelectedTrack int    `json:"selectedTrack"`
	} `json:"info"`
	PluginInfo json.RawMessage `json:"pluginInfo"`
	Tracks     []*trackJSON    `json:"tracks"`
}

func (n *Node) loadTracks(r *http.Request) (reply, error) {
	if !r.URL.Query().Has("identifier") {
		return reply{}, refuse(http.StatusBadRequest, "Required parameter 'identifier' is not present.")
	}
	identifier := r.URL.Query().Get("identifier")
	if len(identifier) > MaxIdentifier {
		return reply{}, refuse(http.StatusBadRequest, "identifier must be at most %d bytes", MaxIdentifier)
	}
	item, err := n.load(r.Context(), identifier)
	if err != nil {
		return reply{}, err
	}
	out := loadResult{LoadType: "empty"}
	switch {
	case item.failure != nil:
		out = loadResult{"error", item.failure}
	case item.track != nil:
		out = loadResult{"track", item.track.shown()}
	case item.playlist != nil:
		p := playlistJSON{PluginInfo: emptyObject(), Tracks: shownAll(item.playlist.Tracks())}
		p.Info.Name, p.Info.SelectedTrack = item.playlist.Name, item.playlist.Selected
		out = loadResult{"playlist", p}
	case len(item.search) > 0:
		out = loadResult{"search", shownAll(item.search)}
	}
	return reply{body: out}, nil
}

// load looks an identifier up and takes as long, by the node's clock, as the
// track, SetLoadDelay and the faults say.
func (n *Node) load(ctx context.Context, identifier string) (loaded, error) {
	item := n.catalog.lookup(identifier, n.opts.Sources)
	n.lock()
	wait := item.delay + n.loadDelay + n.slowness()
	item = n.spoilt(item)
	closing := n.closing
	n.unlock()
	if wait <= 0 {
		return item, nil
	}
	timer := n.clock.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return item, nil
	case <-closing.Done():
	case <-ctx.Done():
	}
	return loaded{}, errGone
}

// shown is the track as loadtracks has it, at position zero.
func (t *Track) shown() *trackJSON {
	info := t.Info()
	encoded, err := EncodeTrack(info)
	if err != nil {
		panic(err) // texts of a catalogue are short
	}
	return &trackJSON{Encoded: encoded, Info: info, PluginInfo: emptyObject(), UserData: emptyObject()}
}

func shownAll(tracks []*Track) []*trackJSON {
	out := make([]*trackJSON, len(tracks))
	for i, t := range tracks {
		out[i] = t.shown()
	}
	return out
}

// decodeOne takes the documented parameter encodedTrack and the older track.
func (n *Node) decodeOne(r *http.Request) (reply, error) {
	q := r.URL.Query()
	encoded := q.Get("encodedTrack")
	if !q.Has("encodedTrack") {
		encoded = q.Get("track")
	}
	if encoded == "" {
		return reply{}, refuse(http.StatusBadRequest, "No track to decode provided")
	}
	t, err := n.decodeShown("encodedTrack", encoded)
	if err != nil {
		return reply{}, err
	}
	return reply{body: t}, nil
}

func (n *Node) decodeMany(r *http.Request) (reply, error) {
	body, err := readBody(r, MaxBulkBody)
	if err != nil {
		return reply{}, err
	}
	var list []string
	if json.Unmarshal(body, &list) != nil {
		return reply{}, refuse(http.StatusBadRequest, "the body must be a list of strings")
	}
	if len(list) == 0 {
		return reply{}, refuse(http.StatusBadRequest, "No tracks to decode provided")
	}
	out := make([]*trackJSON, len(list))
	for i, encoded := range list {
		if out[i], err = n.decodeShown(fmt.Sprintf("[%d]", i), encoded); err != nil {
			return reply{}, err
		}
	}
	return reply{body: out}, nil
}

func (n *Node) decodeShown(field, encoded string) (*trackJSON, error) {
	info, err := DecodeTrack(encoded)
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "%s is not an encoded track", field)
	}
	if err := n.sourceKnown(info); err != nil {
		return nil, err
	}
	return &trackJSON{Encoded: encoded, Info: info, PluginInfo: emptyObject(), UserData: emptyObject()}, nil
}

// sourceKnown refuses tracks of a source that this node lacks, as the server does.
func (n *Node) sourceKnown(info TrackInfo) error {
	if info.SourceName != SourceName || !slices.Contains(n.opts.Sources, SourceName) {
		return refuse(http.StatusInternalServerError, "Failed to decode track due to a mismatching version or missing source manager")
	}
	return nil
}

// source finds what an encoded track plays. One that the library does not have
// is a track that fails when it starts, as a deleted one does.
func (c *Catalog) source(info TrackInfo) *Track {
	if t, ok := c.Track(info.Identifier); ok {
		return t
	}
	return &Track{ID: info.Identifier, Length: max(millis(info.Length), time.Millisecond), Fault: FaultStart}
}
