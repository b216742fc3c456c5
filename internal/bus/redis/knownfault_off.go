//go:build !knownfault

package redis

// noGeneration lets a reader go on in a stream that does not continue from its
// cursor: a fault that is built in on purpose by the tag knownfault, so that the
// tests can be shown to find it; see build/proof/mutants.sh.
const noGeneration = false
