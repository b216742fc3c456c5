package discord

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/store"
)

// Intents is what music needs: guilds with their channels and roles, and who
// is in voice. None of it is privileged.
const Intents = gateway.IntentGuilds | gateway.IntentGuildVoiceStates

// Handler is told what happens, in the gateway's order and on one goroutine a
// connection. That the bot cannot be reached any more comes as BotAway of each
// guild: 20 s after the connection was lost, or at once where it will not come
// back by itself. The next READY or RESUMED says that it is back, as the first
// one of a process does. It may take its time: the socket does not wait for it. Each
// position that it is given must be acknowledged with [Conn.Ack] once durable.
// A panic ends the call, is counted and logged, and the event is given up.
type Handler interface {
	// Inputs hands over facts. Their ids are the same when they come again.
	Inputs(at Position, in []music.Input)
	// Interaction hands over what a person did.
	Interaction(at Position, in Interaction)
}

// Limits asks Discord where the gateway is and what may be spent; [REST] does.
type Limits interface {
	// StartLimits returns Unauthenticated for a token that is not valid.
	StartLimits(ctx context.Context) (StartLimits, error)
}

// Options are what a connection needs. Bot, Token, Limits and Handler must be set.
type Options struct {
	Bot    music.BotID
	Token  secret.Text
	Limits Limits
	// GatewayURL replaces the address that Discord names.
	GatewayURL string
	// Shard counts from 0; Shards is 1 if zero.
	Shard, Shards int
	// Intents is the constant of that name if zero.
	Intents gateway.Intents
	// Clock is the real one, Logger silent and Budget one of its own if nil.
	Clock  clockwork.Clock
	Logger *slog.Logger
	Budget *IdentifyBudget
	// State is what was stored last; the connection is resumed from it.
	State store.ShardSession
	// Snapshots calls f with each stored snapshot of the shard; nil is none.
	Snapshots func(f func(store.GuildSnapshot) error) error
	Handler   Handler
	// Compression is CompressionZstd if empty. A gateway that does not greet when
	// it is asked for it is talked to without.
	Compression Compression
	// Stage lets the bot be heard on stages; without one it stays in the audience.
	Stage Stage
	// QueueItems and QueueBytes bound what waits for the handler: 4096 events
	// and 64 MiB if zero.
	QueueItems, QueueBytes int
}

// Conn is the connection of one shard of one bot to Discord's gateway. It is
// made by [NewConn], lives while [Conn.Run] runs and is safe for concurrent use.
type Conn struct {
	o        Options
	log      *slog.Logger
	count    counters
	queue    *queue
	wishes   *wishes
	progress *progress
	absence  *absence
	stages   *stages

	ran       atomic.Bool
	connected atomic.Bool
	latency   atomic.Int64

	// sess guards where the session stands.
	sess struct {
		sync.Mutex
		point      resumePoint
		gen        int
		received   int64 // the last sequence that was queued
		identifies []time.Time
	}
	// known guards the cache.
	known struct {
		sync.Mutex
		*cache
	}

	// Of the goroutine of Run alone.
	dialFailures int
	ungreeted    int // connections with compression that gave no greeting, in a row
	// Of the goroutine that hands over alone.
	at       item
	made     int // inputs that follow from no event
	resynced bool
	away     bool // the last thing that was said
}

