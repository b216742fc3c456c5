package lavalink

import (
	"encoding/json"
	"slices"
	"time"
)

// Kind says what happened to the sound of a player.
type Kind string

// The kinds of a Record. Between a sound and what follows it for the same play
// there is sound without a gap.
const (
	// KindSound is the first moment of sound, or a new speed while it sounds.
	KindSound Kind = "sound"
	// KindSilence is sound that stops while the track stays: paused, voice
	// lost, stuck.
	KindSilence Kind = "silence"
	// KindSeek is a jump; Position is where it leads.
	KindSeek Kind = "seek"
	// KindEnd is the end of the track; Reason is that of the TrackEndEvent.
	KindEnd Kind = "end"
)

// Limits of the timeline.
const (
	MaxRecords = 256    // of one guild and user; the oldest go first
	MaxLines   = 16_384 // pairs of guild and user; further ones are not recorded
)

// Record is one entry of a timeline. Play is the track's userData as the client
// gave it, Position is in milliseconds of the track's own time, Speed how many
// of them pass in one of the clock's.
type Record struct {
	At         time.Time       `json:"at"`
	Kind       Kind            `json:"kind"`
	Play       json.RawMessage `json:"play"`
	Identifier string          `json:"identifier"`
	Session    string          `json:"session"`
	Position   int64           `json:"position"`
	Speed      float64         `json:"speed"`
	Reason     string          `json:"reason,omitempty"`
}

// Line is what one bot let sound in one guild, oldest first, whatever sessions
// it had. Dropped counts the records that fell out.
type Line struct {
	Guild   string   `json:"guild"`
	User    string   `json:"user"`
	Dropped int      `json:"dropped"`
	Records []Record `json:"records"`
}

type lineKey struct{ guild, user string }

type timeline map[lineKey]*Line

func (p *player) record(now time.Time, kind Kind, reason string) {
	n, t := p.session.node, p.track
	key := lineKey{p.guild, p.session.userID}
	line := n.timeline[key]
	if line == nil {
		if len(n.timeline) >= MaxLines {
			return
		}
		if n.timeline == nil {
			n.timeline = make(timeline)
		}
		line = &Line{Guild: key.guild, User: key.user}
		n.timeline[key] = line
	}
	if len(line.Records) >= MaxRecords {
		// Half at once, so that a busy line is not moved with every record.
		line.Records = slices.Delete(line.Records, 0, MaxRecords/2)
		line.Dropped += MaxRecords / 2
	}
	line.Records = append(line.Records, Record{
		At: now, Kind: kind, Play: t.userData, Identifier: t.source.ID, Session: p.session.id,
		Position: t.position(now).Milliseconds(), Speed: t.speed, Reason: reason,
	})
}

// Timeline returns what has sounded so far, by guild and user.
func (n *Node) Timeline() []Line {
	n.lock()
	defer n.unlock()
	out := make([]Line, 0, len(n.timeline))
	for _, l := range n.timeline {
		c := *l
		c.Records = slices.Clone(l.Records)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Line) int {
		if c := compareText(a.Guild, b.Guild); c != 0 {
			return c
		}
		return compareText(a.User, b.User)
	})
	return out
}

// ClearTimeline forgets what has sounded so far.
func (n *Node) ClearTimeline() {
	n.lock()
	defer n.unlock()
	clear(n.timeline)
}
