// Package e2e proves the product from the outside: it builds the two programs,
// runs them as processes on ports and directories of their own, kills them, and
// compares what people were told with what is kept.
//
// The harness here knows nothing of the rooms inside: it starts platformd, asks
// it through its admin socket and acts through the simulators' control API, as a
// person or an operator would. Nothing waits for time to pass; it asks until a
// deadline.
package e2e
