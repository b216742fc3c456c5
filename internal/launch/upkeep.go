package launch

import (
	"context"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/output"
	"github.com/atrilhq/platform/internal/upkeep"
)

// tool is what the commands share that work on a database as a whole.
// platformctl has the same names and hands them over to this program.
type tool struct {
	*options
	url, format string
	quiet       bool
}

func newTools(o *options) []*cobra.Command {
	t := &tool{options: o}
	list := []*cobra.Command{newMigrate(t), newDB(t), newBackup(t)}
	for _, c := range list {
		f := c.PersistentFlags()
		f.StringVarP(&t.format, "output", "o", "table", "how to print: table, wide, json, jsonl, yaml or name")
		f.BoolVarP(&t.quiet, "quiet", "q", false, "print only data and errors")
		f.StringVar(&t.url, "database", "", "`address` of the database; that of the configuration where it is not given")
		f.StringVarP(&t.file, "config", "c", "", "YAML `file` with the configuration")
		f.String("data-dir", "", "`directory` where the SQLite file is")
	}
	return list
}

// database is the address that is worked on.
func (t *tool) database(cmd *cobra.Command) (string, error) {
	if t.url != "" {
		return t.url, nil
	}
	cfg, err := config.Load(config.Sources{File: t.file, Env: t.io.Env, Flags: given(cmd)})
	if err != nil {
		return "", err
	}
	return cfg.DatabaseURL().Reveal(), nil
}

func (t *tool) printer() (*output.Printer, error) {
	format, err := output.ParseFormat(t.format)
	if err != nil {
		return nil, err
	}
	width, terminal := output.Terminal(t.io.Stdout)
	_, talks := output.Terminal(t.io.Stderr)
	env := func(name string) string { return locate.Get(t.io.Env, name) }
	return output.New(t.io.Stdout, t.io.Stderr, output.Options{
		Format: format, Time: output.TimeISO, Quiet: t.quiet, Width: width, ShowProgress: talks,
		Color: output.Colors(terminal, env("NO_COLOR"), env("TERM")),
	}), nil
}

// talk says what is done now, as one line that changes on a terminal.
func talk(p *output.Printer) (say upkeep.Talk, done func()) {
	end := func() {}
	return func(what string) {
		end()
		end = p.Progress(what)
	}, func() { end() }
}

// sized prints the counts of tables.
func sized(p *output.Printer, v any, counts []upkeep.Count, said string, args ...any) error {
	p.Talk(said, args...)
	return p.Print(v, nil, func() output.Table {
		tab := output.Table{Columns: []output.Column{{Title: "TABLE"}, {Title: "ROWS", Right: true}, {Title: "SHA256", Wide: true}}}
		for _, c := range counts {
			tab.Rows = append(tab.Rows, output.Text(c.Table, strconv.FormatInt(c.Rows, 10), c.Digest))
		}
		return tab
	})
}

func newMigrate(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "migrate", Short: "See and change the version of the database's schema",
		Long: `A daemon brings the schema of its database to its own version when it starts.
These commands do it beforehand, while no daemon runs, and take a step back.`,
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var to int64
	show := func(c *cobra.Command, f func(context.Context, string) (upkeep.Schema, error)) error {
		p, err := t.printer()
		if err != nil {
			return err
		}
		url, err := t.database(c)
		if err != nil {
			return err
		}
		done := p.Progress(c.Name())
		s, err := f(c.Context(), url)
		done()
		if err != nil {
			return err
		}
		p.Talk("the schema is at %d, the newest is %d", s.Version, s.Known)
		return p.Print(s, nil, func() output.Table {
			tab := output.Table{Columns: []output.Column{{Title: "VERSION", Right: true}, {Title: "NAME"}, {Title: "APPLIED"}}}
			for _, st := range s.Steps {
				at := "-"
				if st.At != nil {
					at = st.At.Format(time.RFC3339)
				}
				tab.Rows = append(tab.Rows, output.Text(strconv.FormatInt(st.Version, 10), st.Name, at))
			}
			return tab
		})
	}
	log := t.quietLogger()
	status := &cobra.Command{
		Use: "status", Short: "Show which steps were applied", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return show(c, func(ctx context.Context, url string) (upkeep.Schema, error) { return upkeep.Status(ctx, url, log) })
		},
	}
	up := &cobra.Command{
		Use: "up", Short: "Bring the schema to the newest version", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return show(c, func(ctx context.Context, url string) (upkeep.Schema, error) { return upkeep.Up(ctx, url, to, log) })
		},
	}
	up.Flags().Int64Var(&to, "to", 0, "go up to this `version` only")
	down := &cobra.Command{
		Use: "down", Short: "Take steps of the schema back; what only they could hold is gone", Args: cobra.NoArgs,
		Example: "  platformd backup create before.db && platformd migrate down --to 2",
		RunE: func(c *cobra.Command, _ []string) error {
			if !c.Flags().Changed("to") {
				return fault.New(fault.Invalid, "launch.migrate", "it is not said which version to go down to").
					WithHint("make a backup, then name it with --to")
			}
			return show(c, func(ctx context.Context, url string) (upkeep.Schema, error) { return upkeep.Down(ctx, url, to, log) })
		},
	}
	down.Flags().Int64Var(&to, "to", 0, "the `version` that stays")
	cmd.AddCommand(status, up, down)
	return cmd
}

