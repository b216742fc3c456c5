// Package testenv starts real servers for tests: private ones, in a directory
// of their own, reachable by nobody else (a cluster's nodes listen on loopback),
// one of a kind for a test process unless a test wants one that it can hurt. They
// end with the process however that ends, because a shell beside the server
// waits for the other end of a pipe to close.
//
// A server that is not installed fails the test: a suite that skips what it
// cannot run says nothing.
package testenv
