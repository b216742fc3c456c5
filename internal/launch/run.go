package launch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jonboulle/clockwork"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/daemon"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/observe"
	"github.com/atrilhq/platform/internal/sandbox"
	"github.com/atrilhq/platform/internal/sandbox/page"
)

// inside is the value of --sandbox without one.
const inside = "inside"

type options struct {
	io      IO
	sandbox string
	// nodes is how many nodes the simulators inside have.
	nodes int
	file  string
}

// keys are the configuration keys of the flags.
var keys = map[string]string{
	"data-dir": "data_dir", "listen": "listen", "socket": "socket", "roles": "roles",
	"operations-listen": "operations.listen", "log-level": "log.level", "log-format": "log.format", "plan-default": "plan.default",
}

// given returns the values of the flags that were given, by configuration key.
func given(cmd *cobra.Command) map[string]any {
	out := map[string]any{}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		key, ok := keys[f.Name]
		if !ok {
			return
		}
		if list, isList := f.Value.(pflag.SliceValue); isList {
			out[key] = list.GetSlice()
			return
		}
		out[key] = f.Value.String()
	})
	return out
}

// run runs the daemon, in a sandbox if one is asked for.
func (o *options) run(cmd *cobra.Command) (err error) {
	ctx := cmd.Context()
	flags := given(cmd)
	if o.sandbox == "" && cmd.Flags().Changed("sandbox") {
		// A script whose variable is empty must not reach the real Discord.
		return fault.New(fault.Invalid, "launch.run", "--sandbox= names no sandbox").
			WithHint("use --sandbox alone, or --sandbox=127.0.0.1:8090")
	}
	if o.sandbox == "" {
		cfg, err := config.Load(config.Sources{File: o.file, Env: o.io.Env, Flags: flags})
		if err != nil {
			return err
		}
		return o.serve(ctx, cfg, nil)
	}
	o.sandboxDefaults(flags)
	cfg, err := config.Load(config.Sources{File: o.file, Env: o.io.Env, Flags: flags})
	if err != nil {
		return err
	}
	address, apart := o.sandbox, true
	if o.sandbox == inside {
		apart = false
		sb, err := sandbox.Start(sandbox.Options{
			DataDir: filepath.Join(cfg.DataDir, "sandbox"), Nodes: o.nodes, Clock: clockwork.NewRealClock(), Logger: o.logger(cfg).With("sim", "sandbox"),
		})
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, sb.Close()) }()
		address = sb.Address()
	}
	world, err := sandbox.World(ctx, address)
	if err != nil {
		return err
	}
	sandbox.Configure(&cfg, world)
	cfg.Listen = sandbox.LastAPI(cfg.DataDir, cfg.Listen)
	return o.serve(ctx, cfg, &view.Sandbox{ControlURL: "http://" + strings.TrimPrefix(address, "http://"), Apart: apart})
}

// sandboxDefaults keep a sandbox apart from a real installation, and off ports
// that something else may use.
func (o *options) sandboxDefaults(flags map[string]any) {
	for key, value := range map[string]string{
		"data_dir":          filepath.Join(locate.DataDir(o.io.Env), "sandbox"),
		"listen":            "127.0.0.1:0",
		"operations.listen": "127.0.0.1:0",
	} {
		if _, set := flags[key]; !set && locate.Get(o.io.Env, config.EnvName(key)) == "" {
			flags[key] = value
		}
	}
}

func (o *options) logger(cfg config.Config) *slog.Logger {
	secrets := &observe.Secrets{}
	secrets.Add(cfg.Secrets()...)
	return observe.NewLogger(o.io.Stderr, observe.LogOptions{
		Level: observe.ParseLevel(cfg.Log.Level), JSON: cfg.Log.Format == "json", Secrets: secrets,
	})
}

