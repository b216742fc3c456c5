package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/output"
)

// maxNamed bounds how many guilds are asked for to name them in a table.
const maxNamed = 5_000

// names turns ids into what people call them. What has no known name stays an id.
type names struct {
	guilds   map[string]string
	mentions map[string]string
}

// idsFlag declares the flag of a command whose table shows names.
func idsFlag(k *kit, c *cobra.Command, ids *bool) {
	c.Flags().BoolVar(ids, "ids", false, k.say("show ids instead of names"))
}

// names asks for names where a table for people is printed. The table is worth
// more than its names: where they cannot be had, ids are shown.
func (k *kit) names(ctx context.Context, c *client.Client, p *output.Printer, ids bool) names {
	n := names{guilds: map[string]string{}, mentions: map[string]string{}}
	if ids || (p.Format != output.FormatTable && p.Format != output.FormatWide) {
		return n
	}
	page := client.Page{Limit: 500}
	for len(n.guilds) < maxNamed {
		list, err := c.Guilds(ctx, page)
		if err != nil {
			break
		}
		for _, g := range list.Items {
			n.guilds[g.ID] = g.Name
		}
		if page.Cursor = list.NextCursor; page.Cursor == "" {
			break
		}
	}
	where, err := c.Sandbox(ctx)
	if err != nil {
		return n
	}
	s, err := client.NewSandbox(where.ControlURL)
	if err != nil {
		return n
	}
	if all, err := s.Names(ctx); err == nil {
		n.mentions = all
	}
	return n
}

func (n names) guild(id string) string { return either(n.guilds[id], id) }

// of names a channel, a member or a bot.
func (n names) of(id string) string {
	return either(n.mentions["<#"+id+">"], either(n.mentions["<@"+id+">"], id))
}

// channelID is the id of a channel that is given by its name, for a sandbox.
func (n names) channelID(s string) string {
	for mention, name := range n.mentions {
		if name == "#"+strings.TrimPrefix(s, "#") {
			return strings.Trim(mention, "<#>")
		}
	}
	return s
}
