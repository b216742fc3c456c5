package cli

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/fault"
)

// newCmdDaemonTools are commands that work on a database as a whole. They need
// what platformd is made of and platformctl is not: the databases' drivers. So
// platformd does them, with the same names, arguments and output.
func newCmdDaemonTools(k *kit) []*cobra.Command {
	handed := func(use, short, long string, lines ...string) *cobra.Command {
		return &cobra.Command{
			Use: use, Short: k.say(short), Long: k.say(long), Example: examples(lines...),
			// Everything behind the name is platformd's to understand, --help too.
			DisableFlagParsing: true,
			RunE: func(c *cobra.Command, args []string) error {
				return k.handOver(c, append([]string{c.Name()}, args...))
			},
		}
	}
	return []*cobra.Command{
		handed("migrate", "See and change the version of the database's schema",
			"migrate runs platformd migrate, which works on the database itself while no daemon uses it: status, up, down.",
			"platformctl migrate status", "platformctl migrate up --database postgres://platform@db.internal/platform"),
		handed("db", "Move an installation to another database",
			"db runs platformd db. copy fills an empty database and then compares every row.",
			"platformctl db copy --from sqlite:///var/lib/platform/platform.db --to postgres://platform@db.internal/platform"),
		handed("backup", "Make, check and restore backups of the database",
			"backup runs platformd backup: create while the daemon runs, verify, restore.",
			"platformctl backup create /var/backups/platform.db", "platformctl backup verify /var/backups/platform.db"),
	}
}

// handOver runs platformd, the one beside this program or else the one in PATH,
// with our streams and environment, and ends as it does.
func (k *kit) handOver(c *cobra.Command, args []string) error {
	program, err := besides("platformd")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.handOver", k.say("platformd is neither beside platformctl nor in PATH")).
			WithHint(k.say("install both programs in one directory"))
	}
	cmd := exec.CommandContext(c.Context(), program, args...) //nolint:gosec // what the operator typed, for a program of ours
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = k.Env, k.Stdin, k.Stdout, k.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err = cmd.Run()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return handed{code: ended.ExitCode()}
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "cli.handOver", k.say("platformd cannot be started"))
	}
	return nil
}

// besides finds a program beside this one, or in PATH.
func besides(name string) (string, error) {
	if self, err := os.Executable(); err == nil {
		if self, err = filepath.EvalSymlinks(self); err == nil {
			at := filepath.Join(filepath.Dir(self), name)
			if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
				return at, nil
			}
		}
	}
	return exec.LookPath(name)
}

// handed says that another program ended with an exit code and has said why.
type handed struct{ code int }

// Error implements error.
func (h handed) Error() string { return "platformd has said why" }