func (o *options) serve(ctx context.Context, cfg config.Config, sb *view.Sandbox) error {
	opt := daemon.Options{
		Config: cfg, Env: o.io.Env, Version: o.io.Build.Version, Commit: o.io.Build.Commit,
		Logger: o.logger(cfg), Sandbox: sb, Up: func(s view.Status) { o.greet(s, sb, !cfg.Redis.URL.Empty()) },
	}
	if sb != nil {
		opt.Up = func(s view.Status) {
			for _, a := range s.Addresses {
				if a.Name == "api" {
					sandbox.RememberAPI(cfg.DataDir, a.Address, opt.Logger)
				}
			}
			o.greet(s, sb, !cfg.Redis.URL.Empty())
		}
		opt.TrustedHosts = []string{sandbox.MediaHost}
		var err error
		if opt.Page, err = page.New(sb.ControlURL); err != nil {
			return err
		}
	}
	return daemon.Run(ctx, opt)
}

// greet says where to go next. Where others are heard, one of them may have the
// roles that this process lacks.
func (o *options) greet(s view.Status, sb *view.Sandbox, others bool) {
	var b strings.Builder
	fmt.Fprintf(&b, "platformd %s is up (pid %d)\n", s.Version, s.PID)
	fmt.Fprintf(&b, "  data        %s\n", s.DataDir)
	for _, a := range s.Addresses {
		fmt.Fprintf(&b, "  %-11s %s\n", a.Name, a.Address)
	}
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool {
			return !slices.ContainsFunc(s.Roles, func(r view.Role) bool { return r.Name == name })
		})
	}
	if has("api") {
		b.WriteString("\nGo on with:\n")
		for _, a := range s.Addresses {
			if sb != nil && a.Name == "api" {
				fmt.Fprintf(&b, "  http://%s%s  in a browser\n", a.Address, page.Path)
			}
		}
		b.WriteString("  platformctl status\n")
	}
	switch {
	case sb == nil || !has("api"):
	case others || has("gateway", "audio"):
		b.WriteString("  platformctl sandbox voice join music --user ana\n" +
			"  platformctl sandbox send '/play query:\"ocean\"' --guild demo --user ana\n" +
			"  platformctl sandbox faults list\n" +
			"  platformctl events tail\n")
	default:
		b.WriteString("  platformctl events tail\nNobody plays here: that needs the roles gateway and audio.\n")
	}
	b.WriteString("Ctrl-C stops it; what plays is kept.\n")
	_, _ = fmt.Fprint(o.io.Stdout, b.String())
}

// newSim runs the simulators alone.
func newSim(o *options) *cobra.Command {
	var listen, dir string
	var nodes int
	cmd := &cobra.Command{
		Use:   "sim",
		Short: "Run the simulated Discord and the simulated audio nodes alone",
		Example: `  platformd sim --listen 127.0.0.1:8090
  platformd --sandbox=127.0.0.1:8090`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if dir == "" {
				dir = filepath.Join(locate.DataDir(o.io.Env), "sim")
			}
			log := observe.NewLogger(o.io.Stderr, observe.LogOptions{})
			sb, err := sandbox.Start(sandbox.Options{Listen: listen, DataDir: dir, Nodes: nodes, Clock: clockwork.NewRealClock(), Logger: log})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, sb.Close()) }()
			if _, err := fmt.Fprintf(o.io.Stdout, "simulators are up\n  address     %s\n  data        %s\n\nGo on with:\n  platformd --sandbox=%s\n",
				sb.Address(), dir, sb.Address()); err != nil {
				return fault.Wrap(err, fault.Unavailable, "launch.sim", "nobody reads what is written")
			}
			<-cmd.Context().Done()
			return nil
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "loopback `address`; the one of last time or a free one if empty")
	cmd.Flags().StringVar(&dir, "data-dir", "", "`directory` for the world")
	cmd.Flags().IntVar(&nodes, "nodes", sandbox.DefaultNodes, "how many audio nodes")
	return cmd
}

// quietLogger is for commands that talk to a person: only what went wrong is told.
func (o *options) quietLogger() *slog.Logger {
	return slog.New(slog.NewTextHandler(o.io.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}
