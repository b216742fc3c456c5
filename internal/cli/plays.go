package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdPlays(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "plays", Short: k.say("See what was heard")})
	c.AddCommand(newCmdPlaysList(k, nil), newCmdPlaysTotals(k, nil), newCmdPlaysRebuild(k, nil))
	return c
}

// playsOptions are the flags of these commands.
type playsOptions struct {
	client.Plays
	since, until string
	all, ids     bool
}

func newCmdPlaysList(k *kit, run func(context.Context, *client.Client, *output.Printer, playsOptions) error) *cobra.Command {
	if run == nil {
		run = k.runPlaysList
	}
	var o playsOptions
	c := &cobra.Command{
		Use: "list <guild>", Short: k.say("List what was heard in a guild, the latest first"), Args: k.exactly("guild"),
		Example: examples("platformctl plays list demo", "platformctl plays list demo --since 24h --all -o jsonl"),
		RunE: func(c *cobra.Command, args []string) error {
			o.Guild = args[0]
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				if err := o.times(k); err != nil {
					return err
				}
				return run(ctx, cl, p, o)
			})
		},
	}
	c.Flags().StringVar(&o.User, "user", "", k.say("only what this member asked for, by id"))
	c.Flags().StringVar(&o.since, "since", "", k.say("only from this time on: 10m (ago) or 2026-01-31T15:04:05Z"))
	c.Flags().StringVar(&o.until, "until", "", k.say("only before this time, written like --since"))
	k.pageFlags(c, &o.Page, &o.all)
	idsFlag(k, c, &o.ids)
	return c
}

// times reads --since and --until.
func (o *playsOptions) times(k *kit) (err error) {
	if o.Since, err = moment(k, "--since", o.since); err != nil {
		return err
	}
	o.Until, err = moment(k, "--until", o.until)
	return err
}

func (k *kit) runPlaysList(ctx context.Context, c *client.Client, p *output.Printer, o playsOptions) error {
	page, err := waiting(p, k.say("reading plays"), func() (view.HeardPage, error) {
		return collect(o.all, &o.Cursor, func() (view.HeardPage, error) { return c.Plays(ctx, o.Plays) },
			func(page *view.HeardPage) (*[]view.Heard, string) { return &page.Items, page.NextCursor })
	})
	if err != nil {
		return err
	}
	return list(k, p, page, page.Items, page.NextCursor, func() output.Table {
		return k.playsTable(p, page.Items, k.names(ctx, c, p, o.ids))
	})
}

func (k *kit) playsTable(p *output.Printer, items []view.Heard, named names) output.Table {
	t := output.Table{Empty: k.say("nothing was heard"), Columns: []output.Column{
		{Title: k.say("ENDED")},
		{Title: k.say("LISTENED"), Right: true},
		{Title: k.say("HOW")},
		{Title: k.say("BY")},
		{Title: k.say("BOT"), Wide: true},
		{Title: k.say("NODE"), Wide: true},
		{Title: k.say("PLAY"), Wide: true},
		{Title: k.say("TRACK")},
	}}
	for _, h := range items {
		t.Rows = append(t.Rows, output.Text(
			p.When(h.EndedAt), output.Clock(h.ListenedMS), h.Reason, named.of(h.User), either(h.BotName, h.Bot), either(h.Node, "-"), h.ID, title(h.Track)))
		t.Names = append(t.Names, h.ID)
	}
	return t
}

func newCmdPlaysTotals(k *kit, run func(context.Context, *client.Client, *output.Printer, playsOptions) error) *cobra.Command {
	if run == nil {
		run = k.runPlaysTotals
	}
	var o playsOptions
	c := &cobra.Command{
		Use: "totals <guild>", Short: k.say("Sum up what was heard in a guild"), Args: k.exactly("guild"),
		Example: examples("platformctl plays totals demo", "platformctl plays totals demo --since 168h -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			o.Guild = args[0]
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				if err := o.times(k); err != nil {
					return err
				}
				return run(ctx, cl, p, o)
			})
		},
	}
	c.Flags().StringVar(&o.since, "since", "", k.say("only from this time on: 10m (ago) or 2026-01-31T15:04:05Z"))
	idsFlag(k, c, &o.ids)
	return c
}

func (k *kit) runPlaysTotals(ctx context.Context, c *client.Client, p *output.Printer, o playsOptions) error {
	sum, err := waiting(p, k.say("reading plays"), func() (view.Totals, error) { return c.PlayTotals(ctx, o.Guild, o.Since) })
	if err != nil {
		return err
	}
	return p.Print(sum, nil, func() output.Table {
		named := k.names(ctx, c, p, o.ids)
		t := output.Fields(
			output.Text(k.say("guild"), either(sum.GuildName, sum.Guild)),
			output.Text(k.say("plays"), strconv.Itoa(sum.Count)),
			output.Text(k.say("listened"), span(sum.ListenedMS)),
		)
		tracks := output.Table{Columns: []output.Column{
			{Title: k.say("PLAYS"), Right: true}, {Title: k.say("LISTENED"), Right: true}, {Title: k.say("TRACK")},
		}}
		for _, x := range sum.Tracks {
			tracks.Rows = append(tracks.Rows, output.Text(strconv.Itoa(x.Count), span(x.ListenedMS), title(x.Track)))
		}
		users := output.Table{Columns: []output.Column{
			{Title: k.say("PLAYS"), Right: true}, {Title: k.say("LISTENED"), Right: true}, {Title: k.say("BY")},
		}}
		for _, x := range sum.Users {
			users.Rows = append(users.Rows, output.Text(strconv.Itoa(x.Count), span(x.ListenedMS), named.of(x.User)))
		}
		t.Names, t.Next = []string{sum.Guild}, []output.Table{tracks, users}
		return t
	})
}

func newCmdPlaysRebuild(k *kit, run func(context.Context, *client.Client, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runPlaysRebuild
	}
	return &cobra.Command{
		Use: "rebuild", Short: k.say("Make the plays anew of the journal"), Args: k.exactly(),
		Example: examples("platformctl plays rebuild"),
		RunE:    func(c *cobra.Command, _ []string) error { return k.with(c.Context(), run) },
	}
}

func (k *kit) runPlaysRebuild(ctx context.Context, c *client.Client, p *output.Printer) error {
	r, err := waiting(p, k.say("waiting for the answer"), func() (view.Rebuilt, error) { return c.RebuildPlays(ctx) })
	if err != nil {
		return err
	}
	sentence := k.say("the plays were made anew")
	if !r.Done {
		sentence = k.say("the plays are being made anew; it goes on by itself")
	}
	return k.done(p, r, sentence)
}
