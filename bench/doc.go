// Command bench measures the platform against its goals: `make bench`.
//
// Each measurement is one line of a table in measurements.go. Most run a Go
// benchmark of the package that they are about and read its result; others start
// the programs that were built. A ratio compares with a peer that was measured
// in the same run, which says more than absolute figures on a machine that does
// other things as well.
//
// The table goes to stdout, the figures to bench/results.json. The exit code is 1
// if a goal was missed or something could not be measured.
package main
