package lavalink

import (
	"encoding/json"
	"maps"
	"math"
	"sync"
	"time"
)

// Stats is what a node says of itself.
type Stats struct {
	// Players exist, Playing of them give sound, on all of the node's sessions.
	Players, Playing int
	Uptime           time.Duration
	Cores            int
	// SystemLoad and NodeLoad are between 0 and 1.
	SystemLoad, NodeLoad float64
	// MemoryUsed and MemoryAllowed are in bytes.
	MemoryUsed, MemoryAllowed int64
	// Frames is of the players of one session, over the last minute; nil where
	// the node does not say.
	Frames *Frames
}

// Frames says how many audio frames a session's players sent in a minute, were
// missing and are owed. All are means over its players.
type Frames struct{ Sent, Nulled, Deficit float64 }

func readStats(raw []byte) (Stats, error) {
	var w struct {
		Players number `json:"players"`
		Playing number `json:"playingPlayers"`
		Uptime  number `json:"uptime"`
		Memory  struct {
			Used       number `json:"used"`
			Reservable number `json:"reservable"`
		} `json:"memory"`
		CPU struct {
			Cores  number `json:"cores"`
			System number `json:"systemLoad"`
			Node   number `json:"lavalinkLoad"`
		} `json:"cpu"`
		Frames *struct {
			Sent    number `json:"sent"`
			Nulled  number `json:"nulled"`
			Deficit number `json:"deficit"`
		} `json:"frameStats"`
	}
	if err := json.Unmarshal(raw, &w); err != nil {
		return Stats{}, err
	}
	s := Stats{
		Players: max(w.Players.whole(), 0), Playing: max(w.Playing.whole(), 0), Uptime: w.Uptime.millis(), Cores: max(w.CPU.Cores.whole(), 0),
		SystemLoad: unit(float64(w.CPU.System)), NodeLoad: unit(float64(w.CPU.Node)),
		MemoryUsed: bytesOf(w.Memory.Used), MemoryAllowed: bytesOf(w.Memory.Reservable),
	}
	if f := w.Frames; f != nil {
		s.Frames = &Frames{Sent: float64(f.Sent), Nulled: max(float64(f.Nulled), 0), Deficit: max(float64(f.Deficit), 0)}
	}
	return s, nil
}

func bytesOf(n number) int64 { return int64(min(max(float64(n), 0), 1<<60)) }

func unit(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return min(max(f, 0), 1)
}

// Board keeps what is known of one node, from all links to it. Its methods may
// be called from any goroutine.
type Board struct {
	mu       sync.Mutex
	stats    Stats
	known    bool
	latency  time.Duration
	sessions map[string]sessionFrames
}

type sessionFrames struct {
	playing int
	frames  Frames
}

// NewBoard returns a board that knows nothing yet.
func NewBoard() *Board { return &Board{sessions: make(map[string]sessionFrames)} }

// Observe takes over what a node said on a session with that many playing
// players. Frames are kept for each session, because a node reports only the
// ones of the session it speaks to.
func (b *Board) Observe(session string, playing int, s Stats) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stats, b.known = s, true
	if s.Frames == nil {
		delete(b.sessions, session)
		return
	}
	b.sessions[session] = sessionFrames{playing: playing, frames: *s.Frames}
}

// Forget drops a session that is not there any more.
func (b *Board) Forget(session string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sessions, session)
}

// Measured takes over a round trip to the node.
func (b *Board) Measured(rtt time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.latency = rtt
}

// Stats returns the last stats, with the frames of all sessions weighed by their
// players; false if there are none yet.
func (b *Board) Stats() (Stats, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.stats
	s.Frames = b.frames()
	return s, b.known
}

// Latency returns the last measured round trip, 0 if there is none.
func (b *Board) Latency() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.latency
}

func (b *Board) frames() *Frames {
	var sum Frames
	var weight float64
	for f := range maps.Values(b.sessions) {
		w := float64(f.playing)
		sum.Sent += f.frames.Sent * w
		sum.Nulled += f.frames.Nulled * w
		sum.Deficit += f.frames.Deficit * w
		weight += w
	}
	if weight == 0 {
		return nil
	}
	return &Frames{Sent: sum.Sent / weight, Nulled: sum.Nulled / weight, Deficit: sum.Deficit / weight}
}
