package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdSandboxVoice(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "voice", Short: k.say("Join, move to or leave a voice channel")})
	for _, a := range []struct{ action, short string }{
		{"join", "Join a voice channel"}, {"move", "Move to another voice channel"}, {"leave", "Leave the voice channel"},
	} {
		c.AddCommand(newCmdSandboxVoiceAction(k, a.action, a.short, nil))
	}
	return c
}

func newCmdSandboxVoiceAction(k *kit, action, short string, run func(context.Context, people, *output.Printer, string, client.Place) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxVoice
	}
	var at client.Place
	c := &cobra.Command{
		Use: action + " <channel>", Short: k.say(short), Args: k.exactly("channel"),
		Example: examples("platformctl sandbox voice " + action + " music --user ana"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				at.Channel = args[0]
			}
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error {
				return run(ctx, s, p, action, at)
			})
		},
	}
	if action == "leave" {
		c.Use, c.Args = "leave [channel]", k.between(0, "channel")
		c.Example = examples("platformctl sandbox voice leave --user ana")
	}
	k.placeFlags(c, &at)
	return c
}

// moved is what voice commands print.
type moved struct {
	Action  string `json:"action"`
	Guild   string `json:"guild"`
	User    string `json:"user"`
	Channel string `json:"channel,omitempty"`
}

func (k *kit) runSandboxVoice(ctx context.Context, s people, p *output.Printer, action string, at client.Place) error {
	if err := s.Voice(ctx, action, at); err != nil {
		return err
	}
	return k.done(p, moved{action, at.Guild, at.User, at.Channel}, strings.TrimSpace(k.say("done: %s %s %s", at.User, action, at.Channel)))
}

// done prints a result for programs and says a sentence to people.
func (k *kit) done(p *output.Printer, v any, sentence string) error {
	switch p.Format {
	case output.FormatTable, output.FormatWide, output.FormatName:
		p.Talk("%s", sentence)
		return nil
	default: // the formats of programs
		return p.Print(v, nil, nil)
	}
}

// messagesOptions are the flags of sandbox messages.
type messagesOptions struct {
	guild, channel, user string
	limit                int
}

func newCmdSandboxMessages(k *kit, run func(context.Context, people, *output.Printer, messagesOptions) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxMessages
	}
	var o messagesOptions
	c := &cobra.Command{
		Use: "messages", Short: k.say("Show the messages of a text channel"), Args: k.exactly(),
		Example: examples("platformctl sandbox messages", "platformctl sandbox messages --channel general --limit 5 -o json"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, o) })
		},
	}
	c.Flags().StringVar(&o.guild, "guild", "demo", k.say("guild"))
	c.Flags().StringVar(&o.user, "user", "", k.say("only what this member sees; with --guild '' the direct messages of the bot in --channel"))
	c.Flags().StringVar(&o.channel, "channel", "", k.say("text channel; the first one where it is not named"))
	c.Flags().IntVar(&o.limit, "limit", 20, k.say("how many at most, up to 500"))
	return c
}

func (k *kit) runSandboxMessages(ctx context.Context, s people, p *output.Printer, o messagesOptions) error {
	items, err := s.Messages(ctx, o.guild, o.channel, o.user, o.limit)
	if err != nil {
		return err
	}
	items = present(items)
	return p.Print(items, anys(items), func() output.Table {
		t := output.Table{Empty: k.say("no messages")}
		names := mentions(ctx, s)()
		for i, m := range items {
			one := messageTable(m.Message, names)
			if i == 0 {
				t.Columns, t.Rows, t.NoHeader = one.Columns, one.Rows, true
			} else {
				t.Next = append(t.Next, one)
			}
			t.Names = append(t.Names, messageID(m.Message))
		}
		return t
	})
}

func newCmdSandboxReset(k *kit, run func(context.Context, people, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxReset
	}
	return &cobra.Command{
		Use: "reset", Short: k.say("Put the sandbox's Discord back to what it was at first"), Args: k.exactly(),
		Example: examples("platformctl sandbox reset"),
		RunE:    func(c *cobra.Command, _ []string) error { return k.inSandbox(c.Context(), run) },
	}
}

func (k *kit) runSandboxReset(ctx context.Context, s people, p *output.Printer) error {
	if err := s.Reset(ctx); err != nil {
		return err
	}
	return k.done(p, struct {
		Reset bool `json:"reset"`
	}{true}, k.say("the sandbox is as it was at first"))
}
