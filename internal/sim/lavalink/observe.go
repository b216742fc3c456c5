package lavalink

import (
	"encoding/json"
	"slices"
	"time"
)

// SessionSnapshot is a session at one moment. Timeout is in seconds; Queued
// counts the messages that wait for a resume.
type SessionSnapshot struct {
	ID        string `json:"id"`
	User      string `json:"user"`
	Client    string `json:"client"`
	Connected bool   `json:"connected"`
	Resuming  bool   `json:"resuming"`
	Timeout   int64  `json:"timeout"`
	Players   int    `json:"players"`
	Queued    int    `json:"queued"`
}

// TrackView is what is known of a track that is on a player. LengthMS is in
// milliseconds and 0 for a stream.
type TrackView struct {
	Identifier string `json:"identifier"`
	Title      string `json:"title"`
	Author     string `json:"author"`
	URI        string `json:"uri"`
	LengthMS   int64  `json:"length_ms"`
	IsStream   bool   `json:"is_stream"`
	ArtworkURL string `json:"artwork_url"`
	Source     string `json:"source"`
	Genre      Genre  `json:"genre,omitempty"`
}

// PlayerSnapshot is a player at one moment. Position is in milliseconds at the
// moment At, in milliseconds of Unix time; while Sounding is true it grows by
// Speed milliseconds in each. Channel is that of the last voice credentials, which may not be
// Connected any more. Filters are as the client set them, defaults filled in. Identifier
// is empty and Track nil where no track is set.
type PlayerSnapshot struct {
	Guild      string          `json:"guild"`
	User       string          `json:"user"`
	Session    string          `json:"session"`
	Channel    string          `json:"channel,omitempty"`
	Identifier string          `json:"-"`
	Track      *TrackView      `json:"track"`
	UserData   json.RawMessage `json:"user_data,omitempty"`
	Position   int64           `json:"position_ms"`
	At         int64           `json:"at_ms"`
	Paused     bool            `json:"paused"`
	Volume     int             `json:"volume"`
	Filters    json.RawMessage `json:"filters"`
	Speed      float64         `json:"speed"`
	Connected  bool            `json:"connected"`
	Sounding   bool            `json:"sounding"`
}

// Sessions returns the node's sessions, those that wait to be resumed included,
// ordered by id.
func (n *Node) Sessions() []SessionSnapshot {
	n.lock()
	defer n.unlock()
	out := make([]SessionSnapshot, 0, len(n.sessions))
	for _, s := range n.sorted() {
		out = append(out, SessionSnapshot{
			ID: s.id, User: s.userID, Client: s.client, Connected: s.link != nil, Resuming: s.resuming,
			Timeout: int64(s.timeout.Seconds()), Players: len(s.players), Queued: len(s.queue),
		})
	}
	return out
}

// Players returns every player of the node, by session and guild; none while it
// is down, because nothing of it is heard then.
func (n *Node) Players() []PlayerSnapshot {
	now := n.lock()
	defer n.unlock()
	out := []PlayerSnapshot{}
	if n.down {
		return out
	}
	for _, s := range n.sorted() {
		for _, p := range s.sortedPlayers() {
			out = append(out, p.snapshot(now))
		}
	}
	return out
}

func (p *player) snapshot(now time.Time) PlayerSnapshot {
	snap := PlayerSnapshot{
		Guild: p.guild, User: p.session.userID, Session: p.session.id, At: now.UnixMilli(), Paused: p.paused, Volume: p.volume,
		Filters: p.filters.shown, Speed: p.filters.speed(), Connected: p.online,
	}
	if p.voice != nil {
		snap.Channel = p.voice.ChannelID
	}
	t := p.track
	if t == nil {
		return snap
	}
	snap.Identifier, snap.UserData = t.source.ID, t.userData
	snap.Position, snap.Sounding = t.position(now).Milliseconds(), t.sounding
	view := TrackView{
		Identifier: t.source.ID, Title: t.info.Title, Author: t.info.Author, LengthMS: t.info.Length, IsStream: t.info.IsStream,
		Source: t.info.SourceName, Genre: t.source.Genre,
	}
	if view.IsStream {
		view.LengthMS = 0
	}
	if t.info.URI != nil {
		view.URI = *t.info.URI
	}
	if t.info.ArtworkURL != nil {
		view.ArtworkURL = *t.info.ArtworkURL
	}
	snap.Track = &view
	return snap
}

// OnChange has a function called whenever what Players shows has changed, but
// for positions that only moved on with the time. Several changes may be told
// by one call. It is called from whatever goroutine made the change and without
// the node's lock: it may ask the node, and must not block. It stays until the
// node is closed.
func (n *Node) OnChange(tell func()) {
	n.lock()
	defer n.unlock()
	n.hooks = append(slices.Clip(n.hooks), tell)
}
