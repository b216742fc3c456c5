package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	// ChoreTimeout is how long a run of a chore may take that does not say.
	ChoreTimeout = 2 * time.Minute
	// MaxTimeout is the longest time that a chore may ask for: a job whose process
	// died waits longer than that until it is rescued.
	MaxTimeout = 10 * time.Minute
	// MaxAttempts is how often a job is tried before it is given up.
	MaxAttempts = 8
)

const (
	firstRetry = 10 * time.Second
	lastRetry  = 10 * time.Minute
)

// A Chore is work that comes again.
type Chore struct {
	// Kind is its name, in lower case with underscores, from 2 to 64 bytes.
	Kind string
	// Every is the time from one run to the next, at least a second. Where a run
	// takes longer the next one waits.
	Every time.Duration
	// Timeout bounds one run, ChoreTimeout where it is 0, MaxTimeout at most.
	Timeout time.Duration
	// Do does it. What its error says may be shown where it is a fault; the cause
	// goes to the log. Where its context ends it returns soon, with an error if
	// something is left to do.
	Do func(ctx context.Context) error
}

var kindPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{1,63}$`)

func (c Chore) check() error {
	const op = "jobs.Run"
	switch {
	case !kindPattern.MatchString(c.Kind):
		return fault.New(fault.Invalid, op, "a chore's kind is a name in lower case such as prune_plays")
	case c.Every < time.Second:
		return fault.New(fault.Invalid, op, "the chore "+c.Kind+" has to come at most once a second")
	case c.Timeout < 0 || c.Timeout > MaxTimeout:
		return fault.New(fault.Invalid, op, fmt.Sprintf("the chore %s may take at most %v", c.Kind, MaxTimeout))
	case c.Do == nil:
		return fault.New(fault.Invalid, op, "the chore "+c.Kind+" does nothing")
	}
	return nil
}

// order is what the queue keeps of a run: its kind, and nothing else.
type order struct{ kind string }

// Kind implements river.JobArgs.
func (o order) Kind() string { return o.kind }

// hand runs a chore for the queue.
type hand struct {
	river.WorkerDefaults[order]

	chore Chore
	queue *Queue
}

// Timeout implements river.Worker.
func (h *hand) Timeout(*river.Job[order]) time.Duration { return cmp.Or(h.chore.Timeout, ChoreTimeout) }

// NextRetry implements river.Worker: 10 s after the first try that failed, twice
// as long after each further one, 10 min at most.
func (h *hand) NextRetry(job *river.Job[order]) time.Time {
	return time.Now().Add(backoff(job.Attempt))
}

// backoff is how long after a failed attempt, counted from 1, the next one waits.
func backoff(attempt int) time.Duration {
	return min(lastRetry, firstRetry<<min(max(attempt-1, 0), 10))
}

// Work implements river.Worker. What it returns is kept in the job's row, where
// operators read it: only the part of an error that may be shown.
func (h *hand) Work(ctx context.Context, job *river.Job[order]) error {
	q, began := h.queue, time.Now()
	err := h.do(ctx)
	took := time.Since(began)
	cancelled := errors.Is(context.Cause(ctx), river.ErrJobCancelledRemotely)
	switch {
	case err == nil:
		q.ran(h.chore.Kind, Done, took)
		return nil
	case cancelled:
		q.ran(h.chore.Kind, Cancelled, took)
		q.log.Info("a job was cancelled", "job", job.ID, "kind", h.chore.Kind)
		return errors.New("cancelled by an operator")
	case errors.Is(ctx.Err(), context.Canceled):
		// The process ends. The try does not count, and whoever comes next goes on.
		q.ran(h.chore.Kind, Interrupted, took)
		return river.JobSnooze(time.Second)
	}
	outcome := Failed
	if job.Attempt >= job.MaxAttempts {
		outcome = GivenUp
	}
	q.ran(h.chore.Kind, outcome, took)
	message, hint := fault.Show(err)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		message = fmt.Sprintf("it was not done within %v", h.Timeout(job))
	}
	q.log.Warn("a job failed", "job", job.ID, "kind", h.chore.Kind, "attempt", job.Attempt, "of", job.MaxAttempts, "outcome", outcome,
		"why", message, "hint", hint, "error", err)
	return errors.New(message)
}

// do runs the chore. A panic is an error of its own.
func (h *hand) do(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			h.queue.log.Error("a job panicked", "kind", h.chore.Kind, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fault.New(fault.Internal, "jobs.Work", "the job panicked")
		}
	}()
	return h.chore.Do(ctx)
}
