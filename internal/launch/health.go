package launch

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

const (
	// healthWait is how long a daemon may take to say how it is.
	healthWait = 3 * time.Second
	// maxHealth bounds what it may say, in bytes.
	maxHealth = 64 << 10
)

// newHealth is the probe of containers whose image has no other program.
func newHealth(o *options) *cobra.Command {
	var live bool
	cmd := &cobra.Command{
		Use:   "health",
		Short: "Ask the daemon on this machine whether it is ready",
		Long: `health asks the operations listener of a daemon on this machine and ends with 0
where it is ready, and with 7 where it is not or does not answer. It is meant for
probes of containers, whose image has nothing else to ask with.`,
		Example: `  platformd health
  platformd health --live --operations-listen 127.0.0.1:9464`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(config.Sources{File: o.file, Env: o.io.Env, Flags: given(cmd)})
			if err != nil {
				return err
			}
			return health(cmd.Context(), o.io.Stdout, cfg.Operations.Listen, live)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&live, "live", false, "ask only whether the process answers")
	f.String("operations-listen", "", "`address` of the daemon's operations listener")
	f.StringVarP(&o.file, "config", "c", "", "YAML `file` with the daemon's configuration")
	return cmd
}

// health asks the operations listener at address and prints what it says.
func health(ctx context.Context, out io.Writer, address string, live bool) error {
	const op = "launch.health"
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return fault.New(fault.Invalid, op, "there is no operations listener to ask").WithHint("set operations.listen")
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	path := "/readyz"
	if live {
		path = "/healthz"
	}
	ctx, cancel := context.WithTimeout(ctx, healthWait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+path, http.NoBody)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "operations.listen is no address")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "no daemon answers at "+address).WithHint("see its log, or name its --operations-listen")
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxHealth))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the daemon's answer broke off")
	}
	if res.StatusCode != http.StatusOK {
		return fault.New(fault.Unavailable, op, "the daemon is not ready"+reasons(body))
	}
	_, err = fmt.Fprintln(out, "ok")
	return err
}

// reasons are the checks that failed, by name.
func reasons(body []byte) string {
	var said struct {
		Checks []struct {
			Name string `json:"name"`
			OK   bool   `json:"ok"`
		} `json:"checks"`
	}
	if json.Unmarshal(body, &said) != nil {
		return ""
	}
	var bad []string
	for _, c := range said.Checks {
		if !c.OK {
			bad = append(bad, c.Name)
		}
	}
	if len(bad) == 0 {
		return ""
	}
	return ": " + strings.Join(bad, ", ")
}
