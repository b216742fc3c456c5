package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdLetters(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "letters", Short: k.say("See what could not be carried out, and try it again")})
	c.AddCommand(
		newCmdLettersList(k, nil), newCmdLettersShow(k, nil),
		newCmdLetter(k, "retry", k.say("Try again what was put aside"), (*client.Client).RetryLetter),
		newCmdLetter(k, "drop", k.say("Remove a dead letter for ever"), (*client.Client).DropLetter),
	)
	return c
}

// lettersOptions are the flags of the list.
type lettersOptions struct {
	client.Page
	all, ids bool
}

func newCmdLettersList(k *kit, run func(context.Context, *client.Client, *output.Printer, lettersOptions) error) *cobra.Command {
	if run == nil {
		run = k.runLettersList
	}
	var o lettersOptions
	c := &cobra.Command{
		Use: "list", Short: k.say("List what could not be carried out, the oldest first"), Args: k.exactly(),
		Example: examples("platformctl letters list", "platformctl letters list --all -o jsonl"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, o) })
		},
	}
	k.pageFlags(c, &o.Page, &o.all)
	idsFlag(k, c, &o.ids)
	return c
}

func (k *kit) runLettersList(ctx context.Context, c *client.Client, p *output.Printer, o lettersOptions) error {
	page, err := waiting(p, k.say("reading dead letters"), func() (view.LetterPage, error) {
		var items []view.Letter
		for {
			page, err := c.Letters(ctx, o.Page)
			if err != nil {
				return page, err
			}
			items = append(items, page.Items...)
			if page.Items = present(items); !o.all || page.NextCursor == "" {
				return page, nil
			}
			o.Cursor = page.NextCursor
		}
	})
	if err != nil {
		return err
	}
	err = p.Print(page, anys(page.Items), func() output.Table {
		named := k.names(ctx, c, p, o.ids)
		t := output.Table{Empty: k.say("nothing was put aside"), Columns: []output.Column{
			{Title: k.say("TIME")},
			{Title: k.say("KIND")},
			{Title: k.say("GUILD")},
			{Title: k.say("PARTITION"), Right: true, Wide: true},
			{Title: k.say("ID")},
			{Title: k.say("ERROR")},
		}}
		for _, l := range page.Items {
			t.Rows = append(t.Rows, output.Text(p.When(l.At), l.Kind, named.of(l.Guild), strconv.Itoa(l.Partition), l.ID, l.Error))
			t.Names = append(t.Names, l.ID)
		}
		return t
	})
	if err != nil {
		return err
	}
	k.more(p, page.NextCursor)
	return nil
}

func newCmdLettersShow(k *kit, run func(context.Context, *client.Client, *output.Printer, string) error) *cobra.Command {
	if run == nil {
		run = k.runLettersShow
	}
	return &cobra.Command{
		Use: "show <id>", Short: k.say("Show one dead letter with what was put aside"), Args: k.exactly("id"),
		Example: examples("platformctl letters show projection:plays:4711", "platformctl letters show projection:plays:4711 -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				return run(ctx, cl, p, args[0])
			})
		},
	}
}

func (k *kit) runLettersShow(ctx context.Context, c *client.Client, p *output.Printer, id string) error {
	l, err := waiting(p, k.say("reading dead letters"), func() (view.Letter, error) { return c.Letter(ctx, id) })
	if err != nil {
		return err
	}
	return p.Print(l, nil, func() output.Table {
		var input bytes.Buffer
		if json.Compact(&input, l.Input) != nil {
			input.Reset()
		}
		t := output.Fields(
			output.Text(k.say("id"), l.ID), output.Text(k.say("kind"), l.Kind), output.Text(k.say("guild"), either(l.Guild, "-")),
			output.Text(k.say("partition"), strconv.Itoa(l.Partition)), output.Text(k.say("put aside"), p.When(l.At)),
			output.Text(k.say("error"), l.Error), output.Text(k.say("input"), either(input.String(), "-")),
		)
		t.Names = []string{l.ID}
		return t
	})
}

func newCmdLetter(k *kit, action, short string, do func(*client.Client, context.Context, string) (view.LetterGone, error)) *cobra.Command {
	return &cobra.Command{
		Use: action + " <id>", Short: short, Args: k.exactly("id"),
		Example: examples("platformctl letters " + action + " projection:plays:4711"),
		RunE: func(c *cobra.Command, args []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				gone, err := waiting(p, k.say("waiting for the answer"), func() (view.LetterGone, error) { return do(cl, ctx, args[0]) })
				if err != nil {
					return err
				}
				return k.done(p, gone, k.say("done: %s: %s", gone.ID, gone.Outcome))
			})
		},
	}
}
