package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdStatus(k *kit, run func(context.Context, *client.Client, *output.Printer) error) *cobra.Command {
	if run == nil {
		run = k.runStatus
	}
	return &cobra.Command{
		Use: "status", Short: k.say("Show how the daemon is"), Args: k.exactly(),
		Example: examples("platformctl status", "platformctl status -o json"),
		RunE:    func(c *cobra.Command, _ []string) error { return k.with(c.Context(), run) },
	}
}

func (k *kit) runStatus(ctx context.Context, c *client.Client, p *output.Printer) error {
	st, err := waiting(p, k.say("asking the daemon"), func() (view.Status, error) { return c.Status(ctx) })
	if err != nil {
		return err
	}
	return p.Print(st, nil, func() output.Table { return k.statusTable(p, st) })
}

func (k *kit) statusTable(p *output.Printer, st view.Status) output.Table {
	ready := output.Cell{Text: k.say("ready"), Tone: output.Good}
	if !st.Ready {
		ready = output.Cell{Text: k.say("not ready"), Tone: output.Bad}
	}
	line := func(name string, value output.Cell) []output.Cell {
		return []output.Cell{{Text: k.say(name), Tone: output.Dim}, value}
	}
	text := func(format string, args ...any) output.Cell { return output.Cell{Text: fmt.Sprintf(format, args...)} }
	t := output.Fields(
		line("state", ready),
		line("version", text("%s", strings.TrimSpace(st.Version+" "+st.Commit))),
		line("mode", text("%s", st.Mode)),
		line("started", text("%s (pid %d)", p.When(st.StartedAt), st.PID)),
		line("data", text("%s", st.DataDir)),
		line("database", text("%s %s, schema %d", st.Database.Engine, st.Database.Version, st.Database.Schema)),
		line("partitions", text("%d of %d", st.Ownership.Held, st.Ownership.Total)),
		line("guilds", text("%d", st.Guilds)),
		line("players", text("%d, %d playing", st.Players.Total, st.Players.Active)),
		line("nodes", text("%d of %d up", st.Nodes.Active, st.Nodes.Total)),
		line("last event", text("%d", st.LastEvent)),
	)
	if st.Maintenance != nil {
		t.Rows = slices.Insert(t.Rows, 1, line("maintenance", output.Cell{Text: k.maintained(p, *st.Maintenance), Tone: output.Warn}))
	}
	for _, a := range st.Addresses {
		t.Rows = append(t.Rows, line(a.Name, text("%s", a.Address)))
	}
	roles := output.Table{Columns: []output.Column{{Title: k.say("ROLE")}, {Title: k.say("STATE")}, {Title: k.say("DETAIL")}}}
	for _, r := range st.Roles {
		roles.Rows = append(roles.Rows, []output.Cell{{Text: r.Name}, tone(r.State), {Text: r.Detail}})
	}
	bots := output.Table{Columns: []output.Column{
		{Title: k.say("BOT")},
		{Title: k.say("STATE")},
		{Title: k.say("SHARDS"), Right: true},
		{Title: k.say("GUILDS"), Right: true},
		{Title: k.say("LATENCY"), Right: true},
		{Title: k.say("DETAIL")},
	}}
	for _, b := range st.Bots {
		bots.Rows = append(bots.Rows, []output.Cell{
			{Text: b.Name},
			tone(b.State), text("%d", b.Shards), text("%d", b.Guilds),
			text("%s", time.Duration(b.LatencyMS)*time.Millisecond),
			{Text: b.Detail},
		})
	}
	checks := output.Table{Columns: []output.Column{{Title: k.say("CHECK")}, {Title: k.say("STATE")}, {Title: k.say("REASON")}}}
	for _, c := range st.Checks {
		state := output.Cell{Text: "ok", Tone: output.Good}
		if !c.OK {
			state = output.Cell{Text: "failed", Tone: output.Bad}
		}
		checks.Rows = append(checks.Rows, []output.Cell{{Text: c.Name}, state, {Text: c.Reason}})
	}
	t.Next = []output.Table{roles, bots, checks}
	if len(st.Frontless) > 0 {
		without := output.Table{Columns: []output.Column{
			{Title: k.say("GUILD WITHOUT FRONT BOT")},
			{Title: k.say("ID")},
			{Title: k.say("INVITE THE FRONT BOT AT")},
		}}
		for _, g := range st.Frontless {
			without.Rows = append(without.Rows, []output.Cell{{Text: either(g.Name, "-"), Tone: output.Warn}, {Text: g.ID}, {Text: g.Invite}})
		}
		t.Next = append(t.Next, without)
	}
	if len(st.Processes) > 1 {
		t.Next = append(t.Next, k.processTable(p, st.Processes))
	}
	return t
}

// processTable lists the processes of an installation that has several.
func (k *kit) processTable(p *output.Printer, all []view.Process) output.Table {
	t := output.Table{Columns: []output.Column{
		{Title: k.say("PROCESS")},
		{Title: k.say("STATE")},
		{Title: k.say("ROLES")},
		{Title: k.say("PARTITIONS"), Right: true},
		{Title: k.say("SHARDS"), Right: true},
		{Title: k.say("PID"), Right: true},
		{Title: k.say("VERSION")},
		{Title: k.say("STARTED")},
		{Title: k.say("SEEN")},
	}}
	for _, x := range all {
		state := tone(x.State)
		if x.State == "up" && !x.Ready {
			state = output.Cell{Text: k.say("not ready"), Tone: output.Warn}
		}
		roles := make([]string, 0, len(x.Roles))
		for _, r := range x.Roles {
			roles = append(roles, r.Name)
		}
		cell := func(v any) output.Cell { return output.Cell{Text: fmt.Sprint(v)} }
		t.Rows = append(t.Rows, []output.Cell{
			cell(x.Name), state, cell(strings.Join(roles, ",")), cell(x.Partitions), cell(x.Shards), cell(x.PID),
			cell(x.Version), cell(p.When(x.StartedAt)), cell(p.When(x.SeenAt)),
		})
	}
	return t
}

// tone colours a state by what it means.
func tone(state string) output.Cell {
	c := output.Cell{Text: state}
	switch state {
	case "running", "ready", "up", "playing":
		c.Tone = output.Good
	case "starting", "connecting", "resuming", "draining", "joining", "loading", "waiting", "pending", "paused":
		c.Tone = output.Warn
	case "failed", "down", "refused", "halted", "silent":
		c.Tone = output.Bad
	}
	return c
}
