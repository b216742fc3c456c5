package lavalink

import "encoding/json"

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

// PlayerSnapshot is a player at one moment. Position is in milliseconds;
// Identifier is empty where no track is set.
type PlayerSnapshot struct {
	Guild      string          `json:"guild"`
	User       string          `json:"user"`
	Session    string          `json:"session"`
	Channel    string          `json:"channel,omitempty"`
	Identifier string          `json:"identifier,omitempty"`
	UserData   json.RawMessage `json:"userData,omitempty"`
	Position   int64           `json:"position"`
	Paused     bool            `json:"paused"`
	Volume     int             `json:"volume"`
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

// Players returns every player of the node, by session and guild.
func (n *Node) Players() []PlayerSnapshot {
	now := n.lock()
	defer n.unlock()
	out := []PlayerSnapshot{}
	for _, s := range n.sorted() {
		for _, p := range s.sortedPlayers() {
			snap := PlayerSnapshot{
				Guild: p.guild, User: s.userID, Session: s.id, Paused: p.paused, Volume: p.volume, Connected: p.online,
			}
			if p.voice != nil {
				snap.Channel = p.voice.ChannelID
			}
			if t := p.track; t != nil {
				snap.Identifier, snap.UserData = t.source.ID, t.userData
				snap.Position, snap.Sounding = t.position(now).Milliseconds(), t.sounding
			}
			out = append(out, snap)
		}
	}
	return out
}
