package discord

import (
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// Options say how a World starts. The zero value is the demo world on the real
// clock with Discord's own limits.
type Options struct {
	// Clock drives every time limit, and the ids. Nil is the real clock.
	Clock clockwork.Clock
	// Logger gets one line for each refused request and closed connection.
	// Nil is silence. Tokens are never logged.
	Logger *slog.Logger
	// Seed is the world as at first; nil is Demo().
	Seed *Seed

	// HeartbeatInterval is what HELLO announces; 41.25 s if zero.
	HeartbeatInterval time.Duration
	// SessionTTL is how long a session outlives its socket; 3 min if zero.
	SessionTTL time.Duration
	// ReplayBuffer is how many dispatches a session keeps for RESUME; 1000 if zero.
	ReplayBuffer int
	// IdentifyInterval is the time between two IDENTIFYs of one bot in one
	// concurrency bucket; 5 s if zero, none if negative.
	IdentifyInterval time.Duration
	// MaxConcurrency is how many such buckets a bot has; 1 if zero.
	MaxConcurrency int
	// Shards is what GET /gateway/bot recommends at least; 1 if zero.
	Shards int
	// ShardGuilds is how many guilds a shard may have before IDENTIFY is closed
	// with 4011; 2500 if zero.
	ShardGuilds int
	// IdentifyLimit is how many IDENTIFYs a bot has in 24 h; 1000 if zero.
	IdentifyLimit int
	// GlobalLimit is how many REST requests a bot has in a second; 50 if zero,
	// unlimited if negative.
	GlobalLimit int
	// InvalidLimit is how many answers of 401, 403 and 429 an address may get in
	// 10 min before it is banned for as long; 10,000 if zero, unlimited if negative.
	InvalidLimit int
	// CreateLimit is how many application commands a bot may create in a day, for
	// each guild and for all of them together; 200 if zero.
	CreateLimit int
	// NoRouteLimits switches the limits of single routes off (for benchmarks).
	NoRouteLimits bool
	// OldEdits is how many edits of messages that are older than an hour a bot
	// has in a channel in an hour (30046); 5 if zero, unlimited if negative.
	OldEdits int
	// QueueLimit is how many frames may wait for a slow reader before its
	// connection is closed; 2048 if zero. A replay is exempt.
	QueueLimit int
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Seed == nil {
		seed := Demo()
		o.Seed = &seed
	}
	def := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	def(&o.HeartbeatInterval, 41250*time.Millisecond)
	def(&o.SessionTTL, 3*time.Minute)
	def(&o.IdentifyInterval, 5*time.Second)
	num := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	num(&o.OldEdits, 5)
	num(&o.ReplayBuffer, 1000)
	num(&o.IdentifyLimit, 1000)
	num(&o.GlobalLimit, 50)
	num(&o.QueueLimit, 2048)
	num(&o.MaxConcurrency, 1)
	num(&o.ShardGuilds, 2500)
	num(&o.InvalidLimit, 10_000)
	num(&o.CreateLimit, 200)
	return o
}
