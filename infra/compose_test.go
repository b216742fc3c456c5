package infra_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"

	"github.com/atrilhq/platform/internal/config"
)

// loadArgs loads the configuration of a process that is started with these
// arguments, which are flags with a value each, and this file for --config.
func loadArgs(t *testing.T, file string, env, args []string) config.Config {
	t.Helper()
	flags := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		switch args[i] {
		case "--config":
		case "--roles":
			flags["roles"] = strings.Split(args[i+1], ",")
		case "--listen":
			flags["listen"] = args[i+1]
		default:
			t.Errorf("nobody reads %s", args[i])
		}
	}
	// Where nobody serves an API its address must not matter.
	if _, set := flags["listen"]; !set {
		flags["listen"] = ""
	}
	cfg, err := config.Load(config.Sources{File: file, Env: env, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestComposeRunsThePlatform(t *testing.T) {
	t.Parallel()
	example, err := filepath.Abs("compose/example")
	if err != nil {
		t.Fatal(err)
	}
	opts, err := cli.NewProjectOptions([]string{"compose.yaml"}, cli.WithName("platform"), cli.WithEnv([]string{
		"PLATFORM_SECRETS=" + example, "LAVALINK_IMAGE=lavalink:4.2",
	}))
	if err != nil {
		t.Fatal(err)
	}
	project, err := opts.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, s := range project.Secrets {
		put(t, filepath.Join(dir, name), string(read(t, s.File)))
	}
	file := filepath.Join(dir, "platform.yaml")
	put(t, file, strings.ReplaceAll(string(read(t, project.Configs["platform"].File)), "/run/secrets", dir))
	for _, role := range roles {
		s, err := project.GetService(role)
		if err != nil {
			t.Fatal(err)
		}
		var env []string
		for k, v := range s.Environment {
			env = append(env, k+"="+*v)
		}
		cfg := loadArgs(t, file, env, s.Command)
		if !slices.Equal(cfg.Roles, []string{role}) || !strings.HasPrefix(cfg.DatabaseURL().Reveal(), "postgres://") {
			t.Errorf("%s runs %v on %s", role, cfg.Roles, cfg.DatabaseURL())
		}
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || s.HealthCheck == nil || s.Deploy == nil {
			t.Errorf("%s may do more than it has to, or nobody looks after it", role)
		}
		if s.StopGracePeriod == nil || s.StopGracePeriod.String() <= cfg.Timeouts.Shutdown.String() {
			t.Errorf("%s is killed before it has handed over", role)
		}
	}
	for name, s := range project.Services {
		for _, p := range s.Ports {
			if p.HostIP != "127.0.0.1" {
				t.Errorf("%s is open to the world on %s", name, p.Published)
			}
		}
	}
}
