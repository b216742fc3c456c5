package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdSandboxModal(k *kit, run func(context.Context, people, *output.Printer, actOptions) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxModal
	}
	var o actOptions
	c := &cobra.Command{
		Use: "modal <id> [FIELD=VALUE...]", Short: k.say("Fill in a form and wait for the answer"), Args: k.formArgs,
		Long:    k.say("The id of a form is in the answer of the click that opened it. A field that is given twice has two values; one that is left out keeps what the form was opened with."), //nolint:lll // a sentence
		Example: examples("platformctl sandbox click 'Add a track'", "platformctl sandbox modal 1574 query=ocean --user ana"),
		RunE: func(c *cobra.Command, args []string) error {
			o.what, o.values = args[0], args[1:]
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, o) })
		},
	}
	k.actFlags(c, &o)
	return c
}

func (k *kit) formArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return k.exactly("id")(c, args)
	}
	return nil
}

func (k *kit) runSandboxModal(ctx context.Context, s people, p *output.Printer, o actOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	fields := map[string][]string{}
	for _, pair := range o.values {
		name, value, ok := strings.Cut(pair, "=")
		if !ok || name == "" {
			return fault.New(fault.Invalid, "cli", k.say("%q is not of the form FIELD=VALUE", pair))
		}
		fields[name] = append(fields[name], value)
	}
	sent, err := waiting(p, k.say("waiting for the answer"), func() (client.Sent, error) { return s.Modal(ctx, o.what, o.User, fields, o.wait) })
	if err != nil {
		return err
	}
	return k.answered(p, sent, mentions(ctx, s))
}

// formTable shows a form that a bot opened: its id, and the fields by the names
// that fill them in.
func formTable(sent client.Sent) output.Table {
	var form struct {
		Title      string          `json:"title"`
		Components []formComponent `json:"components"`
	}
	if len(sent.Modal) == 0 || json.Unmarshal(sent.Modal, &form) != nil {
		return output.Table{}
	}
	t := output.Table{Columns: []output.Column{{}, {}}, NoHeader: true}
	t.Rows = append(t.Rows, []output.Cell{{Text: "form " + sent.InteractionID, Tone: output.Dim}, {Text: form.Title}})
	for _, c := range form.Components {
		for _, f := range c.fields("") {
			t.Rows = append(t.Rows, output.Text("  "+f[0], f[1]))
		}
	}
	return t
}

// formComponent is a part of a form; a label may stand around a field.
type formComponent struct {
	CustomID   string          `json:"custom_id"`
	Label      string          `json:"label"`
	Value      string          `json:"value"`
	Component  *formComponent  `json:"component"`
	Components []formComponent `json:"components"`
}

// fields are the names and labels of the fields in a component.
func (c formComponent) fields(label string) (out [][2]string) {
	label = either(c.Label, label)
	inner := c.Components
	if c.Component != nil {
		inner = append(inner, *c.Component)
	}
	for _, i := range inner {
		out = append(out, i.fields(label)...)
	}
	if c.CustomID != "" && len(inner) == 0 {
		text := label
		if c.Value != "" {
			text += " = " + c.Value
		}
		out = append(out, [2]string{c.CustomID, text})
	}
	return out
}

func newCmdSandboxComplete(k *kit, run func(context.Context, people, *output.Printer, actOptions, string) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxComplete
	}
	var o actOptions
	var option string
	c := &cobra.Command{
		Use: "complete <line>", Short: k.say("Show the choices that a bot offers while a line is typed"), Args: k.exactly("line"),
		Example: examples("platformctl sandbox complete '/play query:oc'", "platformctl sandbox complete '/play query:oc' --user bruno -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			o.what = args[0]
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, o, option) })
		},
	}
	k.actFlags(c, &o)
	c.Flags().StringVar(&option, "option", "", k.say("the option that is typed; the last one of the line where it is not named"))
	c.Flags().StringVar(&o.Channel, "channel", "", k.say("text channel; the first one where it is not named"))
	return c
}

func (k *kit) runSandboxComplete(ctx context.Context, s people, p *output.Printer, o actOptions, option string) error {
	if err := o.check(); err != nil {
		return err
	}
	if option == "" {
		option = lastOption(o.what)
	}
	if option == "" {
		return fault.New(fault.Invalid, "cli", k.say("the line names no option")).
			WithHint(k.say("write it as /play query:oc, or name the option with --option"))
	}
	list, err := waiting(p, k.say("waiting for the answer"), func() ([]client.Choice, error) { return s.Complete(ctx, o.what, option, o.Place, o.wait) })
	if err != nil {
		return err
	}
	list = present(list)
	return p.Print(list, anys(list), func() output.Table {
		t := output.Table{Empty: k.say("no choices"), Columns: []output.Column{{Title: k.say("CHOICE")}, {Title: k.say("VALUE")}}}
		for _, c := range list {
			t.Rows = append(t.Rows, output.Text(c.Name, fmt.Sprint(c.Value)))
			t.Names = append(t.Names, fmt.Sprint(c.Value))
		}
		return t
	})
}

// lastOption is the name of the last option of a line such as /play query:oc.
func lastOption(line string) string {
	last := ""
	quoted := false
	word := strings.Builder{}
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == ' ':
			word.Reset()
		case r == ':' && word.Len() > 0:
			last = word.String()
			word.Reset()
		default:
			word.WriteRune(r)
		}
	}
	return last
}

func newCmdSandboxInvite(k *kit, run func(context.Context, people, *output.Printer, string, string) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxInvite
	}
	var guild string
	c := &cobra.Command{
		Use: "invite <bot>", Short: k.say("Bring a bot of the pool into a guild"), Args: k.exactly("bot"),
		Example: examples("platformctl sandbox invite atril-4", "platformctl sandbox invite atril-2 --guild empty"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, args[0], guild) })
		},
	}
	c.Flags().StringVar(&guild, "guild", "demo", k.say("guild"))
	return c
}

func (k *kit) runSandboxInvite(ctx context.Context, s people, p *output.Printer, bot, guild string) error {
	if err := s.Invite(ctx, bot, guild); err != nil {
		return err
	}
	return k.done(p, map[string]string{"bot": bot, "guild": guild}, k.say("done: %s is in %s", bot, guild))
}

func newCmdSandboxDMs(k *kit, run func(context.Context, people, *output.Printer, string, string) error) *cobra.Command {
	if run == nil {
		run = k.runSandboxDMs
	}
	var user string
	c := &cobra.Command{
		Use: "dms <open|closed>", Short: k.say("Let a member take direct messages, or refuse them"), Args: k.exactly("open|closed"),
		Example:   examples("platformctl sandbox dms closed --user ana", "platformctl sandbox messages --guild '' --channel atril --user ana"),
		ValidArgs: []string{"open", "closed"},
		RunE: func(c *cobra.Command, args []string) error {
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, args[0], user) })
		},
	}
	c.Flags().StringVar(&user, "user", "ana", k.say("who acts"))
	return c
}

func (k *kit) runSandboxDMs(ctx context.Context, s people, p *output.Printer, state, user string) error {
	if state != "open" && state != "closed" {
		return fault.New(fault.Invalid, "cli", k.say("direct messages are open or closed"))
	}
	if err := s.RefuseDMs(ctx, user, state == "closed"); err != nil {
		return err
	}
	return k.done(p, map[string]string{"user": user, "dms": state}, k.say("done: direct messages of %s are %s", user, state))
}
