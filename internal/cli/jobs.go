package cli

import (
	"context"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdJobs(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "jobs", Short: k.say("See the background jobs, and try or end one")})
	c.AddCommand(
		newCmdJobsList(k, nil), newCmdJobsShow(k, nil),
		newCmdJob(k, "retry", k.say("Make a job due now"), (*client.Client).RetryJob),
		newCmdJob(k, "cancel", k.say("End a job; its schedule makes a new one when it is due"), (*client.Client).CancelJob),
	)
	return c
}

// jobsOptions are the flags of the list.
type jobsOptions struct {
	client.Jobs
	all bool
}

func newCmdJobsList(k *kit, run func(context.Context, *client.Client, *output.Printer, jobsOptions) error) *cobra.Command {
	if run == nil {
		run = k.runJobsList
	}
	var o jobsOptions
	c := &cobra.Command{
		Use: "list", Short: k.say("List background jobs, the newest first"), Args: k.exactly(),
		Example: examples("platformctl jobs list --state discarded", "platformctl jobs list --kind archive_journal -o json"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, o) })
		},
	}
	c.Flags().StringVar(&o.Kind, "kind", "", k.say("only jobs of this kind"))
	c.Flags().StringVar(&o.State, "state", "", k.say("only jobs in this state: available, running, retryable, scheduled, completed, discarded or cancelled"))
	k.pageFlags(c, &o.Page, &o.all)
	return c
}

func (k *kit) runJobsList(ctx context.Context, c *client.Client, p *output.Printer, o jobsOptions) error {
	page, err := waiting(p, k.say("reading jobs"), func() (view.JobPage, error) {
		return collect(o.all, &o.Cursor, func() (view.JobPage, error) { return c.Jobs(ctx, o.Jobs) },
			func(page *view.JobPage) (*[]view.Job, string) { return &page.Items, page.NextCursor })
	})
	if err != nil {
		return err
	}
	return list(k, p, page, page.Items, page.NextCursor, func() output.Table {
		t := output.Table{Empty: k.say("there are no such jobs"), Columns: []output.Column{
			{Title: k.say("ID"), Right: true},
			{Title: k.say("KIND")},
			{Title: k.say("STATE")},
			{Title: k.say("TRY"), Right: true},
			{Title: k.say("DUE")},
			{Title: k.say("PROCESS"), Wide: true},
			{Title: k.say("ERROR")},
		}}
		for i := range page.Items {
			j := &page.Items[i]
			t.Rows = append(t.Rows, output.Text(strconv.FormatInt(j.ID, 10), j.Kind, j.State, tries(j), p.When(j.ScheduledAt), either(j.By, "-"), either(j.Error, "-")))
			t.Names = append(t.Names, strconv.FormatInt(j.ID, 10))
		}
		return t
	})
}

// tries is how often a job was begun, of how often it may be.
func tries(j *view.Job) string { return strconv.Itoa(j.Attempt) + "/" + strconv.Itoa(j.MaxAttempts) }

func newCmdJobsShow(k *kit, run func(context.Context, *client.Client, *output.Printer, int64) error) *cobra.Command {
	if run == nil {
		run = k.runJobsShow
	}
	return &cobra.Command{
		Use: "show <id>", Short: k.say("Show one job with the tries that failed"), Args: k.exactly("id"),
		Example: examples("platformctl jobs show 4711", "platformctl jobs show 4711 -o json"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := k.jobID(args[0])
			if err != nil {
				return err
			}
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, id) })
		},
	}
}

// jobID reads the number of a job.
func (k *kit) jobID(arg string) (int64, error) {
	id, err := strconv.ParseInt(arg, 10, 64)
	if err != nil || id < 1 {
		return 0, fault.New(fault.Invalid, "cli", k.say("the id of a job is a number")).
			WithHint(k.say("list them with: platformctl jobs list"))
	}
	return id, nil
}

func (k *kit) runJobsShow(ctx context.Context, c *client.Client, p *output.Printer, id int64) error {
	j, err := waiting(p, k.say("reading jobs"), func() (view.Job, error) { return c.Job(ctx, id) })
	if err != nil {
		return err
	}
	return p.Print(j, nil, func() output.Table {
		began, ended := "-", "-"
		if j.AttemptedAt != nil {
			began = p.When(*j.AttemptedAt)
		}
		if j.EndedAt != nil {
			ended = p.When(*j.EndedAt)
		}
		fields := [][]output.Cell{
			output.Text(k.say("id"), strconv.FormatInt(j.ID, 10)), output.Text(k.say("kind"), j.Kind), output.Text(k.say("state"), j.State),
			output.Text(k.say("try"), tries(&j)), output.Text(k.say("made"), p.When(j.CreatedAt)), output.Text(k.say("due"), p.When(j.ScheduledAt)),
			output.Text(k.say("begun"), began), output.Text(k.say("ended"), ended), output.Text(k.say("process"), either(j.By, "-")),
		}
		for _, f := range j.Failures {
			fields = append(fields, output.Text(k.say("failed"), p.When(f.At)+": "+f.Error))
		}
		t := output.Fields(fields...)
		t.Names = []string{strconv.FormatInt(j.ID, 10)}
		return t
	})
}

func newCmdJob(k *kit, action, short string, do func(*client.Client, context.Context, int64) (view.Job, error)) *cobra.Command {
	return &cobra.Command{
		Use: action + " <id>", Short: short, Args: k.exactly("id"),
		Example: examples("platformctl jobs " + action + " 4711"),
		RunE: func(c *cobra.Command, args []string) error {
			id, err := k.jobID(args[0])
			if err != nil {
				return err
			}
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error {
				j, err := waiting(p, k.say("waiting for the answer"), func() (view.Job, error) { return do(cl, ctx, id) })
				if err != nil {
					return err
				}
				return k.done(p, j, k.say("job %s (%s) is %s", strconv.FormatInt(j.ID, 10), j.Kind, j.State))
			})
		},
	}
}
