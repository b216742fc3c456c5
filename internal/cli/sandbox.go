package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdSandbox(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{
		Use: "sandbox", Short: k.say("Act as a member of the sandbox's Discord"),
		Long: k.say(
			"The sandbox is a daemon that was started with platformd --sandbox: its Discord and its nodes are simulators, and these commands are its people."),
	})
	c.AddCommand(newCmdSandboxSend(k, nil), newCmdSandboxComplete(k, nil), newCmdSandboxClick(k, nil), newCmdSandboxModal(k, nil),
		newCmdSandboxVoice(k), newCmdSandboxMessages(k, nil), newCmdSandboxDMs(k, nil), newCmdSandboxInvite(k, nil),
		newCmdSandboxFaults(k), newCmdSandboxReset(k, nil))
	return c
}

// people is what these commands need of the simulators' control API.
type people interface {
	Send(ctx context.Context, line string, at client.Place, wait time.Duration) (client.Sent, error)
	Click(ctx context.Context, button, message string, values []string, at client.Place, wait time.Duration) (client.Sent, error)
	Complete(ctx context.Context, line, option string, at client.Place, wait time.Duration) ([]client.Choice, error)
	Modal(ctx context.Context, id, user string, fields map[string][]string, wait time.Duration) (client.Sent, error)
	Voice(ctx context.Context, action string, at client.Place) error
	Messages(ctx context.Context, guild, channel, user string, limit int) ([]client.Message, error)
	RefuseDMs(ctx context.Context, user string, refuse bool) error
	Invite(ctx context.Context, bot, guild string) error
	breakable
	Reset(ctx context.Context) error
	Names(ctx context.Context) (map[string]string, error)
}

// breakable is what is broken and mended on purpose.
type breakable interface {
	Faults(ctx context.Context) ([]client.Fault, error)
	SetFault(ctx context.Context, name string, args map[string]string) (client.Fault, error)
	ClearFault(ctx context.Context, name string, args map[string]string) error
	ClearFaults(ctx context.Context) error
}

// mentions returns what replaces mentions by names, for people; nothing where
// the names cannot be had.
func mentions(ctx context.Context, s people) func() *strings.Replacer {
	return func() *strings.Replacer {
		names, err := s.Names(ctx)
		if err != nil {
			return strings.NewReplacer()
		}
		pairs := make([]string, 0, 2*len(names))
		for mention, name := range names {
			pairs = append(pairs, mention, name)
		}
		return strings.NewReplacer(pairs...)
	}
}

// inSandbox asks the daemon where its simulators are and runs f with them.
func (k *kit) inSandbox(ctx context.Context, f func(context.Context, people, *output.Printer) error) error {
	return k.with(ctx, func(ctx context.Context, c *client.Client, p *output.Printer) error {
		where, err := c.Sandbox(ctx)
		if err != nil {
			return err
		}
		s, err := client.NewSandbox(where.ControlURL)
		if err != nil {
			return err
		}
		return f(ctx, s, p)
	})
}

// actOptions are where and how a person acts.
type actOptions struct {
	client.Place
	what    string
	message string
	values  []string
	wait    time.Duration
}

func (k *kit) actFlags(c *cobra.Command, o *actOptions) {
	k.placeFlags(c, &o.Place)
	c.Flags().DurationVar(&o.wait, "wait", 20*time.Second, k.say("how long to wait for the answer"))
}

func (k *kit) placeFlags(c *cobra.Command, p *client.Place) {
	c.Flags().StringVar(&p.Guild, "guild", "demo", k.say("guild"))
	c.Flags().StringVar(&p.User, "user", "ana", k.say("who acts"))
}

func (o actOptions) check() error {
	if o.wait < 0 || o.wait > 10*time.Minute {
		return fault.New(fault.Invalid, "cli", "--wait has to be from 0 to 10m")
	}
	return nil
}

func newCmdSandboxSend(k *kit, run func(context.Context, people, *output.Printer, actOptions) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxSend
	}
	var o actOptions
	c := &cobra.Command{
		Use: "send <line>", Short: k.say("Type a slash command and wait for the answer"), Args: k.exactly("line"),
		Long:    k.say("Types a slash command as a member would, waits for the last answer and prints the message. Without an answer in time the exit code is 8."),
		Example: examples(`platformctl sandbox send '/play query:"ocean"'`, "platformctl sandbox send '/queue' --user bruno -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			o.what = args[0]
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, o) })
		},
	}
	k.actFlags(c, &o)
	c.Flags().StringVar(&o.Channel, "channel", "", k.say("text channel; the first one where it is not named"))
	return c
}

func (k *kit) runSandboxSend(ctx context.Context, s people, p *output.Printer, o actOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	sent, err := waiting(p, k.say("waiting for the answer"), func() (client.Sent, error) { return s.Send(ctx, o.what, o.Place, o.wait) })
	if err != nil {
		return err
	}
	return k.answered(p, sent, mentions(ctx, s))
}

// answered prints what came back; nothing is something that is pending.
func (k *kit) answered(p *output.Printer, sent client.Sent, names func() *strings.Replacer) error {
	if err := p.Print(sent, nil, func() output.Table {
		t := messageTable(sent.Reply, names())
		if form := formTable(sent); len(form.Rows) > 0 {
			t = form
		}
		t.Names = []string{sent.InteractionID}
		return t
	}); err != nil {
		return err
	}
	if !sent.Answered && string(sent.Reply) == "null" && len(sent.Modal) == 0 {
		return fault.New(fault.Pending, "cli.sandbox", k.say("no answer came in time")).
			WithHint(k.say("wait longer with --wait, or look at platformctl sandbox messages"))
	}
	return nil
}

func newCmdSandboxClick(k *kit, run func(context.Context, people, *output.Printer, actOptions) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxClick
	}
	var o actOptions
	c := &cobra.Command{
		Use: "click <button>", Short: k.say("Press a button or choose from a menu of a message and wait for the answer"), Args: k.exactly("button"),
		Long: k.say(
			"A button or a menu is named by its label, its placeholder or its custom id. Choices of a menu are named by --value; the answer may be a form, which sandbox modal fills in."), //nolint:lll // a sentence
		Example: examples("platformctl sandbox click skip", "platformctl sandbox click 'Pause' --user bruno",
			"platformctl sandbox click 'Pick a track' --value 'Night Train'"),
		RunE: func(c *cobra.Command, args []string) error {
			o.what = args[0]
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, o) })
		},
	}
	k.actFlags(c, &o)
	c.Flags().StringArrayVar(&o.values, "value", nil, k.say("a choice of a menu, by its label or value; once for each"))
	c.Flags().StringVar(&o.message, "message", "", k.say("id of the message; the newest with that button where it is not named"))
	return c
}

func (k *kit) runSandboxClick(ctx context.Context, s people, p *output.Printer, o actOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	sent, err := waiting(p, k.say("waiting for the answer"), func() (client.Sent, error) { return s.Click(ctx, o.what, o.message, o.values, o.Place, o.wait) })
	if err != nil {
		return err
	}
	return k.answered(p, sent, mentions(ctx, s))
}
