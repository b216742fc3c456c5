// Command testsum reads what `go test -json` writes, prints a line a package
// and the whole output of what failed, and sums up at the end. It exits with 1
// if anything failed, did not build or was cut off, and if no test ran at all: a
// run that tested nothing must not look like one that passed.
package main
