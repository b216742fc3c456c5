package view

import "time"

// Node is a server that plays.
type Node struct {
	Name         string    `json:"name" doc:"Name in the configuration."`
	Address      string    `json:"address" doc:"Where it listens."`
	State        string    `json:"state" enum:"connecting,up,down,refused" doc:"State of our connection."`
	Reason       string    `json:"reason,omitempty" doc:"Why, where it is not up."`
	Version      string    `json:"version,omitempty" doc:"Version that it reports."`
	Secure       bool      `json:"secure" doc:"True with TLS."`
	Region       string    `json:"region,omitempty" doc:"Where it stands."`
	Cordoned     bool      `json:"cordoned,omitempty" doc:"True where it takes no new players."`
	CordonReason string    `json:"cordon_reason,omitempty" doc:"Why it takes none, in the words of whoever decided it."`
	CordonedBy   string    `json:"cordoned_by,omitempty" doc:"Who decided it."`
	Sources      []string  `json:"sources" nullable:"false" doc:"Sources that it can play."`
	Sessions     int       `json:"sessions" doc:"Sessions that we keep on it."`
	Players      int       `json:"players" doc:"Players that it has."`
	Playing      int       `json:"playing" doc:"Players that sound."`
	CPU          float64   `json:"cpu" doc:"Load of its machine, 1 for all cores."`
	MemoryUsed   int64     `json:"memory_used" doc:"Memory in use, in bytes."`
	MemoryTotal  int64     `json:"memory_total" doc:"Memory that it may use, in bytes."`
	UptimeMS     int64     `json:"uptime_ms" doc:"How long it has run, in milliseconds."`
	Deficit      int64     `json:"frames_deficit" doc:"Frames of audio that were late in the last minute."`
	SeenAt       time.Time `json:"seen_at,omitzero" doc:"When it was last heard of."`
}

// NodeList is all nodes.
type NodeList struct {
	Items []Node `json:"items" nullable:"false" doc:"Nodes, by name."`
}
