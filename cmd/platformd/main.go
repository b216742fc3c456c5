// Command platformd is the platform's daemon.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/launch"
)

// version, commit and date are written by the linker; a plain go build leaves
// them to what the toolchain knows.
var version, commit, date string

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := launch.Run(ctx, os.Args[1:], launch.IO{
		Env: os.Environ(), Stdout: os.Stdout, Stderr: os.Stderr, Build: build(),
	})
	stop()
	os.Exit(code)
}

func build() cli.Build {
	b := cli.Build{Version: version, Commit: commit, Date: date}
	info, ok := debug.ReadBuildInfo()
	if !ok || b.Version != "" {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}
