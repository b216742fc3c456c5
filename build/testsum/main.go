package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

const usage = "usage: testsum [-rerun N] [-unstable FILE] go test -json FLAGS -- PACKAGES"

// run returns what the program exits with: 0 if all is well, 1 if the tests are
// not, 2 if it was called wrongly.
func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("testsum", flag.ContinueOnError)
	flags.SetOutput(errs)
	flags.Usage = func() { _, _ = fmt.Fprintln(errs, usage); flags.PrintDefaults() }
	looks := flags.Int("rerun", 2, "how often a test that failed is run again, 0 to 5; 0 never does")
	list := flags.String("unstable", "", "`file` that gets the names of what passed only when run again; empty if nothing did")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	rest := flags.Args()
	dash := slices.Index(rest, "--")
	if dash < 1 || dash == len(rest)-1 || *looks < 0 || *looks > 5 {
		_, _ = fmt.Fprintln(errs, usage)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := command{argv: rest[:dash], out: out, errs: errs}
	s, err := c.run(ctx, nil, rest[dash+1:]...)
	if err == nil {
		err = c.lookAgain(ctx, s, *looks)
	}
	if err == nil {
		err = s.keepUnstable(*list)
	}
	if err != nil {
		_, _ = fmt.Fprintln(errs, "testsum:", err)
	}
	if s == nil || !s.report(out) || err != nil {
		return 1
	}
	return 0
}
