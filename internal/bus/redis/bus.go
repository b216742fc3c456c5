package redis

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

const (
	// writers is how many connections write at once, one a stream at most.
	writers = 64
	// blocked is how many readers can wait at once, each on a connection.
	blocked = 4_096
	// oldest is the first release with sharded pub/sub.
	oldest = 7
)

// Bus carries messages between processes.
type Bus struct {
	o Options
	// db writes and asks; wait is for reads that block, which must not keep
	// connections from writers.
	db, wait goredis.UniversalClient
	hub      *hub

	// ctx ends with the bus.
	ctx    context.Context //nolint:containedctx // the life of the bus, which flushers and readers share
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu      sync.RWMutex
	closed  bool
	streams map[string]*stream
}

var _ bus.Bus = (*Bus)(nil)

// Open connects to Redis and checks that it can carry the bus.
// Errors: Invalid for options that cannot work and for a server that is too old,
// Denied for credentials that are refused, Unavailable.
func Open(ctx context.Context, o Options) (*Bus, error) {
	o = o.withDefaults()
	p, err := parse(o.URL)
	if err != nil {
		return nil, err
	}
	goredis.SetLogger(library{o.Logger})
	b := &Bus{o: o, db: p.client(o, writers), wait: p.client(o, blocked), streams: map[string]*stream{}}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.hub = newHub(b)
	if err := b.greet(ctx); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return b, nil
}

// greet asks the server who it is.
func (b *Bus) greet(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	info, err := b.db.Info(ctx, "server").Result()
	switch {
	case err != nil && refused(err):
		return fault.Wrap(err, fault.Denied, "redis.Open", reason(err)).WithHint("check redis.url")
	case err != nil:
		return fault.Wrap(err, fault.Unavailable, "redis.Open", reason(err)).WithHint("does Redis run where redis.url says?")
	}
	_, version, _ := strings.Cut(info, "redis_version:")
	version, _, _ = strings.Cut(version, "\r\n")
	major, _, _ := strings.Cut(version, ".")
	if n, err := strconv.Atoi(major); err == nil && n < oldest {
		return fault.New(fault.Invalid, "redis.Open", "Redis "+version+" is too old").WithHint("Redis 7 or newer is needed")
	}
	return nil
}

// Ping asks whether Redis answers. Errors: Unavailable.
func (b *Bus) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, b.o.Timeout)
	defer cancel()
	if err := b.db.Ping(ctx).Err(); err != nil {
		return unavailable("redis.Ping", err)
	}
	return nil
}

// Close implements bus.Bus. What waits for Redis is told that the bus is closed.
func (b *Bus) Close() error {
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return nil
	}
	b.closed = true
	b.mu.Unlock()
	b.cancel()
	b.hub.close()
	err := errors.Join(b.db.Close(), b.wait.Close())
	b.wg.Wait()
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "redis.Close", "a connection to Redis could not be closed")
	}
	return nil
}

// start runs f unless the bus is closed.
func (b *Bus) start(f func()) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return false
	}
	b.wg.Go(f)
	return true
}

// enter keeps Close waiting until wg.Done, unless the bus is closed.
func (b *Bus) enter() bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if !b.closed {
		b.wg.Add(1)
	}
	return !b.closed
}

// stream returns what this process knows of a stream. Errors: Invalid, Unavailable.
func (b *Bus) stream(name string) (*stream, error) {
	b.mu.RLock()
	s, closed := b.streams[name], b.closed
	b.mu.RUnlock()
	if closed {
		return nil, errClosed
	}
	if s != nil {
		return s, nil
	}
	if name == "" || len(name) > MaxText {
		return nil, fault.New(fault.Invalid, "redis.Bus", "the name of a stream has between 1 and 4096 bytes")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if s = b.streams[name]; s == nil {
		tag := "{" + b.o.Prefix + ":" + name + "}"
		s = &stream{bus: b, name: name, log: tag + ":log", meta: tag + ":meta"}
		b.streams[name] = s
	}
	return s, nil
}

// stream is what this process knows of a stream.
type stream struct {
	bus       *Bus
	name      string
	log, meta string

	coalescer
	reader
}

// do runs a script on the stream's two keys within the bus's time limit.
func (s *stream) do(script *goredis.Script, args ...any) ([]any, error) {
	ctx, cancel := context.WithTimeout(s.bus.ctx, s.bus.o.Timeout)
	defer cancel()
	got, err := script.Run(ctx, s.bus.db, []string{s.log, s.meta}, args...).Slice()
	if err == nil && len(got) == 0 {
		err = errors.New("an empty answer")
	}
	if err != nil {
		if s.bus.ctx.Err() != nil {
			return nil, errClosed
		}
		return nil, err
	}
	return got, nil
}

// word is what makes a generation unlike all others.
func word() string { return rand.Text()[:16] }

// library takes what the client library has to say, which it says of all its
// clients in one place.
type library struct{ log *slog.Logger }

// Printf implements the library's logger.
func (l library) Printf(ctx context.Context, format string, v ...any) {
	l.log.DebugContext(ctx, "the Redis client says: "+fmt.Sprintf(format, v...))
}
