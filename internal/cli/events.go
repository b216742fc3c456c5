package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdEvents(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "events", Short: k.say("See what happened, and what happens")})
	c.AddCommand(newCmdEventsList(k, nil), newCmdEventsTail(k, nil))
	return c
}

// eventOptions are the flags of both commands.
type eventOptions struct {
	client.Events
	since, until     string
	oldest, all, ids bool
}

func (k *kit) scopeFlags(c *cobra.Command, o *eventOptions) {
	c.Flags().StringVar(&o.Guild, "guild", "", k.say("only events of this guild"))
	c.Flags().StringSliceVar(&o.Types, "type", nil, k.say("only these types; music.play.* stands for all that begin so"))
	c.Flags().StringVar(&o.since, "since", "", k.say("only from this time on: 10m (ago) or 2026-01-31T15:04:05Z"))
	idsFlag(k, c, &o.ids)
}

func newCmdEventsList(k *kit, run func(context.Context, *client.Client, *output.Printer, eventOptions) error) *cobra.Command {
	if run == nil {
		run = k.runEventsList
	}
	var o eventOptions
	c := &cobra.Command{
		Use: "list", Short: k.say("List events of the journal, the newest at the end"), Args: k.exactly(),
		Example: examples("platformctl events list --limit 20", "platformctl events list --guild demo --type 'music.play.*' --since 10m",
			"platformctl events list --after 0 --all -o jsonl"),
		RunE: func(c *cobra.Command, _ []string) error {
			o.oldest = o.oldest || o.all || c.Flags().Changed("after")
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) (err error) {
				if err := o.times(k); err != nil {
					return err
				}
				return run(ctx, cl, p, o)
			})
		},
	}
	k.scopeFlags(c, &o)
	c.Flags().StringVar(&o.until, "until", "", k.say("only before this time, written like --since"))
	c.Flags().Int64Var(&o.After, "after", 0, k.say("only behind this sequence number, oldest first"))
	c.Flags().IntVar(&o.Limit, "limit", 50, k.say("how many at most, up to 1000"))
	c.Flags().BoolVar(&o.oldest, "oldest", false, k.say("the first events that fit instead of the last"))
	c.Flags().BoolVar(&o.all, "all", false, k.say("read the whole journal, oldest first"))
	return c
}

// times reads --since and --until.
func (o *eventOptions) times(k *kit) (err error) {
	if o.Since, err = moment(k, "--since", o.since); err != nil {
		return err
	}
	o.Until, err = moment(k, "--until", o.until)
	return err
}

func moment(k *kit, flag, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return k.Now().Add(-d), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fault.New(fault.Invalid, "cli", k.say("%s is neither a duration such as 10m nor a time such as 2026-01-31T15:04:05Z", flag))
	}
	return t, nil
}

func (k *kit) runEventsList(ctx context.Context, c *client.Client, p *output.Printer, o eventOptions) error {
	o.Newest = !o.oldest
	if o.all {
		o.Limit = 1000
	}
	page, err := waiting(p, k.say("reading events"), func() (view.EventPage, error) {
		var items []view.Event
		for {
			page, err := c.Events(ctx, o.Events)
			if err != nil {
				return page, err
			}
			items = append(items, page.Items...)
			if page.Items = present(items); !o.all || !page.More {
				return page, nil
			}
			o.After = page.NextAfter
		}
	})
	if err != nil {
		return err
	}
	if err := p.Print(page, anys(page.Items), func() output.Table { return k.eventTable(p, k.names(ctx, c, p, o.ids), page.Items...) }); err != nil {
		return err
	}
	if page.More && !o.Newest && (p.Format == output.FormatTable || p.Format == output.FormatWide) {
		p.Talk("%s", k.say("there is more: go on with --after %d, or use --all", page.NextAfter))
	}
	return nil
}

func (k *kit) eventTable(p *output.Printer, named names, events ...view.Event) output.Table {
	t := output.Table{Empty: k.say("no events"), Columns: []output.Column{
		{Title: k.say("SEQ"), Right: true},
		{Title: k.say("TIME")},
		{Title: k.say("TYPE")},
		{Title: k.say("GUILD")},
		{Title: k.say("WHAT")},
		{Title: "ID", Wide: true},
		{Title: k.say("DATA"), Wide: true},
	}}
	for _, e := range events {
		t.Rows = append(t.Rows, output.Text(
			strconv.FormatInt(e.Seq, 10), p.When(e.Time), e.Type, either(named.guild(e.Guild), "-"), brief(e.Data, named), e.ID, string(e.Data)))
		t.Names = append(t.Names, e.ID)
	}
	return t
}

func newCmdEventsTail(k *kit, run func(context.Context, *client.Client, *output.Printer, eventOptions) error) *cobra.Command {
	if run == nil {
		run = k.runEventsTail
	}
	var o eventOptions
	c := &cobra.Command{
		Use: "tail", Short: k.say("Follow events as they come"), Args: k.exactly(),
		Example: examples("platformctl events tail", "platformctl events tail --type 'music.*' -o jsonl", "platformctl events tail --after 0 --limit 10"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				if err := o.times(k); err != nil {
					return err
				}
				return run(ctx, cl, p, o)
			})
		},
	}
	k.scopeFlags(c, &o)
	c.Flags().Int64Var(&o.After, "after", -1, k.say("begin behind this sequence number; -1 begins with what comes next"))
	c.Flags().IntVar(&o.Limit, "limit", 0, k.say("stop after so many events; 0 never stops"))
	return c
}

// errEnough ends a stream whose limit was reached.
var errEnough = fault.New(fault.Pending, "cli.tail", "enough events")

// runEventsTail follows the journal. A daemon that stops is waited for: the
// stream goes on behind the last event, so nothing is missed and nothing comes
// twice.
func (k *kit) runEventsTail(ctx context.Context, c *client.Client, p *output.Printer, o eventOptions) error {
	if o.After < 0 {
		newest, err := c.Events(ctx, client.Events{Limit: 1, Newest: true})
		if err != nil {
			return err
		}
		o.After = 0
		if n := len(newest.Items); n > 0 {
			o.After = newest.Items[n-1].Seq
		}
	}
	named := k.names(ctx, c, p, o.ids)
	seen, tries := 0, 0
	for {
		err := c.Tail(ctx, o.Events, func(e view.Event) error {
			tries = 0
			o.After = e.Seq
			if err := p.Stream(e, func() output.Table { return k.eventTable(p, named, e) }); err != nil {
				return err
			}
			if seen++; o.Limit > 0 && seen >= o.Limit {
				return errEnough
			}
			return nil
		})
		switch {
		case err == errEnough: //nolint:errorlint // it is our own value
			return nil
		case ctx.Err() != nil:
			return fault.Wrap(context.Cause(ctx), fault.Unavailable, "cli.tail", "interrupted")
		case fault.CodeOf(err) != fault.Unavailable || tries >= 60:
			return err
		}
		if tries++; tries == 1 {
			p.Talk("%s", k.say("the stream ended; connecting again"))
		}
		select {
		case <-time.After(min(time.Duration(tries)*200*time.Millisecond, 2*time.Second)):
		case <-ctx.Done():
		}
	}
}
