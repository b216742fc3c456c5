package main

import (
	"slices"
	"time"
)

// A measurement is something that we measure, and what we want of it.
type measurement struct {
	name string
	unit string
	peer string // what the ratio compares with; empty where there is none
	goal goal
	// run measures. The ratio is 0 where there is no peer.
	run func(env) (value, ratio float64, err error)
}

// measurements is everything that `make bench` measures, in the order of the
// table.
func measurements() []measurement {
	const (
		music    = "./internal/core/music"
		envelope = "./internal/event"
		catalog  = "./internal/event/catalog"
		sqlstore = "./internal/store/sqlstore"
		memory   = "./internal/bus/memory"
		stdlib   = "encoding/json"
		single   = "one transaction each"
	)
	grouped := func(name string) func(env) (float64, float64, error) {
		return metrics(bench{pkg: sqlstore, name: "BenchmarkGroupCommit/" + name}, "grouped/s", "ratio")
	}
	own := []measurement{
		{"step", "steps/s", "", goal{value: 1_000_000}, perSecond(bench{pkg: music, name: "BenchmarkStep", cpu: 1})},
		{"group-commit-journal", "rows/s", single, goal{ratio: 10}, grouped("sqlite/journal/waiters")},
		{"group-commit-journal-loop", "rows/s", single, goal{ratio: 10}, grouped("sqlite/journal/loop")},
		{"group-commit-command", "commands/s", single, goal{ratio: 6}, grouped("sqlite/command/waiters")},
		{"group-commit-command-loop", "commands/s", single, goal{ratio: 6}, grouped("sqlite/command/loop")},
		{"group-commit-command-postgres", "commands/s", single, goal{}, grouped("postgres/command/loop")},
		{"envelope-encode", "events/s", stdlib, goal{}, against(bench{pkg: envelope, name: "BenchmarkEncode/ours"}, "BenchmarkEncode/encoding/json")},
		{"envelope-scan", "events/s", stdlib, goal{}, against(bench{pkg: envelope, name: "BenchmarkScan/ours"}, "BenchmarkScan/encoding/json")},
		{"event-wrap", "events/s", stdlib, goal{}, against(bench{pkg: catalog, name: "BenchmarkWrap/ours"}, "BenchmarkWrap/encoding/json")},
		{"bus-hop", "messages/s", "", goal{}, perSecond(bench{pkg: memory, name: "BenchmarkHop"})},
		{"api-ready", "ms", "", goal{value: 300, below: true}, apiReady},
		{"shard-ready", "ms", "", goal{}, shardReady},
		{"platformctl-status", "ms", "", goal{value: 50, below: true}, statusTime},
	}
	return slices.Concat(own, ofEnvelope(), ofJournal(), ofReplay(), ofPath(), ofPlayers(), ofMemoryBus(), ofBus(), ofCluster(), ofGaps(), ofScale())
}

// An env is what measurements share.
type env struct {
	// runGo runs the go command and returns what it printed.
	runGo func(args ...string) ([]byte, error)
	// bin has the programs that were built.
	bin string
	// rounds is how often each is measured; the median counts.
	rounds int
	// time is how long a round of a Go benchmark takes.
	time time.Duration
	// profile is the file that a profile of the platform goes to, empty for none.
	profile string
	// events is how many a replay reads.
	events int
	// quick means fewer rounds of what takes minutes.
	quick bool
	// steady is how long a cluster is kept at half of what it can do.
	steady time.Duration
	// players is how many a simulated installation has.
	players int
}
