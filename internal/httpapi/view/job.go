package view

import "time"

// Job is one run of a chore, past, present or to come.
type Job struct {
	ID          int64     `json:"id" doc:"Number of the job."`
	Kind        string    `json:"kind" doc:"What is done."`
	State       string    `json:"state" enum:"available,cancelled,completed,discarded,pending,retryable,running,scheduled" doc:"available waits for room, scheduled and retryable for their time; discarded was given up."`
	Attempt     int       `json:"attempt" doc:"How often it was begun."`
	MaxAttempts int       `json:"max_attempts" doc:"How often it may be begun before it is given up."`
	CreatedAt   time.Time `json:"created_at" doc:"When it was put into the queue."`
	ScheduledAt time.Time `json:"scheduled_at" doc:"When it is or was due."`
	// AttemptedAt and EndedAt are there once it was.
	AttemptedAt *time.Time `json:"attempted_at,omitempty" doc:"When it was last begun."`
	EndedAt     *time.Time `json:"ended_at,omitempty" doc:"When it was completed, cancelled or given up."`
	By          string     `json:"by,omitempty" doc:"The process that began it last."`
	Error       string     `json:"error,omitempty" doc:"Why the last try that failed did."`
	// Failures are there where one job is asked for.
	Failures []JobFailure `json:"failures,omitempty" nullable:"false" doc:"The tries that failed, the oldest first; of one job only."`
}

// JobFailure is a try that failed.
type JobFailure struct {
	At      time.Time `json:"at" doc:"When it failed."`
	Attempt int       `json:"attempt" doc:"Which try it was, the first is 1."`
	Error   string    `json:"error" doc:"What went wrong."`
}

// JobPage is a part of the jobs.
type JobPage struct {
	Items      []Job  `json:"items" nullable:"false" doc:"Jobs, the newest first."`
	NextCursor string `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}
