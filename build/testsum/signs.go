package main

import "strings"

// Signs are what a package's output says about how it failed.
type signs struct {
	raced    bool // the race detector, or the runtime, saw two goroutines at one thing
	unbuilt  bool // it could not be built or set up
	complete bool // the test binary came to its end: no test was left out
}

// with returns the signs after e. The output of a test counts whether or not that
// test failed: a race is reported where it is noticed, not where it is made.
func (s signs) with(e entry) signs {
	// What the race detector, the testing package, and the runtime that finds a
	// map written twice at once print about it.
	for _, w := range []string{"DATA RACE", "race detected during execution of test", "fatal error: concurrent map "} {
		s.raced = s.raced || strings.Contains(e.Output, w)
	}
	if e.FailedBuild != "" || e.Test == "" && (strings.Contains(e.Output, "[build failed]") || strings.Contains(e.Output, "[setup failed]")) {
		s.unbuilt = true
	}
	// The testing package's last word, after all tests; a panic, a timeout and
	// an early exit leave it out.
	if e.Action == "output" && e.Test == "" && (e.Output == "PASS\n" || e.Output == "FAIL\n") {
		s.complete = true
	}
	return s
}
