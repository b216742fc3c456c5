package topic

import "github.com/atrilhq/platform/internal/core/music"

// Nodes tells audio roles that what operators decided about a node changed.
// Message: NodeChange.
const Nodes = "nodes"

// NodeChange says that a node's cordon changed. With Drain the players of a
// cordoned node are to be moved to others.
type NodeChange struct {
	Node  music.NodeName `json:"node"`
	Drain bool           `json:"drain,omitempty"`
}
