package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdQueues(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "queues", Short: k.say("See what waits to be played")})
	c.AddCommand(newCmdQueuesGet(k, nil))
	return c
}

// queueOptions are the flags of queues get.
type queueOptions struct {
	guild, bot string
	page       client.Page
	all, ids   bool
}

func newCmdQueuesGet(k *kit, run func(context.Context, *client.Client, *output.Printer, queueOptions) error) *cobra.Command {
	if run == nil {
		run = k.runQueuesGet
	}
	var o queueOptions
	c := &cobra.Command{
		Use: "get <guild> [bot]", Short: k.say("Show a queue"), Args: k.between(1, "guild", "bot"),
		Example: examples("platformctl queues get demo", "platformctl queues get demo atril --all -o jsonl"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) (err error) {
				if o.guild, o.bot, err = k.which(ctx, cl, args); err != nil {
					return err
				}
				return run(ctx, cl, p, o)
			})
		},
	}
	k.pageFlags(c, &o.page, &o.all)
	idsFlag(k, c, &o.ids)
	return c
}

func (k *kit) runQueuesGet(ctx context.Context, c *client.Client, p *output.Printer, o queueOptions) error {
	q, err := waiting(p, k.say("reading the queue"), func() (view.QueuePage, error) {
		return collect(o.all, &o.page.Cursor, func() (view.QueuePage, error) { return c.Queue(ctx, o.guild, o.bot, o.page) },
			func(page *view.QueuePage) (*[]view.QueueItem, string) { return &page.Items, page.NextCursor })
	})
	if err != nil {
		return err
	}
	return list(k, p, q, q.Items, q.NextCursor, func() output.Table {
		return k.queueTable(p, q.Items, k.names(ctx, c, p, o.ids))
	})
}

func (k *kit) queueTable(p *output.Printer, items []view.QueueItem, named names) output.Table {
	t := output.Table{Empty: k.say("the queue is empty"), Columns: []output.Column{
		{Title: "#", Right: true},
		{Title: k.say("STATE")},
		{Title: k.say("LENGTH"), Right: true},
		{Title: k.say("ASKED")},
		{Title: k.say("BY")},
		{Title: k.say("SLOT"), Wide: true},
		{Title: k.say("TRACK")},
	}}
	for _, it := range items {
		length, track := "-", it.Query
		if it.Track != nil {
			track = title(*it.Track)
			if it.Track.LengthMS > 0 {
				length = output.Clock(it.Track.LengthMS)
			}
		}
		t.Rows = append(t.Rows, []output.Cell{
			{Text: strconv.Itoa(it.Position)}, tone(it.State), {Text: length}, {Text: p.When(it.At)}, {Text: named.of(it.By)}, {Text: it.Slot}, {Text: track},
		})
		t.Names = append(t.Names, it.Slot)
	}
	return t
}
