// Package launch is the command line of platformd: it reads flags, starts the
// simulators where a sandbox is asked for, and runs the daemon.
package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/cli"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sandbox"
)

// IO is everything that a run touches of the world outside.
type IO struct {
	Env    []string
	Stdout io.Writer
	Stderr io.Writer
	Build  cli.Build
}

// Run carries out one command line, without the program's name, and returns the
// exit code, by the same map as platformctl's.
func Run(ctx context.Context, args []string, io IO) int {
	root := newRoot(io)
	root.SetArgs(args)
	root.SetOut(io.Stdout)
	root.SetErr(io.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if _, ok := errors.AsType[*fault.Error](err); !ok {
		// Only cobra itself returns errors that are no faults.
		err = fault.New(fault.Invalid, "launch", err.Error()).WithHint("platformd --help")
	}
	message, hint := fault.Show(err)
	line := "platformd: " + strings.TrimSpace(message)
	if hint != "" {
		line += "; next: " + hint
	}
	_, _ = fmt.Fprintln(io.Stderr, line)
	return cli.ExitCode(err)
}

func newRoot(io IO) *cobra.Command {
	o := &options{io: io}
	cmd := &cobra.Command{
		Use:   "platformd",
		Short: "Run music bots on Discord as a platform",
		Long: `platformd runs the platform: one daemon whose roles are chosen by --roles.
Alone on a machine it needs nothing else: its rows are in SQLite.

With --sandbox it lives in a simulated Discord with a simulated audio node, so
that the whole product can be tried without an account anywhere.`,
		Example: `  # the whole product against simulators
  platformd --sandbox

  # against simulators that are a process of their own
  platformd sim --listen 127.0.0.1:8090 &
  platformd --sandbox=127.0.0.1:8090

  # for real
  DISCORD_TOKEN=... LAVALINK_NODES=main=localhost:2333,secret platformd`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return o.run(cmd) },
	}
	f := cmd.Flags()
	f.StringVar(&o.sandbox, "sandbox", "", "live in simulators: inside this process, or those at host:port")
	f.Lookup("sandbox").NoOptDefVal = inside
	f.IntVar(&o.nodes, "sandbox-nodes", sandbox.DefaultNodes, "how many simulated audio nodes are inside")
	f.StringVarP(&o.file, "config", "c", "", "YAML `file` with the configuration")
	f.String("data-dir", "", "`directory` for everything that is kept")
	f.String("listen", "", "`address` of the HTTP API; port 0 takes a free one")
	f.String("socket", "", "`path` of the admin socket")
	f.StringSlice("roles", nil, "what this process does: gateway, audio, api, worker")
	f.String("operations-listen", "", "`address` of metrics, health and profiles")
	f.String("plan-default", "", "the `plan` of guilds that nobody pays for: free, pro or elite; pro in a sandbox")
	f.String("log-level", "", "debug, info, warn or error")
	f.String("log-format", "", "text or json")
	cmd.AddCommand(newSim(o), newHealth(o), newVersion(io))
	cmd.AddCommand(newTools(o)...)
	return cmd
}

func newVersion(io IO) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(io.Stdout, strings.TrimSpace("platformd "+io.Build.Version+" "+io.Build.Commit))
			return err
		},
	}
}
