package view

import "time"

// Process is one process of the platform as the others know it.
type Process struct {
	Name       string     `json:"name" doc:"Name that no other process has."`
	State      string     `json:"state" enum:"up,silent" doc:"up, or silent where it was not heard of lately or did not answer."`
	Ready      bool       `json:"ready" doc:"True where every check of it passed when it was last heard of."`
	Roles      []Role     `json:"roles" nullable:"false" doc:"What it does."`
	Partitions int        `json:"partitions" doc:"How many partitions it owns, or owned when it was last heard of."`
	Shards     int        `json:"shards" doc:"How many shards it has the connection of, or had."`
	Version    string     `json:"version" doc:"Version of the program."`
	Commit     string     `json:"commit,omitempty" doc:"Commit that it was built from."`
	Host       string     `json:"host" doc:"Machine that it runs on."`
	PID        int        `json:"pid" doc:"Process id there."`
	StartedAt  time.Time  `json:"started_at" doc:"When it started."`
	SeenAt     time.Time  `json:"seen_at" doc:"When it was last heard of."`
	Addresses  []Listener `json:"addresses" nullable:"false" doc:"Where it listens."`
}
