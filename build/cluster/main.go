// Command cluster runs a whole installation on this machine, each role as a
// process of its own: a private PostgreSQL and Redis, simulators with two audio
// nodes, two gateways, three audio processes, an api and a worker. It says where
// to go and what to kill, starts nothing again by itself, and ends all of it with
// Ctrl-C.
//
//	go run ./build/cluster [--bin bin] [--audio 3] [--gateways 2] [--nodes 2]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/atrilhq/platform/internal/testenv"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "cluster:", err)
		os.Exit(1) //nolint:gocritic // what was started has ended by then
	}
}

// most is how many processes of a kind one may ask for.
const most = 32

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	bin := flags.String("bin", "bin", "`directory` with platformd and platformctl")
	audio := flags.Int("audio", 3, "audio processes")
	gateways := flags.Int("gateways", 2, "gateways")
	nodes := flags.Int("nodes", 2, "simulated audio nodes")
	listen := flags.String("listen", "127.0.0.1:0", "`address` of the API and the sandbox's page")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *audio < 1 || *gateways < 1 || *nodes < 1 || max(*audio, *gateways, *nodes) > most {
		return fmt.Errorf("each of --audio, --gateways and --nodes is from 1 to %d", most)
	}
	home, err := os.MkdirTemp("", "cluster")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	database, redis, stop, err := testenv.Serve()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	c := &cluster{
		ctx: ctx, out: out, home: home, program: filepath.Join(*bin, "platformd"),
		env: append(os.Environ(), "PLATFORM_DATABASE__URL="+database, "PLATFORM_REDIS__URL="+redis),
	}
	defer c.end()
	if err := c.simulators(*nodes); err != nil {
		return err
	}
	for i := range *audio {
		c.member(fmt.Sprint("audio-", i+1), "audio")
	}
	for i := range *gateways {
		c.member(fmt.Sprint("gateway-", i+1), "gateway")
	}
	c.member("worker-1", "worker")
	api := c.member("api-1", "api", "--listen", *listen)
	if err := c.await(api, "Ctrl-C"); err != nil {
		return err
	}
	c.greet(api, *bin, database, redis)
	return c.watch()
}

// greet says where to go and what to kill.
func (c *cluster) greet(api *member, bin, database, redis string) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(api.said()))
	fmt.Fprintf(&b, "\n  PostgreSQL  psql '%s'\n  Redis       redis-cli -s %s\n  logs        %s\n\n", database, strings.TrimPrefix(redis, "unix://"), c.home)
	fmt.Fprintln(&b, "  PROCESS      PID")
	for _, m := range c.all() {
		fmt.Fprintf(&b, "  %-12s %d\n", m.name, m.pid())
	}
	ctl := filepath.Join(bin, "platformctl") + " --socket " + api.socket
	fmt.Fprintf(&b, `
See it:            %[1]s status
Let it play:       %[1]s sandbox voice join music --user ana
                   %[1]s sandbox send '/play query:"ocean"' --guild demo --user ana
Kill one at once:  kill -9 PID        hand over: kill PID        freeze: kill -STOP PID
Start one more:    PLATFORM_DATABASE__URL='%[2]s' PLATFORM_REDIS__URL='%[3]s' \
                   %[4]s --sandbox=%[5]s --roles audio --data-dir "$(mktemp -d)"
Ctrl-C ends all of it, and forgets it.
`, ctl, database, redis, c.program, c.world)
	_, _ = fmt.Fprint(c.out, b.String())
}

// simulators starts the world and waits until it says where it is.
func (c *cluster) simulators(nodes int) error {
	sim := c.start("sim", "sim", "--listen", "127.0.0.1:0", "--data-dir", filepath.Join(c.home, "sim"), "--nodes", strconv.Itoa(nodes))
	if err := c.await(sim, "--sandbox="); err != nil {
		return err
	}
	_, after, _ := strings.Cut(sim.said(), "--sandbox=")
	c.world, _, _ = strings.Cut(after, "\n")
	return nil
}
