//go:build !knownfault

package sqlstore

// Faults that are built in on purpose by the tag knownfault, so that the tests can
// be shown to find them; see build/proof/mutants.sh.
const (
	// noFence writes batches of owners that were succeeded.
	noFence = false
	// naiveCursor numbers events without keeping others from doing so, so that a
	// lower number may become visible after a higher one.
	naiveCursor = false
)
