// Package daemon opens what the chosen roles need, runs them as one group and
// shuts them down in order: first whoever takes work in, then whoever does it,
// last what keeps it.
package daemon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/i18n"
	"github.com/atrilhq/platform/internal/jobs"
	"github.com/atrilhq/platform/internal/observe"
	"github.com/atrilhq/platform/internal/role/fleet"
	"github.com/atrilhq/platform/internal/store/dirlock"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// lockFile keeps a second daemon out of a data directory.
const lockFile = "platformd.lock"

// Options says what is run.
type Options struct {
	Config config.Config
	// Env is the environment, by which platformctl finds the socket.
	Env     []string
	Version string
	Commit  string
	Logger  *slog.Logger
	// Sandbox is where the simulators are, nil outside of a sandbox.
	Sandbox *view.Sandbox
	// Page is the sandbox in the browser, nil outside of a sandbox.
	Page http.Handler
	// TrustedHosts may be loaded from without being looked up.
	TrustedHosts []string
	// Up is told once everything listens and Discord has not refused a token.
	Up func(view.Status)
	// TokensWithin is how long Up waits for Discord's word on the tokens where it
	// does not answer; 0 is for 1.5 s.
	TokensWithin time.Duration
}

// daemon is one run.
type daemon struct {
	Options
	clock   clockwork.Clock
	started time.Time
	store   measured
	bus     bus.Bus
	lag     *busWatch
	words   *i18n.Bundle
	metrics *observe.Metrics
	ready   *observe.Ready
	backing backing
	// operations is nil where no listener is wanted.
	operations *operations
	roles      roles
	addrs      []view.Listener
	// names are those that the configuration gives the bots, pool their order.
	names map[music.BotID]string
	pool  []music.BotID
	fleet *fleet.Fleet
	queue *jobs.Queue
}

// Run runs a daemon until ctx ends, and then lets it finish what it has begun.
// Errors: Conflict where another daemon has the data directory or a port,
// Denied and Unavailable for what cannot be opened, Invalid for a configuration
// that contradicts itself, and what the roles return.
func Run(ctx context.Context, o Options) (err error) {
	d := &daemon{Options: o, clock: clockwork.NewRealClock(), ready: &observe.Ready{}}
	d.started = d.clock.Now().UTC()
	d.metrics, d.lag = observe.NewMetrics(o.Version, o.Commit), newBusWatch(d.clock)
	lock, err := d.openDir()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if d.words, err = i18n.New(); err != nil {
		return err
	}
	if err := d.openOperations(); err != nil {
		return err
	}
	defer d.operations.close()
	db, err := d.openStore(ctx)
	if err != nil {
		return ended(ctx, err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	d.store = measured{db, d.metrics}
	defer func() { o.Logger.Info("stopped") }()
	if d.queue, err = d.newQueue(db); err != nil {
		return err
	}
	if d.bus, err = d.openBus(ctx); err != nil {
		return ended(ctx, err)
	}
	defer func() { err = errors.Join(err, d.bus.Close()) }()
	return d.run(ctx)
}

// ended is nil for a start that was waiting when it was told to stop.
func ended(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return nil
}

// openStore opens the database. One that is a server is waited for as long as
// timeouts.start says; a file is there or it is not. Errors: those of the store.
func (d *daemon) openStore(ctx context.Context) (db *sqlstore.DB, err error) {
	limit := d.Config.Timeouts.Start
	if strings.HasPrefix(d.Config.DatabaseURL().Reveal(), "sqlite:") {
		limit = 0
	}
	err = d.await(ctx, "database", limit, func(ctx context.Context) error {
		db, err = sqlstore.Open(ctx, sqlstore.Options{
			URL: d.Config.DatabaseURL().Reveal(), Partitions: d.partitions(), Logger: d.Logger,
			Timeout: d.Config.Timeouts.Database,
		})
		return err
	})
	if err == nil {
		d.backing.set("database", db.Ping)
	}
	return db, err
}

// openDir makes the data directory and keeps others out of it.
func (d *daemon) openDir() (*dirlock.Lock, error) {
	const op = "daemon.openDir"
	dir := d.Config.DataDir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		code := fault.Unavailable
		if os.IsPermission(err) {
			code = fault.Denied
		}
		return nil, fault.Wrap(err, code, op, "the data directory "+dir+" cannot be made").
			WithHint("choose one that you may write to with --data-dir")
	}
	lock, err := dirlock.Take(dir, lockFile)
	if err != nil {
		return nil, err
	}
	return lock, nil
}

// partitions is how many a new database gets. One that is there keeps its own.
func (d *daemon) partitions() int {
	if file, ok := strings.CutPrefix(d.Config.DatabaseURL().Reveal(), "sqlite://"); ok {
		if _, err := os.Stat(filepath.FromSlash(file)); err == nil {
			return 0
		}
	}
	return d.Config.Partitions
}

// holder names this process in leases. On SQLite the data directory has one
// process at a time, so its name stays the same and a successor need not wait.
func (d *daemon) holder() string {
	if strings.HasPrefix(d.Config.DatabaseURL().Reveal(), "sqlite:") {
		return "local"
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return host + ":" + d.started.Format("20060102T150405.000000000")
}

// socket is where the admin socket is.
func (d *daemon) socket() string {
	if d.Config.Socket != "" {
		return d.Config.Socket
	}
	return locate.Socket(d.Env, d.Config.DataDir)
}
