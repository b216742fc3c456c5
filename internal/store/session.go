package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// NodeSession is a session on a node. It belongs to a partition, not to a process.
type NodeSession struct {
	Partition int
	Node      music.NodeName
	Bot       music.BotID
	// ID is the node's name of the session.
	ID      string
	Epoch   int64
	Updated time.Time
}

// NodeSessions keeps sessions on nodes, so that a successor can adopt them.
type NodeSessions interface {
	// SaveNodeSession stores a session, fenced by the partition's epoch.
	// Errors: Conflict for an older one.
	SaveNodeSession(ctx context.Context, s NodeSession) error
	// DeleteNodeSession forgets it, fenced likewise.
	DeleteNodeSession(ctx context.Context, s NodeSession) error
	// NodeSessionsOf returns a partition's sessions.
	NodeSessionsOf(ctx context.Context, partition int) ([]NodeSession, error)
}

// ShardSession is what a successor needs to RESUME a shard's connection.
type ShardSession struct {
	Bot    music.BotID
	Shard  int
	Shards int
	// SessionID and ResumeURL are empty where there is nothing to resume.
	SessionID string
	ResumeURL string
	// Sequence is the last one whose consequences were durably handed over.
	Sequence int64
	Epoch    int64
	Updated  time.Time
	// Identifies are the times of the last day's IDENTIFYs, for the budget.
	Identifies []time.Time
}

// GuildSnapshot is what a bot's connection knows of a guild: channels, roles,
// permissions, voice states. Data is the surface's own encoding; an empty one
// says that the guild is gone.
type GuildSnapshot struct {
	Guild music.GuildID
	Data  []byte
}

// ShardSessions keeps the connections of shards.
type ShardSessions interface {
	// AcquireShard takes the right to own a shard, as Leases.Acquire does.
	AcquireShard(ctx context.Context, bot music.BotID, shard, shards int, holder string, ttl time.Duration) (Lease, ShardSession, error)
	// RenewShard prolongs it. Errors: Conflict where it was lost.
	RenewShard(ctx context.Context, bot music.BotID, shard int, holder string, epoch int64, ttl time.Duration) error
	// ReleaseShard gives it back at once.
	ReleaseShard(ctx context.Context, bot music.BotID, shard int, holder string, epoch int64) error
	// ShardStandings returns how each shard stands that was ever acquired, in
	// order of bot and number.
	ShardStandings(ctx context.Context) ([]ShardStanding, error)
	// SaveShard stores session, sequence and the snapshots that changed in one
	// transaction, fenced by the epoch. Errors: Conflict for an older one.
	SaveShard(ctx context.Context, s ShardSession, changed []GuildSnapshot) error
	// Snapshots calls f with each snapshot of a shard.
	Snapshots(ctx context.Context, bot music.BotID, shard int, f func(GuildSnapshot) error) error
}

// Panel is a message that shows a player.
type Panel struct {
	Guild   music.GuildID
	Bot     music.BotID
	Surface string
	Channel music.ChannelID
	Message string
	// Digest is of what the message shows, so that nothing is edited twice.
	Digest  string
	Posted  time.Time
	Updated time.Time
}

// Panels keeps which message shows which player.
type Panels interface {
	SavePanel(ctx context.Context, p Panel) error
	DeletePanel(ctx context.Context, guild music.GuildID, bot music.BotID, surface string) error
	PanelsOf(ctx context.Context, surface string) ([]Panel, error)
}

// Counts is how much there is.
type Counts struct {
	Guilds, Players int
	// Playing are the players that sound: not those that load, are paused or join.
	Playing int
}

// Health says how the database is.
type Health interface {
	// Ping is a bounded round trip that reads.
	Ping(ctx context.Context) error
	// Describe returns the engine, its version and the schema's version.
	Describe(ctx context.Context) (engine, version string, schema int64, err error)
	// Count counts guilds and players without reading them.
	Count(ctx context.Context) (Counts, error)
}

// Store is all of it, as one database keeps it. It is what daemon opens; each
// role asks for the parts that it needs.
type Store interface { //nolint:interfacebloat // the sum of the interfaces above
	Committer
	Leases
	Members
	Identifies
	Guilds
	Journal
	Outgoing
	Parted
	Effects
	DeadLetters
	NodeSessions
	ShardSessions
	Panels
	Plays
	Cordons
	Maintenances
	Health
	Close() error
}
