package cli

import (
	"context"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdPlayers(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "players", Short: k.say("See who plays what, and tell players what to do")})
	c.AddCommand(newCmdPlayersList(k, nil), newCmdPlayersGet(k, nil))
	c.AddCommand(newCmdOrders(k)...)
	return c
}

// listOptions are the flags of a command that lists.
type listOptions struct {
	client.Players
	all, ids bool
}

func newCmdPlayersList(k *kit, run func(context.Context, *client.Client, *output.Printer, listOptions) error) *cobra.Command {
	if run == nil {
		run = k.runPlayersList
	}
	var o listOptions
	c := &cobra.Command{
		Use: "list", Short: k.say("List players"), Args: k.exactly(),
		Example: examples("platformctl players list", "platformctl players list --node lava1 -o wide", "platformctl players list --all -o jsonl"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, o) })
		},
	}
	c.Flags().StringVar(&o.Guild, "guild", "", k.say("only players of this guild"))
	c.Flags().StringVar(&o.Bot, "bot", "", k.say("only players of this bot"))
	c.Flags().StringVar(&o.Node, "node", "", k.say("only players on this node"))
	k.pageFlags(c, &o.Page, &o.all)
	idsFlag(k, c, &o.ids)
	return c
}

// pageFlags declares the flags of a list that comes in pages.
func (k *kit) pageFlags(c *cobra.Command, p *client.Page, all *bool) {
	c.Flags().IntVar(&p.Limit, "limit", 100, k.say("how many at most, up to 500"))
	c.Flags().StringVar(&p.Cursor, "cursor", "", k.say("go on where the page before ended"))
	c.Flags().BoolVar(all, "all", false, k.say("read every page"))
}

func (k *kit) runPlayersList(ctx context.Context, c *client.Client, p *output.Printer, o listOptions) error {
	page, err := waiting(p, k.say("reading players"), func() (view.PlayerPage, error) {
		return collect(o.all, &o.Cursor, func() (view.PlayerPage, error) { return c.Players(ctx, o.Players) },
			func(page *view.PlayerPage) (*[]view.Player, string) { return &page.Items, page.NextCursor })
	})
	if err != nil {
		return err
	}
	return list(k, p, page, page.Items, page.NextCursor, func() output.Table {
		return k.playersTable(page.Items, k.names(ctx, c, p, o.ids), o.ids)
	})
}

// more says that there is more than was printed.
func (k *kit) more(p *output.Printer, cursor string) {
	if cursor != "" && (p.Format == output.FormatTable || p.Format == output.FormatWide) {
		p.Talk("%s", k.say("there is more: go on with --cursor %s, or use --all", cursor))
	}
}

// collect reads a page, or with all every one from there on, and returns the last
// with what all of them have; part says what a page has and where the next begins.
func collect[P, T any](all bool, cursor *string, read func() (P, error), part func(*P) (*[]T, string)) (P, error) {
	var items []T
	for {
		page, err := read()
		if err != nil {
			return page, err
		}
		have, next := part(&page)
		items = append(items, *have...)
		if *have = present(items); !all || next == "" {
			return page, nil
		}
		*cursor = next
	}
}

// list prints a page, and says whether there is more.
func list[T any](k *kit, p *output.Printer, page any, items []T, next string, table func() output.Table) error {
	if err := p.Print(page, anys(items), table); err != nil {
		return err
	}
	k.more(p, next)
	return nil
}

