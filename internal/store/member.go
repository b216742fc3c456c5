package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// Member is a process that takes its part of what a role owns.
type Member struct {
	// Role is what it shares with others: audio or gateway.
	Role   string
	Holder string
	// Version is what it runs, for operators.
	Version string
	// Weight is how much of all it takes, compared with the others; at least 1.
	Weight int
	// Present is how long it has been there without a break, by the database's
	// clock. It is read only.
	Present time.Duration
}

// Members knows which processes share a role, by the database's clock.
type Members interface {
	// Announce says that a process is there for ttl from now on. Errors: Invalid.
	Announce(ctx context.Context, m Member, ttl time.Duration) error
	// Members returns the processes that share a role now, in order of their
	// holders. One whose own session with the database has ended is none.
	Members(ctx context.Context, role string) ([]Member, error)
	// Withdraw says that a process takes nothing more.
	Withdraw(ctx context.Context, role, holder string) error
	// Attend opens the session whose end frees what a holder holds, or shares
	// the one that this process has open under that name. Errors: Invalid,
	// Unavailable.
	Attend(ctx context.Context, holder string) (Presence, error)
}

// Presence is a share of a holder's own session with the database. Where the
// engine has no such thing it never breaks, and leases just run out.
type Presence interface {
	// Broken is closed once the session has ended or does not answer. From then
	// on others may take what the holder has: it is in doubt until a renewal
	// that was sent later has succeeded.
	Broken() <-chan struct{}
	// Freed gets something after leases were given back by anybody; several
	// times may come as one.
	Freed() <-chan struct{}
	// Close gives the share back; the last one ends the session. It may be
	// called twice.
	Close()
}

// Standing says who has a partition.
type Standing struct {
	Partition int
	Holder    string
	Epoch     int64
	// Free is true where Acquire would give it to anybody: nobody has it, the
	// lease ran out, or its holder's session has ended.
	Free bool
}

// ShardStanding says who has a shard.
type ShardStanding struct {
	Bot    music.BotID
	Shard  int
	Shards int
	Holder string
	Epoch  int64
	// Free is as in Standing.
	Free bool
}

// IdentifyRequest asks for the right to send one IDENTIFY.
type IdentifyRequest struct {
	Bot   music.BotID
	Shard int
	// Holder and Epoch are those of the shard's lease.
	Holder string
	Epoch  int64
	// Bucket is the shard's number modulo the bot's max_concurrency
	// (https://discord.com/developers/docs/events/gateway#sharding).
	Bucket int
	// Allowed is how many the bot may send in 24 hours.
	Allowed int
	// Spacing is the time between two in one bucket.
	Spacing time.Duration
}

// Identifies counts the IDENTIFYs of bots across all processes.
type Identifies interface {
	// ReserveIdentify takes one and returns when it was taken and 0, or takes
	// none and returns how long to wait before asking again. Errors: Conflict
	// where the shard's lease was lost, Invalid.
	ReserveIdentify(ctx context.Context, r IdentifyRequest) (at time.Time, wait time.Duration, err error)
	// ReturnIdentify gives back one that was not sent. Its place in the bucket
	// stays taken.
	ReturnIdentify(ctx context.Context, bot music.BotID, shard int, at time.Time) error
	// IdentifiesSpent returns how many a bot sent in the last 24 hours.
	IdentifiesSpent(ctx context.Context, bot music.BotID) (int, error)
}
