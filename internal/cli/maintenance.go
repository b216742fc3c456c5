package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdMaintenance(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{Use: "maintenance", Short: k.say("Let members' changes wait while you work, and music go on")})
	c.AddCommand(newCmdMaintenanceOn(k, nil), newCmdMaintenanceOff(k, nil), newCmdMaintenanceStatus(k, nil))
	return c
}

// maintenanceOptions are the flags of maintenance on.
type maintenanceOptions struct{ message, until string }

func newCmdMaintenanceOn(k *kit, run func(context.Context, *client.Client, *output.Printer, maintenanceOptions) error) *cobra.Command {
	if run == nil {
		run = k.runMaintenanceOn
	}
	var o maintenanceOptions
	c := &cobra.Command{
		Use: "on", Short: k.say("Let members' changes wait while music goes on"), Args: k.exactly(),
		Example: examples("platformctl maintenance on --message 'New disks, back in a moment.' --until 30m", "platformctl maintenance on"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.with(c.Context(), func(ctx context.Context, cl *client.Client, p *output.Printer) error { return run(ctx, cl, p, o) })
		},
	}
	c.Flags().StringVar(&o.message, "message", "", k.say("what members read besides our own words, at most 300 bytes"))
	c.Flags().StringVar(&o.until, "until", "", k.say("when changes go on by themselves: in how long, or a time as RFC 3339 writes it"))
	return c
}

func (k *kit) runMaintenanceOn(ctx context.Context, c *client.Client, p *output.Printer, o maintenanceOptions) error {
	until, err := k.ahead(o.until)
	if err != nil {
		return err
	}
	m, err := waiting(p, k.say("asking the daemon"), func() (view.Maintenance, error) { return c.BeginMaintenance(ctx, o.message, until) })
	if err != nil {
		return err
	}
	return k.done(p, m, k.maintained(p, m))
}

// ahead reads how long from now, or when; empty is no moment.
func (k *kit) ahead(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(s); err == nil && d > 0 {
		return k.Now().Add(d), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	return time.Time{}, fault.New(fault.Invalid, "cli", k.say("--until is %q, which is neither a length of time nor a time", s)).
		WithHint(k.say("write 30m or 2026-01-31T22:00:00Z"))
}

func newCmdMaintenanceOff(k *kit, run func(context.Context, *client.Client, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runMaintenanceOff
	}
	return &cobra.Command{
		Use: "off", Short: k.say("Let members' changes go on"), Args: k.exactly(), Example: examples("platformctl maintenance off"),
		RunE: func(c *cobra.Command, _ []string) error { return k.with(c.Context(), run) },
	}
}

func (k *kit) runMaintenanceOff(ctx context.Context, c *client.Client, p *output.Printer) error {
	m, err := waiting(p, k.say("asking the daemon"), func() (view.Maintenance, error) { return c.EndMaintenance(ctx) })
	if err != nil {
		return err
	}
	return k.done(p, m, k.maintained(p, m))
}

func newCmdMaintenanceStatus(k *kit, run func(context.Context, *client.Client, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runMaintenanceStatus
	}
	return &cobra.Command{
		Use: "status", Short: k.say("Show whether members' changes wait"), Args: k.exactly(),
		Example: examples("platformctl maintenance status", "platformctl maintenance status -o json"),
		RunE:    func(c *cobra.Command, _ []string) error { return k.with(c.Context(), run) },
	}
}

func (k *kit) runMaintenanceStatus(ctx context.Context, c *client.Client, p *output.Printer) error {
	m, err := waiting(p, k.say("asking the daemon"), func() (view.Maintenance, error) { return c.Maintenance(ctx) })
	if err != nil {
		return err
	}
	return p.Print(m, nil, func() output.Table {
		state := output.Cell{Text: k.say("changes work"), Tone: output.Good}
		if m.Active {
			state = output.Cell{Text: k.say("changes wait"), Tone: output.Warn}
		}
		line := func(name, value string) []output.Cell {
			return []output.Cell{{Text: k.say(name), Tone: output.Dim}, {Text: either(value, "-")}}
		}
		changed, until := "", ""
		if m.Changed != nil {
			changed = p.When(*m.Changed)
		}
		if m.Until != nil {
			until = p.When(*m.Until)
		}
		return output.Fields([]output.Cell{{Text: k.say("state"), Tone: output.Dim}, state},
			line("message", m.Message), line("until", until), line("by", m.By), line("changed", changed))
	})
}

// maintained says in a sentence whether changes wait.
func (k *kit) maintained(p *output.Printer, m view.Maintenance) string {
	switch {
	case !m.Active:
		return k.say("changes work")
	case m.Until != nil:
		return k.say("changes wait, which ends %s: %s", p.When(*m.Until), either(m.Message, "-"))
	}
	return k.say("changes wait until somebody ends it: %s", either(m.Message, "-"))
}
