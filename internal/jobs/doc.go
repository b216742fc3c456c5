// Package jobs runs background jobs and schedules on River, a queue in tables of
// the database, the same on SQLite and on PostgreSQL.
//
// A [Chore] is work that comes again: what it is called, how often, how long it
// may take, what it does. Every process that has chores may run them. One of
// them, the leader by a row in the database, puts a job into the queue when a
// chore is due; whichever has room takes it. There is never more than one
// unfinished job of a chore, so no chore runs twice at once and none piles up
// while the database or a disk is away.
//
// A job that fails is tried again, later each time; after the last try it is
// given up, and the schedule makes a new one. A job whose process died is rescued
// some minutes after its time is over. A process that is told to end lets its
// jobs finish for a moment, then cancels them and puts them back without
// counting the try.
//
// Chores have to bear being run twice and being cut off anywhere: a process that
// was only believed dead may still be at it while another begins.
package jobs
