package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdGuilds(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "guilds", Short: k.say("See guilds and what is decided for them")})
	c.AddCommand(newCmdGuildsList(k, nil), newCmdGuildsGet(k, nil), newCmdSettings(k))
	return c
}

// guildsOptions are the flags of guilds list.
type guildsOptions struct {
	page client.Page
	all  bool
}

func newCmdGuildsList(k *kit, run func(context.Context, *client.Client, *output.Printer, guildsOptions) error) *cobra.Command {
	if run == nil {
		run = k.runGuildsList
	}
	var o guildsOptions
	c := &cobra.Command{
		Use: "list", Short: k.say("List guilds"), Args: k.exactly(),
		Example: examples("platformctl guilds list", "platformctl guilds list --all -o jsonl"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, o) })
		},
	}
	k.pageFlags(c, &o.page, &o.all)
	return c
}

func (k *kit) runGuildsList(ctx context.Context, c *client.Client, p *output.Printer, o guildsOptions) error {
	page, err := waiting(p, k.say("reading guilds"), func() (view.GuildPage, error) {
		return collect(o.all, &o.page.Cursor, func() (view.GuildPage, error) { return c.Guilds(ctx, o.page) },
			func(page *view.GuildPage) (*[]view.Guild, string) { return &page.Items, page.NextCursor })
	})
	if err != nil {
		return err
	}
	return list(k, p, page, page.Items, page.NextCursor, func() output.Table {
		t := output.Table{Empty: k.say("no guilds"), Columns: []output.Column{
			{Title: k.say("ID")},
			{Title: k.say("NAME")},
			{Title: k.say("PLAN")},
			{Title: k.say("CHANGED")},
		}}
		for _, g := range page.Items {
			t.Rows = append(t.Rows, output.Text(g.ID, either(g.Name, "-"), either(g.Plan, "-"), p.When(g.Updated)))
		}
		return t
	})
}

func newCmdGuildsGet(k *kit, run func(context.Context, *client.Client, *output.Printer, string, bool) error) *cobra.Command {
	if run == nil {
		run = k.runGuildsGet
	}
	return ofGuild(k, k.say("Show a guild and its bots"), "platformctl guilds get demo", run)
}

// ofGuild is a command get that shows something of one guild.
func ofGuild(k *kit, short, example string, run func(context.Context, *client.Client, *output.Printer, string, bool) error) *cobra.Command {
	var ids bool
	c := &cobra.Command{
		Use: "get <guild>", Short: short, Args: k.exactly("guild"), Example: examples(example, example+" -o yaml"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				return run(ctx, cl, p, args[0], ids)
			})
		},
	}
	idsFlag(k, c, &ids)
	return c
}

func (k *kit) runGuildsGet(ctx context.Context, c *client.Client, p *output.Printer, guild string, ids bool) error {
	g, err := waiting(p, k.say("reading the guild"), func() (view.Guild, error) { return c.Guild(ctx, guild) })
	if err != nil {
		return err
	}
	return p.Print(g, nil, func() output.Table {
		named := k.names(ctx, c, p, ids)
		t := output.Fields(
			output.Text(k.say("guild"), strings.TrimSpace(g.Name+" "+g.ID)),
			output.Text(k.say("plan"), either(g.Plan, "-")),
		)
		if l := g.Limits; l != nil {
			t.Rows = append(t.Rows,
				output.Text(k.say("bots at once"), strconv.Itoa(l.Bots)), output.Text(k.say("queue"), strconv.Itoa(l.QueueLength)),
				output.Text(k.say("volume up to"), strconv.Itoa(l.MaxVolume)+" %"))
		}
		bots := output.Table{Columns: []output.Column{{Title: k.say("BOT")}, {Title: k.say("STATE")}, {Title: k.say("CHANNEL")}}}
		for _, b := range g.Bots {
			state := tone(either(b.State, "free"))
			switch {
			case !b.Present:
				state = output.Cell{Text: "missing", Tone: output.Dim}
			case b.Away:
				state = output.Cell{Text: "offline", Tone: output.Bad}
			}
			bots.Rows = append(bots.Rows, []output.Cell{
				{Text: either(b.Name, b.ID)}, state, {Text: either(named.of(b.Channel), "-")},
			})
		}
		t.Names, t.Next = []string{g.ID}, []output.Table{bots}
		return t
	})
}
