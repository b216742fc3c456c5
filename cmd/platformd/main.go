// Command platformd is the platform's daemon.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/launch"
)

// version, commit and date are written by the linker; a plain go build leaves
// them to what the toolchain knows.
var version, commit, date string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// From the first signal on the next one has its plain effect: it ends the
	// process at once. What was acknowledged is durable, and what plays goes on.
	context.AfterFunc(ctx, stop)
	code := launch.Run(ctx, os.Args[1:], launch.IO{
		Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, Build: cli.NewBuild(version, commit, date),
	})
	stop()
	os.Exit(code)
}
