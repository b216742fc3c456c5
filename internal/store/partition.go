package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// Lease is the right to own something for a while.
type Lease struct {
	// Epoch is the fencing token: it grows with each change of owner.
	Epoch int64
	// Expires is by the database's clock.
	Expires time.Time
	// AliveUntil is when the holder before was last known to be alive: its last
	// renewal, or the time of its last batch if that is later. It is zero where
	// there was none.
	AliveUntil time.Time
	// Batch is the partition's batch number, for partitions.
	Batch int64
}

// Leases gives and takes the right to own partitions, by the database's clock.
type Leases interface {
	// Partitions returns how many partitions the installation has. The number
	// is written when the database is made.
	Partitions(ctx context.Context) (int, error)
	// Acquire takes a partition that nobody holds, whose lease ran out, whose
	// holder's session has ended, or that the same holder holds. The epoch grows. Errors: Conflict while somebody
	// else holds it.
	Acquire(ctx context.Context, partition int, holder string, ttl time.Duration) (Lease, error)
	// Renew prolongs leases that the holder still has under these epochs, all
	// or none. Errors: Conflict where one was lost.
	Renew(ctx context.Context, holder string, held []Stamp, ttl time.Duration) error
	// Release gives leases back at once. What is not held any more is left alone.
	Release(ctx context.Context, holder string, held []Stamp) error
	// Standing returns how each partition stands, in order of their numbers.
	Standing(ctx context.Context) ([]Standing, error)
}

// Guilds reads the present.
type Guilds interface {
	// Load returns the guilds of these ids that have rows, in any order, with
	// their players and queues.
	Load(ctx context.Context, ids []music.GuildID) ([]music.Guild, error)
	// Settings returns what a guild's admins decided, without the rest of it.
	// Errors: NotFound for a guild that has no row.
	Settings(ctx context.Context, guild music.GuildID) (music.Settings, error)
	// Active returns the ids of a partition's guilds that have work to do
	// without any input: a player that plays, waits or is connected. Those with
	// a player that sounds come first, each in order of their ids.
	Active(ctx context.Context, partition int) ([]music.GuildID, error)
	// List returns ids and names of guilds after a given id, in order of id.
	List(ctx context.Context, after music.GuildID, limit int) ([]GuildRow, error)
	// Players returns the players of all guilds in order of guild and bot,
	// after a given pair.
	Players(ctx context.Context, q PlayerQuery) ([]PlayerRow, error)
	// Cursors returns what a partition has stored of its sources.
	Cursors(ctx context.Context, partition int) ([]Cursor, error)
}

// GuildRow is a guild in a list.
type GuildRow struct {
	ID        music.GuildID
	Tenant    string
	Name      string
	Partition int
	Plan      string
	Version   int64
	Updated   time.Time
}

// PlayerQuery pages through players. Guild, Bot and Node narrow it where they are set.
type PlayerQuery struct {
	Guild      music.GuildID
	Bot        music.BotID
	Node       music.NodeName
	AfterGuild music.GuildID
	AfterBot   music.BotID
	Limit      int
}

// PlayerRow is a player in a list, its queue counted instead of read.
type PlayerRow struct {
	Guild   music.GuildID
	Tenant  string
	Player  music.Player
	Waiting int
	Version int64
	Updated time.Time
}
