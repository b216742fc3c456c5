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
