// Package storetest is what every store must do, as tests: whoever implements
// package store runs it on each engine it supports.
package storetest

import (
	"testing"

	"github.com/atrilhq/platform/internal/store"
)

// Open returns an empty store with at least four partitions, closed when the
// test ends. The store calls failpoint at each stage of a transaction that holds
// a batch, and fails there as the stage says; it may be nil.
type Open func(t *testing.T, failpoint func(store.Stage) error) store.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"Leases", testLeases},
		{"Renewals", testRenewals},
		{"Standing", testStanding},
		{"Members", testMembers},
		{"Presence", testPresence},
		{"Identifies", testIdentifies},
		{"Fence", testFence},
		{"Guilds", testGuilds},
		{"Queues", testQueues},
		{"History", testHistory},
		{"Settings", testSettings},
		{"Lists", testLists},
		{"Count", testCount},
		{"Journal", testJournal},
		{"Spans", testSpans},
		{"JournalOrder", testJournalOrder},
		{"Effects", testEffects},
		{"Outgoing", testOutgoing},
		{"Thin", testThin},
		{"DeadLetters", testDeadLetters},
		{"Letters", testLetters},
		{"Refusals", testRefusals},
		{"Failures", testFailures},
		{"NodeSessions", testNodeSessions},
		{"Shards", testShards},
		{"Panels", testPanels},
		{"Plays", testPlays},
		{"RecentTracks", testRecentTracks},
		{"PlayTotals", testPlayTotals},
		{"PrunePlays", testPrunePlays},
		{"Cordons", testCordons},
		{"Maintenance", testMaintenance},
		{"Health", testHealth},
		{"Concurrency", testConcurrency},
		{"Property", testProperty},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open) })
	}
}
