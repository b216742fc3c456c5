package worker

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// ended is what a play is made of: the data of music.play.ended.
type ended struct {
	Bot        music.BotID     `json:"bot"`
	Play       music.PlayID    `json:"play"`
	Reason     string          `json:"reason"`
	Requester  music.UserID    `json:"requester"`
	Track      music.TrackInfo `json:"track"`
	ListenedMS int64           `json:"listened_ms"`
	Heard      bool            `json:"heard"`
	Node       music.NodeName  `json:"node"`
	StartedAt  json.RawMessage `json:"started_at"`
}

const (
	// endedVersion is the newest version of that event's contract that plays can be
	// made of.
	endedVersion = 1
	// maxID bounds the name of a play, which is the key of its row, in bytes.
	maxID = 512
	// maxMS is what nobody can have listened for, in milliseconds.
	maxMS = 1 << 42
)

// playOf returns the play that an event of type music.play.ended tells of. heard
// is false for one that was not heard, which is none, and for events of before
// it was said. Errors: Invalid for an event that cannot be read, one of a later
// version of the contract among them: it is put aside until a newer program reads it.
func playOf(row *store.JournalRow) (p store.Play, heard bool, err error) {
	const op = "worker.playOf"
	h, err := event.Scan(row.Envelope)
	if err != nil {
		return p, false, err
	}
	version, err := catalog.VersionOf(string(h.Type), string(h.DataSchema))
	if err != nil {
		return p, false, err
	}
	if version > endedVersion {
		return p, false, catalog.Newer(op, string(h.Type), version, endedVersion)
	}
	var e ended
	if err := json.Unmarshal(h.Data, &e); err != nil {
		return p, false, fault.Wrap(err, fault.Invalid, op, "the end of a play cannot be read")
	}
	if !e.Heard {
		return p, false, nil
	}
	if e.Play == "" || len(e.Play) > maxID || strings.ContainsRune(string(e.Play), 0) || row.Guild == "" {
		return p, false, fault.New(fault.Invalid, op, "the end of a play does not name the play or its guild")
	}
	if e.ListenedMS < 0 || e.ListenedMS > maxMS || e.Track.LengthMS < 0 {
		return p, false, fault.New(fault.Invalid, op, "the end of a play has a time that cannot be")
	}
	p = store.Play{
		ID: e.Play, Tenant: row.Tenant, Guild: row.Guild, Bot: e.Bot, User: e.Requester, Track: e.Track,
		Ended: row.At, Listened: time.Duration(e.ListenedMS) * time.Millisecond, Reason: e.Reason, Node: e.Node,
	}
	p.Started = started(e.StartedAt)
	if p.Started.IsZero() || p.Started.After(p.Ended) {
		p.Started = p.Ended.Add(-p.Listened)
	}
	return p, true, nil
}

// started reads when a play began: a time as RFC 3339 has it, or milliseconds
// since 1970. It is zero for anything else.
func started(raw json.RawMessage) time.Time {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return time.Time{}
	}
	if raw[0] == '"' {
		var at time.Time
		if at.UnmarshalJSON(raw) != nil {
			return time.Time{}
		}
		return at.UTC()
	}
	var ms int64
	if json.Unmarshal(raw, &ms) != nil || ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
