package redis

import (
	"crypto/tls"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// What holds where Options leaves a field empty.
const (
	// DefaultPrefix begins the names of all keys and channels.
	DefaultPrefix = "platform"
	// DefaultBacklog is how many messages of a stream may wait to be released.
	DefaultBacklog = 1 << 16
	// DefaultBacklogBytes is how many bytes of a stream may wait to be released.
	DefaultBacklogBytes = 64 << 20
	// DefaultMaxAge is how long a message waits that nobody releases.
	DefaultMaxAge = time.Hour
	// DefaultTimeout bounds each call.
	DefaultTimeout = 2 * time.Second
)

// Options say where Redis is and what the bus may use of it.
type Options struct {
	// URL is redis://[user:password@]host:port[/db], rediss:// for TLS,
	// unix:///path, or the addresses of some nodes of a cluster, separated by
	// commas. A single address with ?cluster=true is a cluster's too. With the
	// scheme redis+sentinel (rediss+sentinel for TLS) the addresses are of
	// sentinels, the path of the first is the name of what they watch, and ?db is
	// the number of the database; the user and password are those of Redis, and
	// with ?sentinel_auth=true of the sentinels too.
	URL string
	// Prefix begins the names of all keys and channels, so that installations
	// can share a server.
	Prefix string
	// TLS is used with rediss:// instead of the system's certificates.
	TLS *tls.Config

	// Backlog and BacklogBytes bound what may wait in a stream to be released,
	// read or not; Append answers Quota beyond.
	Backlog      int
	BacklogBytes int64
	// MaxAge is how long a message waits that nobody releases; it goes between
	// once and twice that age. Negative means for ever.
	MaxAge time.Duration
	// Timeout bounds each call, at most DefaultTimeout.
	Timeout time.Duration

	Logger *slog.Logger
	Clock  clockwork.Clock
	// Hooks are told what happens, for metrics.
	Hooks Hooks
}

// Hooks are told what happens. They are called from many goroutines and must
// return quickly; those that are nil are left out.
type Hooks struct {
	// Flushed tells that messages of a stream were written together, or why not.
	Flushed func(stream string, messages, bytes int, took time.Duration, err error)
	// Behind tells how many messages and bytes of a stream were not released yet
	// when a reader released or, having nothing to read, had looked, and when
	// somebody wrote, so that a stream that nobody reads is seen too.
	Behind func(stream string, messages, bytes int64)
	// Reset tells that a reader's cursor did not continue, and why: gone,
	// generation, ahead, lost, gap or unreadable.
	Reset func(stream, why string)
	// Cut tells that the connection that listens to topics was lost.
	Cut func(err error)
	// Missed tells that a slow listener missed a message of a topic.
	Missed func(topic string)
	// Dropped tells that messages could not be told on their topics, and why.
	Dropped func(messages int, err error)
}

func (o Options) withDefaults() Options {
	if o.Prefix == "" {
		o.Prefix = DefaultPrefix
	}
	if o.Backlog <= 0 {
		o.Backlog = DefaultBacklog
	}
	if o.BacklogBytes <= 0 {
		o.BacklogBytes = DefaultBacklogBytes
	}
	if o.MaxAge == 0 {
		o.MaxAge = DefaultMaxAge
	}
	if o.Timeout <= 0 || o.Timeout > DefaultTimeout {
		o.Timeout = DefaultTimeout
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	h := &o.Hooks
	if h.Flushed == nil {
		h.Flushed = func(string, int, int, time.Duration, error) {}
	}
	if h.Behind == nil {
		h.Behind = func(string, int64, int64) {}
	}
	if h.Reset == nil {
		h.Reset = func(string, string) {}
	}
	if h.Cut == nil {
		h.Cut = func(error) {}
	}
	if h.Missed == nil {
		h.Missed = func(string) {}
	}
	if h.Dropped == nil {
		h.Dropped = func(int, error) {}
	}
	return o
}