// NewConn checks the options, takes the stored snapshots in and returns a
// connection that is not open yet. A snapshot that cannot be read is logged and
// costs the session: without it permissions would be guessed, so the connection
// will IDENTIFY. It returns fault.Invalid for options that cannot work, and
// what Snapshots returns.
func NewConn(o Options) (*Conn, error) {
	const op = "discord.NewConn"
	o.Shards = max(o.Shards, 1)
	if o.Bot == "" || o.Token.Empty() || o.Handler == nil || o.Limits == nil {
		return nil, fault.New(fault.Invalid, op, "a connection needs a bot, its token, limits and a handler")
	}
	if o.Shard < 0 || o.Shard >= o.Shards {
		return nil, fault.New(fault.Invalid, op, "the shard's number is outside of the number of shards")
	}
	if o.GatewayURL != "" {
		if _, err := dialURL(o.GatewayURL, CompressionOff); err != nil {
			return nil, err
		}
	}
	switch o.Compression {
	case "":
		o.Compression = CompressionZstd
	case CompressionZstd, CompressionZlib, CompressionOff:
	default:
		return nil, fault.New(fault.Invalid, op, "that compression of the gateway is not known").
			WithHint("use zstd-stream, zlib-stream or off")
	}
	_, account, err := ParseToken(o.Token.Reveal())
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Intents == 0 {
		o.Intents = Intents
	}
	if o.Budget == nil {
		o.Budget = NewIdentifyBudget(o.Clock)
	}
	if o.QueueItems <= 0 {
		o.QueueItems = 4096
	}
	if o.QueueBytes <= 0 {
		o.QueueBytes = 64 << 20
	}
	c := &Conn{
		o: o, log: o.Logger.With(slog.String("bot", string(o.Bot)), slog.Int("shard", o.Shard)),
		queue: newQueue(o.QueueItems, o.QueueBytes), wishes: newWishes(),
	}
	c.absence = &absence{clock: o.Clock, queue: c.queue}
	c.stages = newStages(c)
	c.known.cache = newCache(o.Bot, account)
	c.sess.identifies = recent(slices.Clone(o.State.Identifies), o.Clock.Now())
	o.Budget.Seed(c.sess.identifies)
	if err := c.restore(); err != nil {
		return nil, err
	}
	return c, nil
}

// restore starts from what was stored.
func (c *Conn) restore() error {
	s := c.o.State
	keep := s.SessionID != "" && s.Sequence > 0 && (s.Shards == c.o.Shards || s.Shards == 0)
	if c.o.Snapshots != nil {
		err := c.o.Snapshots(func(g store.GuildSnapshot) error {
			if id, err := idOf("discord.restore", g.Guild); err == nil && shardOf(id, c.o.Shards) != c.o.Shard {
				// The number of shards changed: READY will not name this guild,
				// and that must not be taken for a removal.
				return nil
			}
			if err := c.known.load(g); err != nil {
				c.log.Warn("a stored guild cannot be used: the bot will identify anew", slog.Any("err", err))
				keep = false
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	var p resumePoint
	var seq int64
	if keep {
		p, seq = resumePoint{id: s.SessionID, url: s.ResumeURL}, s.Sequence
	}
	c.sess.point, c.sess.received = p, seq
	c.progress = newProgress(p, seq)
	c.at = item{at: Position{p.id, seq}, mark: mark{0, seq}}
	return nil
}

// Counters returns what the connection has done so far.
func (c *Conn) Counters() Counters { return c.count.read() }

// Connected says whether the session is open now.
func (c *Conn) Connected() bool { return c.connected.Load() }

// Locale returns the language that a guild prefers, as BCP 47; empty for a guild
// that the connection does not know.
func (c *Conn) Locale(guild music.GuildID) string {
	c.known.Lock()
	defer c.known.Unlock()
	if g := c.known.guilds[string(guild)]; g != nil {
		return g.Locale
	}
	return ""
}

// Guilds returns how many guilds the connection knows.
func (c *Conn) Guilds() int {
	c.known.Lock()
	defer c.known.Unlock()
	return len(c.known.guilds)
}

// GuildNames returns the guilds that the connection knows, with their names.
func (c *Conn) GuildNames() map[music.GuildID]string {
	c.known.Lock()
	defer c.known.Unlock()
	out := make(map[music.GuildID]string, len(c.known.guilds))
	for id, g := range c.known.guilds {
		out[music.GuildID(id)] = g.Name
	}
	return out
}

// Latency is how long the last heartbeat took to be answered, 0 before the first.
func (c *Conn) Latency() time.Duration { return time.Duration(c.latency.Load()) }
