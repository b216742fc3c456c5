package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdNodes(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "nodes", Short: k.say("See the servers that play, and what they are given")})
	c.AddCommand(newCmdNodesList(k, nil), newCmdNodesGet(k, nil))
	c.AddCommand(newCmdCordons(k)...)
	return c
}

func newCmdNodesList(k *kit, run func(context.Context, *client.Client, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runNodesList
	}
	return &cobra.Command{
		Use: "list", Short: k.say("List nodes"), Args: k.exactly(),
		Example: examples("platformctl nodes list", "platformctl nodes list -o wide"),
		RunE:    func(c *cobra.Command, _ []string) error { return k.with(c.Context(), run) },
	}
}

func (k *kit) runNodesList(ctx context.Context, c *client.Client, p *output.Printer) error {
	list, err := waiting(p, k.say("reading nodes"), func() (view.NodeList, error) { return c.Nodes(ctx) })
	if err != nil {
		return err
	}
	return p.Print(list, anys(list.Items), func() output.Table {
		t := output.Table{Empty: k.say("no nodes are configured"), Columns: []output.Column{
			{Title: k.say("NAME")},
			{Title: k.say("STATE")},
			{Title: k.say("PLAYING"), Right: true},
			{Title: k.say("PLAYERS"), Right: true},
			{Title: "CPU", Right: true},
			{Title: k.say("UPTIME"), Right: true},
			{Title: k.say("VERSION")},
			{Title: k.say("ADDRESS"), Wide: true},
			{Title: k.say("REGION"), Wide: true},
			{Title: k.say("SEEN"), Wide: true},
			{Title: k.say("REASON")},
		}}
		for _, n := range list.Items {
			t.Rows = append(t.Rows, []output.Cell{
				{Text: n.Name},
				nodeState(n),
				{Text: strconv.Itoa(n.Playing)},
				{Text: strconv.Itoa(n.Players)},
				{Text: percent(n.CPU)},
				{Text: span(n.UptimeMS)},
				{Text: either(n.Version, "-")},
				{Text: n.Address},
				{Text: either(n.Region, "-")},
				{Text: p.When(n.SeenAt)},
				{Text: reasonOf(n)},
			})
		}
		return t
	})
}

// nodeState is the state of a node, with a word where it takes no new players.
func nodeState(n view.Node) output.Cell {
	c := tone(n.State)
	if n.Cordoned {
		c.Text += ",cordoned"
		if c.Tone == output.Good {
			c.Tone = output.Warn
		}
	}
	return c
}

// reasonOf says why a node is not up, or why it takes no new players.
func reasonOf(n view.Node) string {
	if !n.Cordoned || n.Reason != "" {
		return n.Reason
	}
	return strings.TrimSpace(strings.TrimSuffix(n.CordonedBy+": "+n.CordonReason, ": "))
}

func percent(f float64) string { return fmt.Sprintf("%.0f%%", f*100) }

func span(ms int64) string { return output.Span(time.Duration(ms) * time.Millisecond) }

func newCmdNodesGet(k *kit, run func(context.Context, *client.Client, *output.Printer, string) error) *cobra.Command {
	if run == nil {
		run = k.runNodesGet
	}
	return &cobra.Command{
		Use: "get <name>", Short: k.say("Show one node"), Args: k.exactly("name"),
		Example: examples("platformctl nodes get lava1", "platformctl nodes get lava1 -o yaml"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, args[0]) })
		},
	}
}

func (k *kit) runNodesGet(ctx context.Context, c *client.Client, p *output.Printer, name string) error {
	n, err := waiting(p, k.say("reading the node"), func() (view.Node, error) { return c.Node(ctx, name) })
	if err != nil {
		return err
	}
	return p.Print(n, nil, func() output.Table {
		t := output.Fields(
			output.Text(k.say("name"), n.Name),
			[]output.Cell{{Text: k.say("state")}, nodeState(n)},
			output.Text(k.say("reason"), either(reasonOf(n), "-")),
			output.Text(k.say("address"), n.Address),
			output.Text(k.say("version"), either(n.Version, "-")),
			output.Text(k.say("region"), either(n.Region, "-")),
			output.Text(k.say("sources"), either(strings.Join(n.Sources, ", "), "-")),
			output.Text(k.say("sessions"), strconv.Itoa(n.Sessions)),
			output.Text(k.say("players"), k.say("%d, %d playing", n.Players, n.Playing)),
			output.Text("cpu", percent(n.CPU)),
			output.Text(k.say("memory"), fmt.Sprintf("%d of %d MiB", n.MemoryUsed>>20, n.MemoryTotal>>20)),
			output.Text(k.say("late frames"), strconv.FormatInt(n.Deficit, 10)),
			output.Text(k.say("uptime"), span(n.UptimeMS)),
			output.Text(k.say("seen"), p.When(n.SeenAt)),
		)
		t.Names = []string{n.Name}
		return t
	})
}
