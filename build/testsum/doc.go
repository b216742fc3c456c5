// Command testsum runs `go test -json`, prints a line a package and the whole
// output of what failed, looks a second time at what failed, and sums up at the
// end:
//
//	testsum [-rerun N] [-unstable FILE] go test -json FLAGS -- PACKAGES
//
// It exits with 1 if anything failed in the end, did not build or was cut off, and
// if no test ran at all: a run that tested nothing must not look like one that
// passed. What may be run again, and what never, stands in look.go; why it is done
// at all, in docs/adr/0022-a-second-look-at-failed-tests.md.
package main
