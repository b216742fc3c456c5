package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
	sqlite "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/atrilhq/platform/internal/fault"
)

// States are what a job can be in, as River calls them: available jobs wait for
// room, scheduled and retryable ones for their time, discarded ones were given up.
func States() []string {
	return []string{"available", "cancelled", "completed", "discarded", "pending", "retryable", "running", "scheduled"}
}

// Job is one run of a chore, past, present or to come.
type Job struct {
	ID          int64
	Kind, State string
	// Attempt is how often it was begun, MaxAttempts how often it may be.
	Attempt, MaxAttempts int
	// Scheduled is when it is or was due, Attempted when it was last begun, Ended
	// when it was finished; zero for not yet.
	Created, Scheduled, Attempted, Ended time.Time
	// By names the process that began it last.
	By string
	// Failures are the tries that failed, the oldest first.
	Failures []Failure
}

// Failure is a try that failed.
type Failure struct {
	At      time.Time
	Attempt int
	Error   string
}

// Filter narrows a list of jobs; empty fields do not. Limit is from 1 to 1,000;
// Cursor is what the page before returned.
type Filter struct {
	Kind, State string
	Limit       int
	Cursor      string
}

// deskWithin bounds one look at the queue.
const deskWithin = 5 * time.Second

// List returns jobs, the newest first, and the cursor of the next page, empty on
// the last. Errors: Invalid for a state or a cursor that cannot be, Unavailable.
func (q *Queue) List(ctx context.Context, f Filter) ([]Job, string, error) {
	const op = "jobs.List"
	p := river.NewJobListParams().OrderBy(river.JobListOrderByID, river.SortOrderDesc).First(min(max(f.Limit, 1), 1000))
	if f.Kind != "" {
		p = p.Kinds(f.Kind)
	}
	if f.State != "" {
		if !slices.Contains(States(), f.State) {
			return nil, "", fault.New(fault.Invalid, op, "a job is in no such state")
		}
		p = p.States(rivertype.JobState(f.State))
	}
	if f.Cursor != "" {
		var c river.JobListCursor
		if err := c.UnmarshalText([]byte(f.Cursor)); err != nil {
			return nil, "", fault.New(fault.Invalid, op, "the cursor is none of this list").WithHint("begin without a cursor")
		}
		p = p.After(&c)
	}
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	found, err := q.desk.JobList(ctx, p)
	if err != nil {
		return nil, "", away(err, op)
	}
	out := make([]Job, 0, len(found.Jobs))
	for _, row := range found.Jobs {
		out = append(out, job(row))
	}
	if len(out) < f.Limit || found.LastCursor == nil {
		return out, "", nil
	}
	next, err := found.LastCursor.MarshalText()
	if err != nil {
		return nil, "", fault.Wrap(err, fault.Internal, op, "the cursor cannot be written")
	}
	return out, string(next), nil
}

// Get returns one job. Errors: NotFound, Unavailable.
func (q *Queue) Get(ctx context.Context, id int64) (Job, error) {
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	row, err := q.desk.JobGet(ctx, id)
	return one(row, err, "jobs.Get")
}

// Retry makes a job due now, whatever became of it, and returns it. Errors:
// NotFound; Conflict for one that is running, or while another of its kind is
// unfinished; Unavailable.
func (q *Queue) Retry(ctx context.Context, id int64) (Job, error) {
	const op = "jobs.Retry"
	now, err := q.Get(ctx, id)
	if err != nil {
		return Job{}, err
	}
	if now.State == string(rivertype.JobStateRunning) {
		return Job{}, fault.New(fault.Conflict, op, "the job runs at this moment").WithHint("wait for its end, or cancel it")
	}
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	row, err := q.desk.JobRetry(ctx, id)
	if isDuplicate(err) {
		return Job{}, fault.New(fault.Conflict, op, "another job of the kind "+now.Kind+" is not finished yet").
			WithHint("retry that one: platformctl jobs list --kind " + now.Kind)
	}
	return one(row, err, op)
}

// Cancel ends a job: at once where it waits, soon where it runs. The schedule
// makes a new one when it is due. Errors: NotFound; Conflict for one that is
// finished; Unavailable.
func (q *Queue) Cancel(ctx context.Context, id int64) (Job, error) {
	const op = "jobs.Cancel"
	now, err := q.Get(ctx, id)
	if err != nil {
		return Job{}, err
	}
	if !now.Ended.IsZero() {
		return Job{}, fault.New(fault.Conflict, op, "the job is "+now.State+" already")
	}
	ctx, cancel := context.WithTimeout(ctx, deskWithin)
	defer cancel()
	row, err := q.desk.JobCancel(ctx, id)
	return one(row, err, op)
}

func one(row *rivertype.JobRow, err error, op string) (Job, error) {
	if errors.Is(err, rivertype.ErrNotFound) {
		return Job{}, fault.New(fault.NotFound, op, "there is no job of that id").WithHint("list them with: platformctl jobs list")
	}
	if err != nil {
		return Job{}, away(err, op)
	}
	return job(row), nil
}

func away(err error, op string) error {
	return fault.Wrap(err, fault.Unavailable, op, "the job queue does not answer")
}

// isDuplicate is true where a row of the same kind keeps one out.
func isDuplicate(err error) bool {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code == "23505"
	}
	lite, ok := errors.AsType[*sqlite.Error](err)
	return ok && lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}

func job(row *rivertype.JobRow) Job {
	j := Job{
		ID: row.ID, Kind: row.Kind, State: string(row.State), Attempt: row.Attempt, MaxAttempts: row.MaxAttempts,
		Created: row.CreatedAt.UTC(), Scheduled: row.ScheduledAt.UTC(), Attempted: at(row.AttemptedAt), Ended: at(row.FinalizedAt),
	}
	if n := len(row.AttemptedBy); n > 0 {
		j.By = row.AttemptedBy[n-1]
	}
	for _, e := range row.Errors {
		j.Failures = append(j.Failures, Failure{At: e.At.UTC(), Attempt: e.Attempt, Error: e.Error})
	}
	return j
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}