func present[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func anys[T any](items []T) []any {
	out := make([]any, len(items))
	for i, v := range items {
		out[i] = v
	}
	return out
}

func (k *kit) playersTable(items []view.Player, named names, ids bool) output.Table {
	t := output.Table{Empty: k.say("no players"), Columns: []output.Column{
		{Title: k.say("GUILD")},
		{Title: k.say("BOT")},
		{Title: k.say("STATE")},
		{Title: k.say("POSITION"), Right: true},
		{Title: k.say("QUEUE"), Right: true},
		{Title: k.say("NODE")},
		{Title: k.say("CHANNEL"), Wide: true},
		{Title: k.say("LISTENERS"), Wide: true, Right: true},
		{Title: k.say("VOLUME"), Wide: true, Right: true},
		{Title: k.say("TRACK")},
	}}
	for _, pl := range items {
		position, track := "-", "-"
		if pl.Play != nil {
			position, track = playhead(pl.Play), title(pl.Play.Track)
		}
		t.Rows = append(t.Rows, []output.Cell{
			{Text: shown(pl.GuildName, pl.Guild, ids)},
			{Text: shown(pl.BotName, pl.Bot, ids)},
			tone(pl.State),
			{Text: position},
			{Text: strconv.Itoa(pl.Queue)},
			{Text: either(pl.Node, "-")},
			{Text: either(named.of(pl.Channel), "-")},
			{Text: strconv.Itoa(pl.Listeners)},
			{Text: strconv.Itoa(pl.Volume)},
			{Text: track},
		})
		t.Names = append(t.Names, pl.Guild+"/"+pl.Bot)
	}
	return t
}

// shown is a name, or the id where that was asked for or there is no name.
func shown(name, id string, ids bool) string {
	if ids {
		return id
	}
	return either(name, id)
}

func playhead(p *view.Play) string {
	if p.Track.LengthMS == 0 {
		return output.Clock(p.PositionMS)
	}
	return output.Clock(p.PositionMS) + "/" + output.Clock(p.Track.LengthMS)
}

func title(t view.Track) string {
	if t.Author == "" {
		return t.Title
	}
	return t.Title + " — " + t.Author
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func newCmdPlayersGet(k *kit, run func(context.Context, *client.Client, *output.Printer, string, string, bool) error) *cobra.Command {
	if run == nil {
		run = k.runPlayersGet
	}
	var ids bool
	c := &cobra.Command{
		Use: "get <guild> [bot]", Short: k.say("Show one player"), Args: k.between(1, "guild", "bot"),
		Example: examples("platformctl players get demo", "platformctl players get demo atril -o yaml", "platformctl players get demo/atril"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				guild, bot, err := k.which(ctx, cl, args)
				if err != nil {
					return err
				}
				return run(ctx, cl, p, guild, bot, ids)
			})
		},
	}
	idsFlag(k, c, &ids)
	return c
}

// which returns the guild and the bot that arguments name. A guild with one
// player needs no bot.
func (k *kit) which(ctx context.Context, c *client.Client, args []string) (guild, bot string, err error) {
	if len(args) == 2 {
		return args[0], args[1], nil
	}
	if guild, bot, ok := strings.Cut(args[0], "/"); ok {
		return guild, bot, nil
	}
	page, err := c.Players(ctx, client.Players{Guild: args[0]})
	if err != nil {
		return "", "", err
	}
	switch len(page.Items) {
	case 0:
		return "", "", fault.New(fault.NotFound, "cli", k.say("guild %s has no player", args[0])).
			WithHint(k.say("run platformctl players list to see the players"))
	case 1:
		return page.Items[0].Guild, page.Items[0].Bot, nil
	}
	names := make([]string, len(page.Items))
	for i, pl := range page.Items {
		names[i] = either(pl.BotName, pl.Bot)
	}
	return "", "", fault.New(fault.Invalid, "cli", k.say("guild %s has several players", args[0])).
		WithHint(k.say("name one of the bots: %s", strings.Join(names, ", ")))
}

func (k *kit) runPlayersGet(ctx context.Context, c *client.Client, p *output.Printer, guild, bot string, ids bool) error {
	pl, err := waiting(p, k.say("reading the player"), func() (view.Player, error) { return c.Player(ctx, guild, bot) })
	if err != nil {
		return err
	}
	return p.Print(pl, nil, func() output.Table {
		named := k.names(ctx, c, p, ids)
		rows := [][]output.Cell{
			output.Text(k.say("guild"), strings.TrimSpace(pl.GuildName+" "+pl.Guild)),
			output.Text(k.say("bot"), strings.TrimSpace(pl.BotName+" "+pl.Bot)),
			{{Text: k.say("state")}, tone(pl.State)},
			output.Text(k.say("node"), either(pl.Node, "-")),
			output.Text(k.say("channel"), either(named.of(pl.Channel), "-")),
			output.Text(k.say("listeners"), strconv.Itoa(pl.Listeners)),
			output.Text(k.say("volume"), strconv.Itoa(pl.Volume)+" %"),
			output.Text(k.say("queue"), strconv.Itoa(pl.Queue)),
		}
		if pl.Play != nil {
			rows = append(rows, output.Text(k.say("track"), title(pl.Play.Track)), output.Text(k.say("position"), playhead(pl.Play)),
				output.Text(k.say("asked by"), named.of(pl.Play.By)), output.Text(k.say("since"), p.When(pl.Play.Since)), output.Text(k.say("play"), pl.Play.ID))
		}
		if !pl.IdleAt.IsZero() {
			rows = append(rows, output.Text(k.say("leaves, idle"), p.When(pl.IdleAt)))
		}
		if !pl.EmptyAt.IsZero() {
			rows = append(rows, output.Text(k.say("leaves, empty"), p.When(pl.EmptyAt)))
		}
		t := output.Fields(rows...)
		t.Names = []string{pl.Guild + "/" + pl.Bot}
		return t
	})
}
