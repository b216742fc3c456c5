package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// Stamp is the fence of one partition in a batch: the write succeeds only if
// the partition still has this epoch and its batch number is Batch-1.
type Stamp struct {
	Partition int
	Epoch     int64
	// Batch is the number that the partition has after the write.
	Batch int64
}

// GuildChange is a guild before and after a step. The store writes the
// difference: rows of players and slots whose values are the same pointers in
// both are not touched.
type GuildChange struct {
	Partition int
	// Before is nil where the guild had no row.
	Before *music.Guild
	After  *music.Guild
}

// Record is one event on its way into the journal.
type Record struct {
	ID        string
	Type      string
	Tenant    string
	Guild     music.GuildID
	Partition int
	Epoch     int64
	At        time.Time
	// Cause is the id of the input that the event came from.
	Cause string
	// Envelope is the whole event in CloudEvents JSON.
	Envelope []byte
}

// EffectRow is an edge effect that is owed. Key makes it one effect however
// often it is stored or sent: storing a key that is there already does nothing.
type EffectRow struct {
	Key       string
	Kind      string // answer, notice
	Tenant    string
	Guild     music.GuildID
	Partition int
	Epoch     int64
	// Trace is a W3C traceparent.
	Trace   string
	Payload []byte
	Created time.Time
	// Expires is when it makes no sense any more.
	Expires time.Time
	// Attempts counts the tries so far; NotBefore is when the next is due.
	Attempts  int
	NotBefore time.Time
	// Done is when it was carried out, zero while it is owed. A row that is only
	// there to be known by its key is stored as done.
	Done time.Time
}

// Cursor is how far a partition has read one source. Generation changes when
// the source starts to count anew.
type Cursor struct {
	Partition  int
	Source     string
	Generation string
	Position   int64
}

// DeadLetter is an input that could not be carried out, with what is needed to
// look into it and to try again.
type DeadLetter struct {
	ID        string
	Guild     music.GuildID
	Partition int
	Kind      string
	Input     []byte
	Error     string
	At        time.Time
}

// Batch is everything that one commit of a loop changes, for one or for several
// partitions that this process owns.
type Batch struct {
	Stamps      []Stamp
	At          time.Time
	Guilds      []GuildChange
	Events      []Record
	Effects     []EffectRow
	Cursors     []Cursor
	DeadLetters []DeadLetter
}

// Committer takes batches.
type Committer interface {
	// Commit writes the batch in one transaction, durably. On success it
	// returns the sequence number of the first event of the batch in the
	// journal (0 where it has none); the others follow without a gap.
	// Errors: Conflict (a stamp is stale: somebody else owns the partition),
	// Invalid (a row is refused: the batch can never succeed as it is),
	// Unavailable (certainly not written), Unknown (perhaps written: read
	// BatchNumbers).
	Commit(ctx context.Context, b *Batch) (firstSeq int64, err error)
	// BatchNumbers returns epoch and batch number of partitions as they are now.
	BatchNumbers(ctx context.Context, partitions []int) ([]Stamp, error)
	// SeqOf returns the sequence number of an event that was written lately: one
	// of the last 100,000 of the journal. Errors: NotFound.
	SeqOf(ctx context.Context, eventID string) (int64, error)
}
