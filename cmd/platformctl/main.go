// Command platformctl operates the platform and its sandbox.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/atrilhq/platform/internal/cli"
)

// version, commit and date are written by the linker; a plain go build leaves
// them to what the toolchain knows.
var version, commit, date string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, os.Args[1:], cli.IO{
		Env: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Build: cli.NewBuild(version, commit, date),
	})
	stop()
	os.Exit(code)
}
