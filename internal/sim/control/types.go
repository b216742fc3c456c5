package control

import (
	"encoding/json"
	"net/http"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/sim/discord"
	"github.com/atrilhq/platform/internal/sim/faults"
)

// Node is a simulated audio node, as the control needs it.
type Node interface {
	// Name is unique among the nodes of a sandbox.
	Name() string
	// Address is host:port.
	Address() string
	// SetDown makes the node refuse connections, or take them again.
	SetDown(down bool)
	// CutSockets breaks its sockets; the sessions live on.
	CutSockets()
	// ForgetSessions ends its sessions, as a restart of the node does.
	ForgetSessions()
	// Players and Timeline are what plays and what has played, for JSON.
	Players() any
	Timeline() any
}

// NodeInfo is a node with its password, which only the sandbox knows.
type NodeInfo struct {
	Name     string `json:"name"`
	Address  string `json:"address"`
	Password string `json:"password"`
}

// Deps is what is controlled.
type Deps struct {
	// World is the simulated Discord.
	World *discord.World
	// Nodes are the simulated audio nodes, and Passwords theirs, by name.
	Nodes     []Node
	Passwords map[string]string
	// Audio and Artwork serve the sound and the picture of a track, whose
	// identifier is the path value of that name; nil is none.
	Audio, Artwork http.Handler
	// Clock keeps the stream alive; nil is the real one.
	Clock clockwork.Clock
}

// World is the answer of GET /world.
type World struct {
	discord.View
	Nodes []NodeInfo `json:"nodes"`
}

// SendRequest types a line. Channel may be empty.
type SendRequest struct {
	Line    string `json:"line"`
	Guild   string `json:"guild"`
	Channel string `json:"channel,omitempty"`
	User    string `json:"user"`
	Bot     string `json:"bot,omitempty"`
	// Focused asks for the choices of this option instead of sending.
	Focused string `json:"focused,omitempty"`
	// WaitMS is how long to wait for the final reply; 20000 if zero.
	WaitMS int `json:"wait_ms,omitempty"`
}

// ClickRequest uses a component.
type ClickRequest struct {
	discord.Click
	WaitMS int `json:"wait_ms,omitempty"`
}

// VoiceRequest moves a user: Action is join, move or leave.
type VoiceRequest struct {
	Action  string `json:"action"`
	Channel string `json:"channel,omitempty"`
	User    string `json:"user"`
	Guild   string `json:"guild"`
}

// RedeliverRequest sends an interaction to its bot once more.
type RedeliverRequest struct {
	InteractionID string `json:"interaction_id"`
}

// FaultRequest is the body of PUT /faults/{name}.
type FaultRequest struct {
	Args map[string]string `json:"args,omitempty"`
}

// FaultList is the answer of GET /faults.
type FaultList struct {
	Faults []faults.Fault `json:"faults"`
}

// problem is how a failure is answered; the code is fault's.
type problem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// raw is an answer that is passed on as it is.
type raw = json.RawMessage
