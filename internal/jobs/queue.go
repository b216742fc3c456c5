package jobs

import (
	"cmp"
	"context"
	"database/sql"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivertype"

	"github.com/atrilhq/platform/internal/fault"
)

// What became of a run.
const (
	// Done runs did what there was to do.
	Done = "done"
	// Failed runs are tried again.
	Failed = "failed"
	// GivenUp runs failed for the last time.
	GivenUp = "given_up"
	// Cancelled runs were ended by an operator.
	Cancelled = "cancelled"
	// Interrupted runs were cut off by the end of the process and go on elsewhere.
	Interrupted = "interrupted"
)

const (
	// queueName is the one queue that there is.
	queueName = "chores"
	// together is how many jobs a process runs at once. On SQLite they share one
	// writer with the commands, so few.
	together = 2
	// poll is how often new jobs are looked for where nothing tells of them.
	poll = 2 * time.Second
	// rescueAfter is when a job that never ended is taken to be dead.
	rescueAfter = MaxTimeout + time.Minute
	// finish is how long jobs may go on once the process is told to end, before
	// they are cancelled; stopWithin is how long that may take then.
	finish     = 2 * time.Second
	stopWithin = 8 * time.Second
	// startAgain is how long a queue waits whose database did not answer.
	startAgain = 5 * time.Second
)

// How long finished jobs stay to be looked at.
const (
	keepDone    = 24 * time.Hour
	keepStopped = 30 * 24 * time.Hour
)

// Options say where the queue is.
type Options struct {
	// SQLite says that Write is a SQLite file: one connection that begins its
	// transactions with the write lock. It is PostgreSQL otherwise.
	SQLite bool
	// Write is what the queue works with, Read what counts it.
	Write, Read *sql.DB
	// Listen hears of new jobs and of jobs that are cancelled, on PostgreSQL; nil
	// to look for them every 2 s.
	Listen *pgxpool.Pool
	// Holder names this process, for those who ask who ran a job.
	Holder string
	Logger *slog.Logger
	// Ran is told of each run that ended; nil for nobody.
	Ran func(kind, outcome string, took time.Duration)
	// RescueAfter replaces how long a job that never ended is left alone; it is
	// for tests, and 0 is right everywhere else.
	RescueAfter time.Duration
}

// Queue is the queue as one process sees it.
type Queue struct {
	opt Options
	log *slog.Logger
	// lib is what River writes to.
	lib    *slog.Logger
	driver riverdriver.Driver[*sql.Tx]
	// desk looks at jobs and changes them; it runs none.
	desk *river.Client[*sql.Tx]
}

// New returns the queue. It asks the database for nothing. Errors: Internal.
func New(o Options) (*Queue, error) {
	if o.Ran == nil {
		o.Ran = func(string, string, time.Duration) {}
	}
	q := &Queue{opt: o, log: o.Logger.With("part", "jobs")}
	q.lib = slog.New(calmer{q.log.Handler()})
	switch {
	case o.SQLite:
		q.driver = riversqlite.New(o.Write)
	case o.Listen != nil:
		q.driver = riverdatabasesql.NewWithPgxListener(o.Write, o.Listen)
	default:
		q.driver = riverdatabasesql.New(o.Write)
	}
	var err error
	if q.desk, err = river.NewClient(q.driver, &river.Config{Logger: q.lib}); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "jobs.New", "the job queue cannot be made")
	}
	return q, nil
}

func (q *Queue) ran(kind, outcome string, took time.Duration) { q.opt.Ran(kind, outcome, took) }

// Run runs chores until ctx ends, and returns once those that were at it have
// ended. While the database does not answer it goes on trying. Errors: Invalid
// for a chore that cannot be.
func (q *Queue) Run(ctx context.Context, chores []Chore) error {
	config, err := q.config(chores)
	if err != nil {
		return err
	}
	for {
		// The context of Start must not end before Stop: it would cancel the jobs.
		client, err := river.NewClient(q.driver, config)
		if err != nil {
			return fault.Wrap(err, fault.Internal, "jobs.Run", "the job queue cannot be made")
		}
		if err = client.Start(context.WithoutCancel(ctx)); err == nil {
			<-ctx.Done()
			return q.stop(client)
		}
		q.log.Warn("the job queue cannot be started, trying again", "error", err)
		again := time.NewTimer(startAgain)
		select {
		case <-ctx.Done():
			again.Stop()
			return nil
		case <-again.C:
		}
	}
}

// stop ends the client and waits for its jobs.
func (q *Queue) stop(client *river.Client[*sql.Tx]) error {
	ctx, cancel := context.WithTimeout(context.Background(), finish+stopWithin)
	defer cancel()
	if err := client.Stop(ctx); err != nil {
		q.log.Warn("jobs did not end in time; they are rescued later", "error", err)
	}
	return nil
}

func (q *Queue) config(chores []Chore) (*river.Config, error) {
	workers := river.NewWorkers()
	var periodic []*river.PeriodicJob
	kinds := map[string]bool{}
	for _, c := range chores {
		if err := c.check(); err != nil {
			return nil, err
		}
		if kinds[c.Kind] {
			return nil, fault.New(fault.Invalid, "jobs.Run", "the chore "+c.Kind+" is there twice")
		}
		kinds[c.Kind] = true
		o := order{c.Kind}
		river.AddWorkerArgs(workers, o, &hand{chore: c, queue: q})
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(c.Every),
			func() (river.JobArgs, *river.InsertOpts) { return o, insertion() },
			// Schedules live in the leader's memory: a new one begins with a run, so that
			// what is due once a day comes even where leaders change.
			&river.PeriodicJobOpts{ID: c.Kind, RunOnStart: true}))
	}
	return &river.Config{
		Logger: q.lib, ID: clientID(q.opt.Holder), Workers: workers, PeriodicJobs: periodic,
		Queues: map[string]river.QueueConfig{queueName: {MaxWorkers: together}},
		// A process of another version may have chores that this one does not know.
		FetchOnlyKnownKinds: true, FetchPollInterval: poll,
		// SQLite's listener reads a table 20 times a second; there is one process.
		PollOnly:   q.opt.SQLite,
		JobTimeout: ChoreTimeout, RescueStuckJobsAfter: cmp.Or(q.opt.RescueAfter, rescueAfter), SoftStopTimeout: finish,
		CompletedJobRetentionPeriod: keepDone, CancelledJobRetentionPeriod: keepStopped, DiscardedJobRetentionPeriod: keepStopped,
		// Rebuilding indexes of a table of some thousand rows is not worth its locks.
		ReindexerSchedule: river.NeverSchedule(),
	}, nil
}

// insertion is how a job is put into the queue: one that is not finished keeps
// another of its kind out.
func insertion() *river.InsertOpts {
	return &river.InsertOpts{Queue: queueName, MaxAttempts: MaxAttempts, UniqueOpts: river.UniqueOpts{ByState: unfinished()}}
}

func unfinished() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
	}
}

// maxClientID is River's limit.
const maxClientID = 100

// clientID names this client. Each start has a name of its own: a name that
// comes back would inherit what its bearer of before had.
func clientID(holder string) string {
	id := holder + "@" + time.Now().UTC().Format("20060102T150405.000000000")
	return id[max(0, len(id)-maxClientID):]
}
