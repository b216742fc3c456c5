//go:build race

package e2e

// Race is true where the tests, and so the programs, look for data races.
const Race = true
