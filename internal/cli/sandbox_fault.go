package cli

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
)

func newCmdSandboxFaults(k *kit) *cobra.Command {
	c := groupOf(k, &cobra.Command{
		Use: "faults", Short: k.say("Break the sandbox's Discord and nodes on purpose, and mend them"),
		Long: k.say("A fault happens once, or lasts until it is cleared. Guilds, channels, members, bots and nodes are given by name or id."),
	})
	c.AddCommand(newCmdFaultsList(k, nil), newCmdFaultsSet(k, nil), newCmdFaultsClear(k, nil))
	return c
}

func newCmdFaultsList(k *kit, run func(context.Context, people, *output.Printer, bool) error) *cobra.Command {
	if run == nil {
		run = k.runFaultsList
	}
	var active bool
	c := &cobra.Command{
		Use: "list", Short: k.say("List what can be broken, and what is"), Args: k.exactly(),
		Example: examples("platformctl sandbox faults list", "platformctl sandbox faults list --active", "platformctl sandbox faults list -o yaml"),
		RunE: func(c *cobra.Command, _ []string) error {
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, active) })
		},
	}
	c.Flags().BoolVar(&active, "active", false, k.say("only what is broken now"))
	return c
}

func (k *kit) runFaultsList(ctx context.Context, s people, p *output.Printer, active bool) error {
	all, err := waiting(p, k.say("asking the simulators"), func() ([]client.Fault, error) { return s.Faults(ctx) })
	if err != nil {
		return err
	}
	if active {
		all = slices.DeleteFunc(all, func(f client.Fault) bool { return len(f.Active) == 0 })
	}
	all = present(all)
	return p.Print(all, anys(all), func() output.Table { return k.faultTable(all) })
}

func (k *kit) faultTable(all []client.Fault) output.Table {
	t := output.Table{Empty: k.say("nothing is broken"), Columns: []output.Column{
		{Title: k.say("NAME")},
		{Title: k.say("STATE")},
		{Title: k.say("ARGUMENTS")},
		{Title: k.say("WHAT")},
	}}
	for _, f := range all {
		t.Rows = append(t.Rows, []output.Cell{{Text: f.Name}, faultState(f), {Text: either(usage(f), "-")}, {Text: f.Summary}})
		t.Names = append(t.Names, f.Name)
	}
	return t
}

// faultState says whether a fault is set, and where.
func faultState(f client.Fault) output.Cell {
	switch {
	case len(f.Active) > 0:
		var where []string
		for _, a := range f.Active {
			where = append(where, strings.TrimSpace("on "+pairs(a)))
		}
		return output.Cell{Text: strings.Join(where, "; "), Tone: output.Bad}
	case f.Lasting:
		return output.Cell{Text: "off", Tone: output.Dim}
	}
	return output.Cell{Text: "once", Tone: output.Dim}
}

// usage shows arguments as they are typed: those in brackets may be left out.
func usage(f client.Fault) string {
	var out []string
	for _, a := range f.Args {
		value := strings.ToUpper(a.Name)
		if len(a.Values) > 0 && len(a.Values) <= 8 {
			value = strings.Join(a.Values, "|")
		}
		text := a.Name + "=" + value
		if !a.Required {
			text = "[" + text + "]"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func pairs(args map[string]string) string {
	var out []string
	for _, key := range slices.Sorted(maps.Keys(args)) {
		out = append(out, key+"="+args[key])
	}
	return strings.Join(out, " ")
}

// arguments reads what was typed as k=v.
func (k *kit) arguments(typed []string) (map[string]string, error) {
	out := map[string]string{}
	for _, t := range typed {
		key, value, ok := strings.Cut(t, "=")
		if !ok || key == "" {
			return nil, fault.New(fault.Invalid, "cli", k.say("%q is not of the form KEY=VALUE", t)).
				WithHint(k.say("see the arguments with: platformctl sandbox faults list"))
		}
		if _, twice := out[key]; twice {
			return nil, fault.New(fault.Invalid, "cli", k.say("%s stands there twice", key))
		}
		out[key] = value
	}
	return out, nil
}

func newCmdFaultsSet(k *kit, run func(context.Context, people, *output.Printer, string, map[string]string) error) *cobra.Command {
	if run == nil {
		run = k.runFaultsSet
	}
	return &cobra.Command{
		Use: "set <name> [KEY=VALUE...]", Short: k.say("Break something"), Args: k.named,
		Example: examples("platformctl sandbox faults set gateway.reconnect", "platformctl sandbox faults set node.down node=sim-1",
			"platformctl sandbox faults set voice.kick bot=atril-2", "platformctl sandbox faults set rest.slow delay=4s count=0"),
		ValidArgsFunction: k.completeFault,
		RunE: func(c *cobra.Command, args []string) error {
			with, err := k.arguments(args[1:])
			if err != nil {
				return err
			}
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, args[0], with) })
		},
	}
}

