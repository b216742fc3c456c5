package lavalink

import "encoding/json"

func emptyObject() json.RawMessage { return json.RawMessage("{}") }

// trackJSON is Lavalink's Track.
type trackJSON struct {
	Encoded    string          `json:"encoded"`
	Info       TrackInfo       `json:"info"`
	PluginInfo json.RawMessage `json:"pluginInfo"`
	UserData   json.RawMessage `json:"userData"`
}

type stateJSON struct {
	Time      int64 `json:"time"`
	Position  int64 `json:"position"`
	Connected bool  `json:"connected"`
	Ping      int   `json:"ping"`
}

type voiceJSON struct {
	Token     string  `json:"token"`
	Endpoint  string  `json:"endpoint"`
	SessionID string  `json:"sessionId"`
	ChannelID *string `json:"channelId"`
}

type playerJSON struct {
	GuildID string          `json:"guildId"`
	Track   *trackJSON      `json:"track"`
	Volume  int             `json:"volume"`
	Paused  bool            `json:"paused"`
	State   stateJSON       `json:"state"`
	Voice   voiceJSON       `json:"voice"`
	Filters json.RawMessage `json:"filters"`
}

type readyMessage struct {
	Op        string `json:"op"`
	Resumed   bool   `json:"resumed"`
	SessionID string `json:"sessionId"`
}

type playerUpdateMessage struct {
	Op      string    `json:"op"`
	State   stateJSON `json:"state"`
	GuildID string    `json:"guildId"`
}

type eventMessage struct {
	Op        string     `json:"op"`
	Type      string     `json:"type"`
	GuildID   string     `json:"guildId"`
	Track     *trackJSON `json:"track,omitempty"`
	Reason    *string    `json:"reason,omitempty"`
	Exception *Exception `json:"exception,omitempty"`
	Threshold *int64     `json:"thresholdMs,omitempty"`
	Code      *int       `json:"code,omitempty"`
	ByRemote  *bool      `json:"byRemote,omitempty"`
}

// marshal encodes what this package made itself, which cannot fail.
func marshal(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// sendEvent sends an event of the player's guild.
func (p *player) sendEvent(e eventMessage) {
	e.Op, e.GuildID = "event", p.guild
	p.session.send(marshal(e))
}
