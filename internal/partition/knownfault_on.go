//go:build knownfault

package partition

import "os"

//nolint:gochecknoglobals // chosen by the environment of a build that nobody runs
var (
	ackBeforeCommit  = os.Getenv("KNOWNFAULT") == "ack"
	effectWithoutKey = os.Getenv("KNOWNFAULT") == "key"
)