func newDB(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "db", Short: "Move an installation to another database",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var from, to string
	cp := &cobra.Command{
		Use: "copy", Short: "Copy a whole database into an empty one and compare every row",
		Long: `copy is how an installation that outgrew one machine moves to PostgreSQL, or
back. Neither database may be in use; the source is only read. Everything is
copied in one transaction, then every row of both is compared.`,
		Example: "  platformd db copy --from sqlite:///var/lib/platform/platform.db --to postgres://platform@db.internal/platform",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := t.printer()
			if err != nil {
				return err
			}
			if from == "" || to == "" {
				return fault.New(fault.Invalid, "launch.copy", "--from and --to have to name a database each").
					WithHint("platformd db copy --help has an example")
			}
			say, done := talk(p)
			counts, err := upkeep.Copy(c.Context(), from, to, t.quietLogger(), say)
			done()
			if err != nil {
				return err
			}
			return sized(p, counts, counts, "copied and compared %d tables", len(counts))
		},
	}
	cp.Flags().StringVar(&from, "from", "", "`address` of the database that is there")
	cp.Flags().StringVar(&to, "to", "", "`address` of the empty one")
	cmd.AddCommand(cp)
	return cmd
}

func newBackup(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "backup", Short: "Make, check and restore backups of the database",
		Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var scratch string
	act := func(c *cobra.Command, file, said string, f func(context.Context, upkeep.Options) (upkeep.Manifest, error)) error {
		p, err := t.printer()
		if err != nil {
			return err
		}
		url, err := t.database(c)
		if err != nil {
			return err
		}
		say, done := talk(p)
		m, err := f(c.Context(), upkeep.Options{
			URL: url, File: file, Scratch: scratch, By: t.io.Build.Version, Now: time.Now, Logger: t.quietLogger(), Talk: say,
		})
		done()
		if err != nil {
			return err
		}
		return sized(p, m, m.Tables, said, file)
	}
	create := &cobra.Command{
		Use: "create FILE", Short: "Back the database up while it is in use",
		Long: `create writes FILE and, beside it, FILE.manifest.json with what is in it. SQLite
is copied as it is at one moment; PostgreSQL by pg_dump, which has to be there.
A backup holds voice credentials and addresses of owed answers: keep it like the
database itself.`,
		Example: "  platformd backup create /var/backups/platform-2026-11-23.db", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return act(c, args[0], "backed up to %s", upkeep.Create) },
	}
	verify := &cobra.Command{
		Use: "verify FILE", Short: "Restore a backup for a look and compare it with its manifest",
		Example: "  platformd backup verify /var/backups/platform-2026-11-23.db", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return act(c, args[0], "%s is whole: every table was restored and compared", upkeep.Verify)
		},
	}
	verify.Flags().StringVar(&scratch, "scratch", "", "`address` of a PostgreSQL server where a database may be made for it")
	restore := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup where the database has to be, which must be empty or not there",
		Example: "  platformd backup restore /var/backups/platform-2026-11-23.db", Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return act(c, args[0], "restored from %s and compared", upkeep.Restore)
		},
	}
	cmd.AddCommand(create, verify, restore)
	return cmd
}
