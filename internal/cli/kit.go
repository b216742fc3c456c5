package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
)

// kit is what commands share: the world outside, the flags of every command,
// and what they make of them only once it is needed.
type kit struct {
	IO
	say say

	socket     string
	timeout    time.Duration
	format     string
	timeFormat string
	lang       string
	quiet      bool
}

func (k *kit) env(name string) string { return locate.Get(k.Env, name) }

// flags declares what every command understands.
func (k *kit) flags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&k.socket, "socket", "", k.say("path of the admin socket (PLATFORM_SOCKET); found by itself where it is not named"))
	f.DurationVar(&k.timeout, "timeout", 10*time.Second, k.say("how long to wait for the daemon"))
	f.StringVarP(&k.format, "output", "o", "table", k.say("how to print: table, wide, json, jsonl, yaml or name"))
	f.StringVar(&k.timeFormat, "time-format", "relative", k.say("how to show times in tables: relative, iso or raw"))
	f.StringVar(&k.lang, "lang", "", k.say("language of help and messages: en or es"))
	f.BoolVarP(&k.quiet, "quiet", "q", false, k.say("print only data and errors"))
	f.BoolP("help", "h", false, k.say("show help"))
}

// client returns a client of the daemon's API.
func (k *kit) client() (*client.Client, error) {
	socket, named := k.socket, true
	if socket == "" {
		socket, named = locate.Find(k.Env)
	}
	if len(socket) > locate.MaxSocketPath {
		return nil, fault.New(fault.Invalid, "cli.client", "the path of the admin socket is longer than a socket's path may be").
			WithHint("name a shorter one with --socket")
	}
	return client.New(client.Options{Socket: socket, Named: named, Timeout: k.timeout, UserAgent: "platformctl/" + k.Build.Version})
}

// printer returns the printer that the flags ask for. Errors: Invalid.
func (k *kit) printer() (*output.Printer, error) {
	format, err := output.ParseFormat(k.format)
	if err != nil {
		return nil, err
	}
	times, err := output.ParseTimeFormat(k.timeFormat)
	if err != nil {
		return nil, err
	}
	width, terminal := output.Terminal(k.Stdout)
	_, talks := output.Terminal(k.Stderr)
	return output.New(k.Stdout, k.Stderr, output.Options{
		Format: format, Time: times, Quiet: k.quiet, Now: k.Now, Width: width, ShowProgress: talks,
		Color: output.Colors(terminal, k.env("NO_COLOR"), k.env("TERM")),
	}), nil
}

// with checks the flags, connects and runs f, so that a wrong flag is named
// before the daemon is asked.
func (k *kit) with(ctx context.Context, f func(context.Context, *client.Client, *output.Printer) error) error {
	if k.timeout <= 0 || k.timeout > time.Hour {
		return fault.New(fault.Invalid, "cli", "--timeout has to be above 0 and at most 1h")
	}
	p, err := k.printer()
	if err != nil {
		return err
	}
	c, err := k.client()
	if err != nil {
		return err
	}
	defer c.Close()
	return f(ctx, c, p)
}

// waiting runs f and says so on a terminal where it takes longer than a second.
func waiting[T any](p *output.Printer, what string, f func() (T, error)) (T, error) {
	done := p.Progress(what)
	defer done()
	return f()
}

// exactly refuses another number of arguments, by the names that help shows.
func (k *kit) exactly(names ...string) cobra.PositionalArgs {
	return k.between(len(names), names...)
}

func (k *kit) between(least int, names ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return fault.New(fault.Invalid, "cli", k.say("%s is missing", names[len(args)])).
				WithHint(k.say("usage: %s", c.UseLine()))
		case len(args) > len(names):
			return fault.New(fault.Invalid, "cli", k.say("%q is one argument too many", args[len(names)])).
				WithHint(k.say("usage: %s", c.UseLine()))
		}
		return nil
	}
}

// finish gives every command our words for what cobra says itself.
func (k *kit) finish(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd("completion")
	root.SetUsageTemplate(usageTemplate(k.say))
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		if err == pflag.ErrHelp { //nolint:errorlint // cobra compares it so
			return err
		}
		return fault.New(fault.Invalid, "cli", firstLine(err.Error())).
			WithHint(k.say("run %s --help to see what there is", c.CommandPath()))
	})
	for _, c := range root.Commands() {
		switch c.Name() {
		case "help":
			c.Short = k.say("Help about any command")
		case "completion":
			c.Short = k.say("Print a script that completes commands in a shell")
		}
	}
}

func usageTemplate(say say) string {
	return fmt.Sprintf(`%s:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if .HasExample}}

%s:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

%s:{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

%s:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

%s:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`, say("Usage"), say("Examples"), say("Commands"), say("Flags"), say("Flags of every command"))
}
