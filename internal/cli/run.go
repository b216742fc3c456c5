package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/fault"
)

// Build is what the linker wrote into the program.
type Build struct {
	Version string
	Commit  string
	Date    string
}

// IO is everything that a run touches of the world outside.
type IO struct {
	// Env is the environment as os.Environ gives it.
	Env    []string
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Build  Build
	// Now is the clock for relative times; time.Now where it is nil.
	Now func() time.Time
}

// Run carries out one command line, without the program's name, and returns
// the exit code: 0 ok, 1 internal, 2 usage, 3 not found, 4 not authenticated,
// 5 conflict, 6 denied or quota, 7 unavailable, 8 pending or unmet, 130
// interrupted.
func Run(ctx context.Context, args []string, io IO) int {
	if io.Now == nil {
		io.Now = time.Now
	}
	k := &kit{IO: io}
	lang, langErr := chooseLanguage(args, io.Env)
	k.say = speaker(lang)
	root := newCmdRoot(k)
	root.SetArgs(args)
	root.SetIn(io.Stdin)
	root.SetOut(io.Stdout)
	root.SetErr(io.Stderr)
	err := langErr
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	if err == nil {
		return exitOK
	}
	if other, ok := errors.AsType[handed](err); ok {
		return max(other.code, exitInternal)
	}
	if !isFault(err) {
		// Only cobra itself returns errors that are no faults: it did not
		// understand the command line.
		err = fault.New(fault.Invalid, "cli", strings.TrimSpace(firstLine(err.Error()))).
			WithHint(k.say("run platformctl --help to see what there is"))
	}
	if ctx.Err() != nil {
		return exitInterrupted
	}
	k.complain(err)
	return ExitCode(err)
}

func isFault(err error) bool {
	var f *fault.Error
	return errors.As(err, &f)
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// newCmdRoot builds the tree of commands.
func newCmdRoot(k *kit) *cobra.Command {
	root := &cobra.Command{
		Use:   "platformctl",
		Short: k.say("Operate the platform and its sandbox"),
		Long:  k.say("platformctl asks a running platformd on this machine how it is, what plays and what happened, and plays the members of the sandbox's Discord."),
		Example: examples(
			"platformctl status",
			"platformctl players list -o json",
			"platformctl sandbox send '/play query:\"ocean\"' --guild demo --user ana",
		),
		SilenceErrors: true, SilenceUsage: true,
	}
	groupOf(k, root)
	k.flags(root)
	root.AddCommand(
		newCmdStatus(k, nil), newCmdGuilds(k), newCmdPlayers(k), newCmdQueues(k), newCmdNodes(k), newCmdPlays(k), newCmdEvents(k),
		newCmdLetters(k), newCmdJobs(k), newCmdMaintenance(k),
		newCmdSandbox(k), newCmdVersion(k),
	)
	root.AddCommand(newCmdDaemonTools(k)...)
	k.finish(root)
	return root
}

// groupOf makes a command that only holds others refuse what it does not know
// and show its help where nothing was named.
func groupOf(k *kit, c *cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		hint := k.say("run %s --help to see what there is", c.CommandPath())
		c.SuggestionsMinimumDistance = 2
		if s := c.SuggestionsFor(args[0]); len(s) > 0 {
			hint = k.say("did you mean %s?", c.CommandPath()+" "+s[0])
		}
		return fault.New(fault.Invalid, "cli", k.say("there is no command %q below %s", args[0], c.CommandPath())).WithHint(hint)
	}
	return c
}

// examples indents command lines for help.
func examples(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