func (k *kit) named(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return k.exactly("name")(c, args)
	}
	return nil
}

func (k *kit) runFaultsSet(ctx context.Context, s people, p *output.Printer, name string, args map[string]string) error {
	f, err := waiting(p, k.say("asking the simulators"), func() (client.Fault, error) { return s.SetFault(ctx, name, args) })
	if err != nil {
		return err
	}
	sentence := k.say("done: %s happened", f.Name)
	if f.Lasting {
		sentence = k.say("done: %s lasts; mend it with platformctl sandbox faults clear %s", f.Name, f.Name)
	}
	return k.done(p, f, sentence)
}

func newCmdFaultsClear(k *kit, run func(context.Context, people, *output.Printer, []string) error) *cobra.Command {
	if run == nil {
		run = k.runFaultsClear
	}
	var all bool
	c := &cobra.Command{
		Use: "clear [name [KEY=VALUE...]]", Short: k.say("Mend what is broken"),
		Example: examples("platformctl sandbox faults clear node.down", "platformctl sandbox faults clear node.down node=sim-1",
			"platformctl sandbox faults clear --all"),
		ValidArgsFunction: k.completeFault,
		Args: func(c *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return fault.New(fault.Invalid, "cli", k.say("name a fault or use --all, not both"))
			case !all && len(args) == 0:
				return fault.New(fault.Invalid, "cli", k.say("%s is missing", "name")).
					WithHint(k.say("name a fault, or mend everything with --all"))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			return k.inSandbox(c.Context(), func(ctx context.Context, s people, p *output.Printer) error { return run(ctx, s, p, args) })
		},
	}
	c.Flags().BoolVar(&all, "all", false, k.say("mend everything"))
	return c
}

// mended is what clear prints for programs.
type mended struct {
	Name string            `json:"name,omitempty"`
	All  bool              `json:"all,omitempty"`
	Args map[string]string `json:"args,omitempty"`
}

func (k *kit) runFaultsClear(ctx context.Context, s people, p *output.Printer, args []string) error {
	if len(args) == 0 {
		if err := s.ClearFaults(ctx); err != nil {
			return err
		}
		return k.done(p, mended{All: true}, k.say("everything is mended"))
	}
	where, err := k.arguments(args[1:])
	if err != nil {
		return err
	}
	if err := s.ClearFault(ctx, args[0], where); err != nil {
		return err
	}
	return k.done(p, mended{Name: args[0], Args: where}, k.say("%s is mended", args[0]))
}

// completeWithin bounds what a shell waits for completions.
const completeWithin = 2 * time.Second

// completeFault offers names of faults, then the arguments of the one that was
// named. Where no sandbox answers there is nothing to offer.
func (k *kit) completeFault(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	ctx, cancel := context.WithTimeout(c.Context(), completeWithin)
	defer cancel()
	var out []string
	hint := cobra.ShellCompDirectiveNoFileComp
	_ = k.inSandbox(ctx, func(ctx context.Context, s people, _ *output.Printer) error {
		all, err := s.Faults(ctx)
		for _, f := range all {
			switch {
			case len(args) == 0:
				out = append(out, f.Name+"\t"+f.Summary)
			case f.Name == args[0]:
				var spaced bool
				out, spaced = offered(f, args[1:])
				if !spaced {
					hint |= cobra.ShellCompDirectiveNoSpace
				}
			}
		}
		return err
	})
	return out, hint
}

// offered are the arguments of a fault that were not given yet, with their
// values where there are few; spaced is true where all of them are whole.
func offered(f client.Fault, given []string) (out []string, spaced bool) {
	spaced = true
	for _, a := range f.Args {
		if slices.ContainsFunc(given, func(g string) bool { return strings.HasPrefix(g, a.Name+"=") }) {
			continue
		}
		for _, v := range a.Values {
			out = append(out, a.Name+"="+v+"\t"+a.Help)
		}
		if len(a.Values) == 0 {
			out, spaced = append(out, a.Name+"=\t"+a.Help), false
		}
	}
	return out, spaced
}
