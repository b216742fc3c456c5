package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/atrilhq/platform/bench/load"
	"github.com/atrilhq/platform/bench/proc"
	"github.com/atrilhq/platform/internal/testenv"
)

const (
	// commitsARound is how often a round measures a commit of PostgreSQL.
	commitsARound = 100
	// clusterRate is the /plays a second of the open loop: half of what one
	// process is given, for the servers share the two processors.
	clusterRate = 50
	// calmRate is the /plays a second of a cluster that has hardly anything to do.
	calmRate, calmSamples = 20, 600
	// clusterWithin bounds all but the time at half load.
	clusterWithin = 20 * time.Minute
)

// roles are the processes of the cluster that is measured: each role is one.
func roles() []string { return []string{"gateway", "audio", "worker", "api"} }

// A clusterRun measures, once, what an installation does whose roles are all
// apart, on a PostgreSQL and a Redis that write to the disk, against a bot that
// keeps nothing. Both take turns.
type clusterRun struct {
	once sync.Once
	err  error
	log  io.Writer

	cluster, bare *system
	members       []*proc.Platform
	commits       []time.Duration
	// calm are the times of the cluster at calmRate, half those at half load.
	calm, half []time.Duration
	// halfRate is what half load is, in commands a second; samples are what the
	// processes hold meanwhile.
	halfRate float64
	samples  []snapshot
}

func (c *clusterRun) measure(e env) error {
	c.once.Do(func() { c.err = c.run(e) })
	return c.err
}

func (c *clusterRun) run(e env) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), clusterWithin+e.steady)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// Before servers are started that nobody would use.
	if _, err := exec.LookPath(filepath.Join(e.bin, "platformd")); err != nil {
		return err
	}
	database, redis, stop, err := testenv.ServeDurable()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	c.cluster, c.bare = &system{name: "cluster"}, &system{name: "bare bot"}
	all := []*system{c.cluster, c.bare}
	defer func() {
		for _, s := range all {
			err = errors.Join(err, s.close())
		}
	}()
	if err := c.start(ctx, e.bin, dir, proc.Servers{Database: database, Redis: redis}); err != nil {
		return err
	}
	if err := c.bare.startPeer(ctx, filepath.Join(e.bin, "bench", "barebot"), dir); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(c.log, "  the bots join their channels")
	p := path{platform: c.cluster, bare: c.bare}
	if err := p.seat(ctx); err != nil {
		return err
	}
	if err := c.open(ctx, all, database, e.rounded(pathRounds)); err != nil {
		return err
	}
	for range e.rounded(fullRounds) {
		_, _ = fmt.Fprintln(c.log, "  as many commands as there can be")
		for _, n := range callers() {
			for _, s := range all {
				if err := s.saturate(ctx, n); err != nil {
					return err
				}
			}
		}
	}
	return c.steady(ctx, e.steady, redis)
}

// start starts the processes, each role one, and waits until all of them work.
func (c *clusterRun) start(ctx context.Context, bin, dir string, servers proc.Servers) error {
	if err := c.cluster.open(); err != nil {
		return err
	}
	for _, role := range roles() {
		d, err := proc.StartRoles(bin, dir, role, role, c.cluster.where(), servers)
		if err != nil {
			return err
		}
		c.members = append(c.members, d)
		if c.cluster.proc == nil {
			c.cluster.proc = d.Process // the gateway: it says when the bot is there
		} else {
			c.cluster.more = append(c.cluster.more, d.Process)
		}
	}
	return c.cluster.ready(ctx)
}

// open runs the rounds of the open loop, with commits of PostgreSQL between them.
func (c *clusterRun) open(ctx context.Context, all []*system, database string, rounds int) error {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.Exec(ctx, `CREATE TABLE bench_commits (id BIGSERIAL PRIMARY KEY, data BYTEA NOT NULL)`); err != nil {
		return err
	}
	for round := range rounds {
		_, _ = fmt.Fprintf(c.log, "  the way of a /play through a cluster, round %d of %d\n", round+1, rounds)
		for range commitsARound {
			began := time.Now()
			if _, err := conn.Exec(ctx, `INSERT INTO bench_commits (data) VALUES ($1)`, make([]byte, 512)); err != nil {
				return err
			}
			c.commits = append(c.commits, time.Since(began))
		}
		for _, s := range slices.Concat(all[round%len(all):], all[:round%len(all)]) {
			if _, err := s.play(ctx, clusterRate, pathWarm, pathSamples); err != nil {
				return err
			}
		}
	}
	return nil
}

// steady keeps the cluster at half of what it can do, after a look at how it is
// with hardly anything to do.
func (c *clusterRun) steady(ctx context.Context, during time.Duration, redis string) error {
	_, _ = fmt.Fprintln(c.log, "  hardly anything to do")
	c.cluster.patches = slices.Clip(c.cluster.patches)
	before := len(c.cluster.patches)
	if _, err := c.cluster.play(ctx, calmRate, pathWarm, calmSamples); err != nil {
		return err
	}
	c.calm = slices.Clone(c.cluster.patches[before:])
	c.cluster.patches = c.cluster.patches[:before]
	c.halfRate = c.cluster.best() / 2
	_, _ = fmt.Fprintf(c.log, "  half of what it can do, %.0f commands a second, for %s\n", c.halfRate, during)
	watch, err := newWatch(c.members, redis)
	if err != nil {
		return err
	}
	defer watch.close()
	watching, stop := context.WithCancel(ctx)
	defer stop()
	seen := make(chan error, 1)
	go func() { seen <- watch.sample(watching, during) }()
	var mu sync.Mutex
	// An arrival is a whole cycle, as those are that the ceiling was found with.
	n := int(c.halfRate / cycleCommands * during.Seconds())
	_, err = load.Open(ctx, c.halfRate/cycleCommands, max(n, 1), func(_ int, due time.Time) error {
		guild := <-c.cluster.idle
		defer func() { c.cluster.idle <- guild }()
		short, cancel := context.WithTimeout(ctx, answerWithin)
		defer cancel()
		got, err := c.cluster.world.Play(short, guild)
		if err == nil {
			_, err = c.cluster.world.Rest(short, guild)
		}
		late := missed(err)
		if late {
			err = c.cluster.idleAgain(ctx, guild, true)
		}
		mu.Lock()
		defer mu.Unlock()
		if late {
			c.cluster.lost++
			c.half = append(c.half, answerWithin)
		} else {
			c.half = append(c.half, got.Patch.Sub(due))
		}
		return err
	})
	stop()
	if err := errors.Join(err, <-seen); err != nil {
		return err
	}
	c.samples = watch.samples
	return nil
}

// cycleCommands is how many commands a cycle has.
const cycleCommands = 5
