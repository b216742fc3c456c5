package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// EventQuery reads a part of the journal in its order.
type EventQuery struct {
	// After is the sequence number to start behind.
	After int64
	// Guild narrows it to one guild; Types to these names, or to those that
	// begin with a name that ends in ".*".
	Guild music.GuildID
	Types []string
	// Since and Until bound the time of the events, where set. An event that is
	// dated more than an hour before one that precedes it may be missed.
	Since, Until time.Time
	// Limit is at most 1,000.
	Limit int
	// Newest returns the last Limit events that fit instead of the first ones,
	// still in the journal's order.
	Newest bool
}

// JournalRow is an event with its place in the journal.
type JournalRow struct {
	Seq int64
	Record
}

// Journal reads the past. It is written only by Committer.Commit.
type Journal interface {
	// Events returns rows in the order of their sequence numbers.
	Events(ctx context.Context, q EventQuery) ([]JournalRow, error)
	// Prune deletes events older than before from the journal's beginning, at
	// most limit, and returns how many. What a projection has not read yet stays.
	Prune(ctx context.Context, before time.Time, limit int) (int, error)
}

// Outgoing is the journal's beginning, from where it is put into an archive
// before it is deleted.
type Outgoing interface {
	// Oldest returns events behind a number, at most limit: those that every
	// projection has read, up to the first that is not older than before.
	Oldest(ctx context.Context, after int64, before time.Time, limit int) ([]JournalRow, error)
	// PruneTo deletes events up to a number from the journal's beginning, at most
	// limit, and returns how many. What a projection has not read yet stays.
	PruneTo(ctx context.Context, seq int64, limit int) (int, error)
}

// Thinning says which events leave the journal before the others.
type Thinning struct {
	// Types are names of types of events, at most 32.
	Types []string
	// Before is the time that they have to be older than.
	Before time.Time
	// To is the last number that may leave, 0 for any.
	To int64
	// Limit is how many leave at most.
	Limit int
}

// Part is one of the parts that a journal is kept in.
type Part struct {
	// Name is what the database calls it.
	Name string
	// Last is the last number that it is for. It has no number of the part
	// before it.
	Last int64
	// Until is later than every event in it, zero where none is left.
	Until time.Time
}

// Parted is a journal that may be kept in parts, each for a range of numbers,
// so that what is old goes at once and not row by row.
type Parted interface {
	// Parted is false where the journal is one table: then there are no parts.
	Parted() bool
	// ExtendParts makes parts for numbers to come, each for about as many as span
	// had lately, so that at least one is always ahead of the journal's end.
	ExtendParts(ctx context.Context, now time.Time, span time.Duration) error
	// FirstPart returns the part with the journal's beginning, ok being false
	// while numbers are to come into it.
	FirstPart(ctx context.Context) (p Part, ok bool, err error)
	// DropPart removes a part with everything in it and returns how many events
	// that were. Errors: Conflict where it is not the first any more or a
	// projection has not read it to its end; Unavailable where others read the
	// journal for so long that it is better tried later.
	DropPart(ctx context.Context, p Part) (int64, error)
	// Thin deletes events of some types, from wherever they stand, and returns
	// how many. What a projection has not read yet stays. Errors: Invalid for no
	// types or too many.
	Thin(ctx context.Context, t Thinning) (int, error)
}

// Effects keeps what is owed until it is done.
type Effects interface {
	// Owed returns effects of a kind that are due, oldest first: not done, not
	// expired, NotBefore reached.
	Owed(ctx context.Context, kind string, now time.Time, limit int) ([]EffectRow, error)
	// Effect returns one, done or not. Errors: NotFound.
	Effect(ctx context.Context, key string) (EffectRow, bool, error)
	// Owe stores an effect that belongs to no batch, because nothing of a guild
	// changes with it; one of the same key is left as it is. Errors: Invalid.
	Owe(ctx context.Context, e EffectRow) error
	// Done marks effects as carried out.
	Done(ctx context.Context, keys []string, at time.Time) error
	// Retry counts a failed try and says when the next is due.
	Retry(ctx context.Context, key string, notBefore time.Time) error
	// Keys returns the keys of a partition's effects of a kind that were created
	// since, done or not, oldest first: what a loop needs to know a command that
	// comes twice.
	Keys(ctx context.Context, partition int, kind string, since time.Time) ([]string, error)
	// PruneEffects deletes what was done or expired before, at most limit.
	PruneEffects(ctx context.Context, before time.Time, limit int) (int, error)
}

// DeadLetters keeps what could not be carried out.
type DeadLetters interface {
	// DeadLettersAfter returns dead letters in order of time and id.
	DeadLettersAfter(ctx context.Context, after string, limit int) ([]DeadLetter, error)
	// DeadLetter returns one. Errors: NotFound.
	DeadLetter(ctx context.Context, id string) (DeadLetter, error)
	// PutAside stores dead letters that belong to no batch; one of the same id is
	// left as it is. Errors: Invalid.
	PutAside(ctx context.Context, letters []DeadLetter) error
	// DropDeadLetter deletes one. Errors: NotFound.
	DropDeadLetter(ctx context.Context, id string) error
	// PruneDeadLetters deletes dead letters older than before, at most limit, and
	// returns how many.
	PruneDeadLetters(ctx context.Context, before time.Time, limit int) (int, error)
}
