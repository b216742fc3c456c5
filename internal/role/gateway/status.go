package gateway

import (
	"slices"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Bots returns how the bots of this process are connected. Names are for whoever
// knows the configuration to fill in.
func (r *Role) Bots() []view.Bot {
	out := make([]view.Bot, 0, len(r.bots))
	for _, b := range r.bots {
		v := view.Bot{ID: string(b.id), State: "connecting"}
		b.mu.Lock()
		shards := slices.Clone(b.shards)
		b.mu.Unlock()
		v.Shards = len(shards)
		connected := 0
		for _, s := range shards {
			s.mu.Lock()
			conn, resumable := s.conn, s.saved.SessionID != ""
			s.mu.Unlock()
			switch {
			case conn != nil && conn.Connected():
				connected++
				v.Guilds += conn.Guilds()
				v.LatencyMS = max(v.LatencyMS, conn.Latency().Milliseconds())
			case resumable:
				v.State = "resuming"
			}
		}
		if connected > 0 && connected == len(shards) {
			v.State = "ready"
		}
		out = append(out, v)
	}
	return out
}

// Connected is true where every shard of every bot has its session open.
func (r *Role) Connected() bool {
	for _, b := range r.Bots() {
		if b.State != "ready" {
			return false
		}
	}
	return true
}
