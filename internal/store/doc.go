// Package store says what is kept, and what whoever keeps it promises.
//
// Rows are the present, the journal is the past. A partition's loop changes both
// in one transaction, [Committer.Commit], which also takes the effects that are
// owed and the cursors of what was read: after a crash all of it is there or
// none. Every such write carries the partition's epoch and its batch number, so
// that a holder that lost its lease cannot write, and one that does not know
// whether its write arrived can look.
//
// Failures carry the codes of fault: NotFound, Conflict for a stale epoch or
// batch, Unavailable while the database does not answer, Unknown where a commit
// may have happened, Invalid for a row that the database refuses.
package store
