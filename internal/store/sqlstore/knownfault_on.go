//go:build knownfault

package sqlstore

import "os"

//nolint:gochecknoglobals // chosen by the environment of a build that nobody runs
var (
	noFence     = os.Getenv("KNOWNFAULT") == "fence"
	naiveCursor = os.Getenv("KNOWNFAULT") == "cursor"
)
