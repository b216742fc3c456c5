package lavalink

import "time"

// The machine that the node claims to be. Its loads are computed from what it
// plays, so that clients which weigh nodes see a busy node as busy.
const (
	modelCores       = 4
	modelMemory      = 1 << 30
	memoryBase       = 96 << 20
	memoryPerPlayer  = 48 << 10
	loadPerPlaying   = 0.0004
	loadBase         = 0.01
	framesPerMinute  = 3000 // 20 ms each
	framesUsableFrom = time.Minute
)

type frameStats struct {
	Sent    int `json:"sent"`
	Nulled  int `json:"nulled"`
	Deficit int `json:"deficit"`
}

type statsData struct {
	Players        int   `json:"players"`
	PlayingPlayers int   `json:"playingPlayers"`
	Uptime         int64 `json:"uptime"`
	Memory         struct {
		Free       int64 `json:"free"`
		Used       int64 `json:"used"`
		Allocated  int64 `json:"allocated"`
		Reservable int64 `json:"reservable"`
	} `json:"memory"`
	CPU struct {
		Cores        int     `json:"cores"`
		SystemLoad   float64 `json:"systemLoad"`
		LavalinkLoad float64 `json:"lavalinkLoad"`
	} `json:"cpu"`
}

type statsMessage struct {
	Op         string      `json:"op"`
	FrameStats *frameStats `json:"frameStats"`
	statsData
}

func (n *Node) stats(now time.Time) statsData {
	var d statsData
	for _, s := range n.sessions {
		if s.link == nil {
			continue // the server counts connected sessions only
		}
		d.Players += len(s.players)
		for _, p := range s.players {
			if p.track != nil && !p.paused {
				d.PlayingPlayers++
			}
		}
	}
	d.Uptime = now.Sub(n.started).Milliseconds()
	d.Memory.Reservable = modelMemory
	d.Memory.Allocated = modelMemory / 2
	d.Memory.Used = min(memoryBase+int64(d.Players)*memoryPerPlayer, d.Memory.Allocated)
	d.Memory.Free = d.Memory.Allocated - d.Memory.Used
	d.CPU.Cores = modelCores
	d.CPU.LavalinkLoad = min(1, loadPerPlaying*float64(d.PlayingPlayers))
	d.CPU.SystemLoad = min(1, loadBase+d.CPU.LavalinkLoad)
	return d
}

// statsMessage is what goes over the socket: as stats, with the frames of the
// session's own players once one of them has sounded for a whole minute.
func (n *Node) statsMessage(now time.Time, s *session) []byte {
	m := statsMessage{Op: "stats", statsData: n.stats(now)}
	for _, p := range s.players {
		if t := p.track; t != nil && t.sounding && now.Sub(t.since) >= framesUsableFrom {
			m.FrameStats = &frameStats{Sent: framesPerMinute}
			break
		}
	}
	return n.told(marshal(m))
}
