package music

import "time"

// Track is something that a node can play. Encoded is the node's own handle;
// what stands beside it lets the track be found again where the handle cannot
// be decoded because its source is missing.
type Track struct {
	Encoded    string        `json:"encoded"`
	Identifier string        `json:"identifier"`
	URI        string        `json:"uri,omitempty"`
	ISRC       string        `json:"isrc,omitempty"`
	Title      string        `json:"title"`
	Author     string        `json:"author"`
	Artwork    string        `json:"artwork,omitempty"`
	Source     string        `json:"source"`
	Length     time.Duration `json:"length_ns,omitempty"` // 0 where it is unknown or endless
	Stream     bool          `json:"stream,omitempty"`
}

// SlotState says what is known of a place in the queue.
type SlotState string

// The states of a slot.
const (
	// SlotPending is being resolved; it keeps its place and counts against the limit.
	SlotPending SlotState = "pending"
	// SlotWaiting could not be resolved because no node was up; it is tried again when one returns.
	SlotWaiting SlotState = "waiting"
	// SlotReady can be played.
	SlotReady SlotState = "ready"
	// SlotPlayed was played; it is kept as history.
	SlotPlayed SlotState = "played"
)

// Slot is one place in a queue. A slot that a guild holds is never written to:
// a change makes a new one with the same ID.
//
// Nearly all slots that there are wait to be played and are ready, so that what
// only the others need stands behind a pointer.
type Slot struct {
	ID    SlotID    `json:"id"`
	State SlotState `json:"state"`
	// By asked for it, At that time.
	By UserID    `json:"by"`
	At time.Time `json:"at"`
	// Track is not known yet where the slot is pending or waits.
	Track Kept `json:"track,omitzero"`
	// Pending is nil for a slot whose track is known. Its fields stand among
	// those of the slot in JSON.
	*Pending
}

// Pending is what a slot has while its track is not known.
type Pending struct {
	// Query is what was asked for.
	Query Query `json:"query,omitzero"`
	// Deadline is when a pending slot fails.
	Deadline time.Time `json:"deadline,omitzero"`
	// Reply is where the answer is owed while the slot is pending.
	Reply ReplyTo `json:"reply,omitzero"`
}

// Query is what was asked for, empty where the track is known.
func (s *Slot) Query() Query {
	if s.Pending == nil {
		return Query{}
	}
	return s.Pending.Query
}

// Deadline is when the slot fails, zero for one that does not.
func (s *Slot) Deadline() time.Time {
	if s.Pending == nil {
		return time.Time{}
	}
	return s.Pending.Deadline
}

// Reply is where an answer is owed once the slot is resolved.
func (s *Slot) Reply() ReplyTo {
	if s.Pending == nil {
		return ReplyTo{}
	}
	return s.Pending.Reply
}

// Anchor is a position that was true at a time. From then on it moves with
// Speed, unless Speed is 0.
type Anchor struct {
	Position time.Duration `json:"position_ns"`
	At       time.Time     `json:"at"`
	Speed    float64       `json:"speed"`
}

// PositionAt returns the position at a time, never before the anchor's own.
func (a Anchor) PositionAt(now time.Time) time.Duration {
	if a.Speed == 0 || !now.After(a.At) {
		return a.Position
	}
	return a.Position + time.Duration(float64(now.Sub(a.At))*a.Speed)
}

// Phase says how far the sounding of a track has come.
type Phase string

// The phases of a play.
const (
	// PhaseWanted was decided here; the node has not confirmed it.
	PhaseWanted Phase = "wanted"
	// PhaseStarted was reported by the node, which says so before any audio is there.
	PhaseStarted Phase = "started"
	// PhaseSounding was heard: its position is above 0.
	PhaseSounding Phase = "sounding"
)

// Play is one sounding of one track. Like a slot it is never written to.
type Play struct {
	ID     PlayID    `json:"id"`
	Slot   SlotID    `json:"slot"`
	Track  Kept      `json:"track"`
	By     UserID    `json:"by"`
	Phase  Phase     `json:"phase"`
	Since  time.Time `json:"since"`
	Anchor Anchor    `json:"anchor"`
	// Heard is true once the play was heard, even if it was lost again since.
	Heard bool `json:"heard,omitempty"`
	// Retries counts how often the node lost this play since it was last heard.
	Retries int `json:"retries,omitempty"`
	// Seeks counts the seeks in this play. The node is told the number with the
	// position, so that what it has can be compared with what is wanted.
	Seeks int `json:"seeks,omitempty"`
	// Listened is for how long it sounded, in real time, up to the anchor.
	Listened time.Duration `json:"listened_ns,omitempty"`
}

// overBy returns when a play that sounds is over even if the node never says
// so, zero where that cannot be known.
func (p *Play) overBy() time.Time {
	if p == nil || p.Phase != PhaseSounding || p.Anchor.Speed <= 0 || p.Track.Length() <= 0 || p.Track.Stream() {
		return time.Time{}
	}
	rest := max(p.Track.Length()-p.Anchor.Position, 0)
	return p.Anchor.At.Add(time.Duration(float64(rest)/p.Anchor.Speed) + EndGrace)
}

// ListenedAt returns for how long the play has sounded in real time. Beyond the
// end of the track nothing sounds.
func (p *Play) ListenedAt(now time.Time) time.Duration {
	a := p.Anchor
	if a.Speed <= 0 || !now.After(a.At) {
		return p.Listened
	}
	more := now.Sub(a.At)
	if p.Track.Length() > 0 && !p.Track.Stream() {
		rest := max(p.Track.Length()-a.Position, 0)
		more = min(more, time.Duration(float64(rest)/a.Speed))
	}
	return p.Listened + more
}

// anchored returns a copy of the play that goes on from another anchor. It
// sounded from the old one on until a time.
func (p *Play) anchored(a Anchor, until time.Time) *Play {
	w := *p
	w.Listened = p.ListenedAt(until)
	w.Anchor = a
	return &w
}

// PositionAt returns where the play is at a time, within the track's length.
func (p *Play) PositionAt(now time.Time) time.Duration {
	pos := p.Anchor.PositionAt(now)
	if p.Track.Length() > 0 {
		pos = min(pos, p.Track.Length())
	}
	return pos
}
