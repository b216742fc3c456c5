package store

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// PlaysProjection is the name of the projection that plays and the tracks that
// members heard are made by.
const PlaysProjection = "plays"

// Play is one sounding of one track that was heard, after its end.
type Play struct {
	ID     music.PlayID
	Tenant string
	Guild  music.GuildID
	Bot    music.BotID
	// User asked for it.
	User           music.UserID
	Track          music.TrackInfo
	Started, Ended time.Time
	// Listened is for how long it sounded, in real time, kept to the millisecond.
	Listened time.Duration
	// Reason is how it ended, as music.play.ended says it.
	Reason string
	Node   music.NodeName
}

// PlayQuery reads plays of a guild, the latest first.
type PlayQuery struct {
	// Guild must be set; User narrows it to what one member asked for.
	Guild music.GuildID
	User  music.UserID
	// Since and Until bound the time of their ends, where set.
	Since, Until time.Time
	// Limit is at most 1,000; 0 means 100.
	Limit int
	// After is the last play that was read, empty for the beginning.
	After music.PlayID
}

// HeardTrack is a track that a member asked for and heard, with the last time.
type HeardTrack struct {
	Track music.TrackInfo
	At    time.Time
}

// TrackTotal is how often and how long a track was heard in a guild.
type TrackTotal struct {
	Track    music.TrackInfo
	Count    int
	Listened time.Duration
}

// UserTotal is how much was heard of what a member asked for.
type UserTotal struct {
	User     music.UserID
	Count    int
	Listened time.Duration
}

// PlayTotals sums up the plays of a guild.
type PlayTotals struct {
	Count    int
	Listened time.Duration
	// Tracks and Users are the ten with the most plays, the longest heard first
	// among equals. A track is what has the same source and identifier.
	Tracks []TrackTotal
	Users  []UserTotal
}

// Plays keeps what was heard. It is a projection of the journal: whoever makes
// it calls Project with what the next rows of the journal say.
type Plays interface {
	// Position returns the sequence number up to which a projection has read the
	// journal. Errors: NotFound for a projection of another name.
	Position(ctx context.Context, projection string) (int64, error)
	// ProjectPlays stores plays and moves the projection from one position to
	// another, in one transaction. A play that is there is written again. Errors:
	// Conflict where the projection is not at from (somebody else moved it),
	// Invalid for a play without an id or a guild.
	ProjectPlays(ctx context.Context, from, to int64, plays []Play) error
	// RecentTracks returns the distinct tracks that a member heard in a guild,
	// the latest first, at most limit (25 where it is 0, 100 at most). Each word
	// of filter must be in title or author, in any case and with or without
	// accents; only the latest 300 are looked at.
	RecentTracks(ctx context.Context, guild music.GuildID, user music.UserID, filter string, limit int) ([]HeardTrack, error)
	// Plays returns plays, the latest first. Errors: Invalid without a guild,
	// NotFound for an After that is not there.
	Plays(ctx context.Context, q PlayQuery) ([]Play, error)
	// PlayTotals sums up the plays of a guild that ended since. Errors: Invalid
	// without a guild.
	PlayTotals(ctx context.Context, guild music.GuildID, since time.Time) (PlayTotals, error)
	// PrunePlays deletes plays that ended before, at most limit, and returns how many.
	PrunePlays(ctx context.Context, before time.Time, limit int) (int, error)
	// PruneHeard deletes tracks that were not heard by their member since before, at
	// most limit, and returns how many.
	PruneHeard(ctx context.Context, before time.Time, limit int) (int, error)
}

// NodeCordon says that a node is to take nothing new, who decided it, and why.
type NodeCordon struct {
	Node    music.NodeName
	By      string
	Reason  string
	Updated time.Time
}

// Cordons keeps what operators decided about nodes.
type Cordons interface {
	// Cordon sets whether a node takes nothing new. Errors: Invalid for a name,
	// a person or a reason longer than 512 bytes.
	Cordon(ctx context.Context, node music.NodeName, cordoned bool, by, reason string) error
	// Cordoned returns the nodes that take nothing new, in order of their names.
	Cordoned(ctx context.Context) ([]NodeCordon, error)
}
