package view

import "time"

// Status is how a daemon is.
type Status struct {
	Version     string       `json:"version" doc:"Version of the daemon."`
	Commit      string       `json:"commit,omitempty" doc:"Commit that it was built from."`
	Mode        string       `json:"mode" enum:"live,sandbox" doc:"Whether it talks to Discord or to simulators."`
	Ready       bool         `json:"ready" doc:"True where every check passes."`
	StartedAt   time.Time    `json:"started_at" doc:"When the process started."`
	UptimeMS    int64        `json:"uptime_ms" doc:"How long it has run, in milliseconds."`
	PID         int          `json:"pid" doc:"Process id."`
	DataDir     string       `json:"data_dir" doc:"Directory of what is kept."`
	Roles       []Role       `json:"roles" nullable:"false" doc:"What this process does."`
	Checks      []Check      `json:"checks" nullable:"false" doc:"What readiness is made of."`
	Bots        []Bot        `json:"bots" nullable:"false" doc:"The bots of the pool."`
	Frontless   []Frontless  `json:"frontless,omitempty" doc:"Guilds that a bot of the pool is in and the front bot is not, at most 100: nobody can give commands there."`
	Nodes       Count        `json:"nodes" doc:"Nodes, and how many are up."`
	Players     Count        `json:"players" doc:"Players, and how many play."`
	Guilds      int          `json:"guilds" doc:"Guilds that are known."`
	Database    Database     `json:"database" doc:"Where rows are kept."`
	Ownership   Ownership    `json:"partitions" doc:"Partitions, and how many are owned by a process that answers."`
	LastEvent   int64        `json:"last_event_seq" doc:"Sequence number of the newest event."`
	Addresses   []Listener   `json:"addresses" nullable:"false" doc:"Where the daemon listens."`
	Processes   []Process    `json:"processes" nullable:"false" doc:"Every process of this installation that was heard of lately, by name."`
	Maintenance *Maintenance `json:"maintenance,omitempty" doc:"There while changes wait because of an operator's work."`
}

// Role is one of a daemon's roles.
type Role struct {
	Name   string `json:"name" doc:"Name of the role."`
	State  string `json:"state" enum:"starting,running,draining,stopped,failed" doc:"How far it is."`
	Detail string `json:"detail,omitempty" doc:"Why, where it is not running."`
}

// Check is one named condition of readiness.
type Check struct {
	Name   string `json:"name" doc:"What was looked at."`
	OK     bool   `json:"ok" doc:"True where it is as it has to be."`
	Reason string `json:"reason,omitempty" doc:"What is wrong."`
}

// Bot is one account of the pool and its connection.
type Bot struct {
	Name      string `json:"name" doc:"Name in the configuration."`
	ID        string `json:"id" doc:"Application id on the platform."`
	State     string `json:"state" enum:"connecting,ready,resuming,down,refused" doc:"State of its connection."`
	Shards    int    `json:"shards" doc:"How many shards it has, in whichever process."`
	Guilds    int    `json:"guilds" doc:"Guilds that it is in."`
	LatencyMS int64  `json:"latency_ms,omitempty" doc:"Time of the last heartbeat, in milliseconds."`
	Detail    string `json:"detail,omitempty" doc:"Why, where it is not ready."`
	Invite    string `json:"invite_url,omitempty" doc:"Page by which it is brought into a guild."`
}

// Frontless is a guild without the front bot.
type Frontless struct {
	ID     string `json:"id" doc:"Id of the guild."`
	Name   string `json:"name,omitempty" doc:"Name of the guild."`
	Invite string `json:"invite_url" doc:"Page by which the front bot is brought into it."`
}

// Count is how many there are and how many of them are at work.
type Count struct {
	Total  int `json:"total" doc:"How many there are."`
	Active int `json:"active" doc:"How many of them are up, or play."`
}

// Ownership is how many partitions there are and how many are held.
type Ownership struct {
	Total int `json:"total" doc:"How many there are."`
	Held  int `json:"held" doc:"How many are owned by a process that answers."`
}

// Database describes where rows are kept.
type Database struct {
	Engine  string `json:"engine" doc:"sqlite or postgres."`
	Version string `json:"version,omitempty" doc:"Version of the engine."`
	Schema  int64  `json:"schema" doc:"Version of the tables."`
}

// Listener is one listener.
type Listener struct {
	Name    string `json:"name" doc:"What listens: api, operations, socket, sandbox."`
	Address string `json:"address" doc:"Where."`
}
