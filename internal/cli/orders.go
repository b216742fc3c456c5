package cli

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

// newCmdOrders are the commands that tell a player what to do.
func newCmdOrders(k *kit) []*cobra.Command {
	var out []*cobra.Command
	for _, o := range []struct{ action, short string }{
		{"pause", k.say("Hold what a player plays")},
		{"resume", k.say("Let a player go on")},
		{"skip", k.say("End a player's track and start the next")},
		{"stop", k.say("End a player's track and empty its queue")},
		{"leave", k.say("Stop a player and take it out of voice")},
	} {
		out = append(out, newCmdOrder(k, o.action, o.short, nil))
	}
	return out
}

func newCmdOrder(k *kit, action, short string, run func(context.Context, *client.Client, *output.Printer, string, string, string) error) *cobra.Command {
	if run == nil {
		run = k.runOrder
	}
	return &cobra.Command{
		Use: action + " <guild> [bot]", Short: short, Args: k.between(1, "guild", "bot"),
		Example: examples("platformctl players "+action+" demo", "platformctl players "+action+" demo atril -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				guild, bot, err := k.which(ctx, cl, args)
				if err != nil {
					return err
				}
				return run(ctx, cl, p, guild, bot, action)
			})
		},
	}
}

func (k *kit) runOrder(ctx context.Context, c *client.Client, p *output.Printer, guild, bot, action string) error {
	a, err := waiting(p, k.say("waiting for the answer"), func() (view.Acted, error) { return c.Order(ctx, guild, bot, action) })
	if err != nil {
		return err
	}
	what := "-"
	if a.Track != nil {
		what = title(*a.Track)
	}
	return k.done(p, a, k.say("done: %s %s", a.Outcome, what))
}

// newCmdCordons are the commands that decide what a node is given.
func newCmdCordons(k *kit) []*cobra.Command {
	return []*cobra.Command{
		newCmdCordon(k, "cordon", k.say("Give a node no new players"), nil),
		newCmdCordon(k, "uncordon", k.say("Give a node new players again"), nil),
		newCmdCordon(k, "drain", k.say("Give a node no new players and move those that it has to others"), nil),
	}
}

func newCmdCordon(k *kit, action, short string, run func(context.Context, *client.Client, *output.Printer, string, string, string) error) *cobra.Command {
	if run == nil {
		run = k.runCordon
	}
	var reason string
	c := &cobra.Command{
		Use: action + " <name>", Short: short, Args: k.exactly("name"),
		Example: examples("platformctl nodes " + action + " lava1"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				return run(ctx, cl, p, action, args[0], reason)
			})
		},
	}
	if action != "uncordon" {
		c.Example = examples("platformctl nodes " + action + " lava1 --reason 'new kernel'")
		c.Flags().StringVar(&reason, "reason", "", k.say("why, for whoever looks next"))
	}
	return c
}

func (k *kit) runCordon(ctx context.Context, c *client.Client, p *output.Printer, action, name, reason string) error {
	n, err := waiting(p, k.say("waiting for the answer"), func() (view.Node, error) {
		switch action {
		case "cordon":
			return c.Cordon(ctx, name, reason)
		case "drain":
			return c.Drain(ctx, name, reason)
		}
		return c.Uncordon(ctx, name)
	})
	if err != nil {
		return err
	}
	sentence := k.say("node %s takes new players again", n.Name)
	switch action {
	case "cordon":
		sentence = k.say("node %s takes no new players", n.Name)
	case "drain":
		sentence = k.say("node %s takes no new players, and those that it has are moved: follow it with platformctl nodes list", n.Name)
	}
	return k.done(p, n, sentence)
}
