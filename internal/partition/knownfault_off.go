//go:build !knownfault

package partition

// Faults that are built in on purpose by the tag knownfault, so that the tests can
// be shown to find them; see build/proof/mutants.sh.
const (
	// ackBeforeCommit tells what came of a batch before it is committed.
	ackBeforeCommit = false
	// effectWithoutKey carries out a command again that was carried out.
	effectWithoutKey = false
)
