package redis

import (
	"crypto/tls"
	"log/slog"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/atrilhq/platform/internal/fault"
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
	// commas. A single address with ?cluster=true is a cluster's too.
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

// place is where Redis is.
type place struct {
	network, user, password string
	addrs                   []string
	db                      int
	tls, cluster            bool
}

func refuse(message string) error {
	return fault.New(fault.Invalid, "redis.Open", message).
		WithHint("redis://user:password@host:6379/0, rediss:// for TLS, or a cluster's addresses separated by commas")
}

// parse reads Options.URL. What it says of a wrong one never repeats it, because
// there may be a password in it. Errors: Invalid.
func parse(text string) (place, error) {
	var p place
	if len(text) > MaxText {
		return p, refuse("the address of Redis is too long")
	}
	for i, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			return p, refuse("an address of Redis is empty")
		}
		if i > 0 && !strings.Contains(one, "://") {
			one = "redis://" + one
		}
		if err := p.add(one, i == 0); err != nil {
			return p, err
		}
	}
	p.cluster = p.cluster || len(p.addrs) > 1
	if p.cluster && (p.db != 0 || p.network == "unix") {
		return p, refuse("a cluster has neither numbered databases nor sockets")
	}
	return p, nil
}

func (p *place) add(text string, first bool) error {
	u, err := url.Parse(text)
	if err != nil {
		return refuse("the address of Redis cannot be read")
	}
	network := "tcp"
	switch u.Scheme {
	case "redis":
	case "rediss":
		p.tls = true
	case "unix":
		network = "unix"
	default:
		return refuse("the address of Redis begins with redis:// or rediss://")
	}
	if first {
		p.network = network
		p.user = u.User.Username()
		p.password, _ = u.User.Password()
	} else if network != p.network {
		return refuse("all addresses of a cluster are of one kind")
	}
	q := u.Query()
	p.cluster = p.cluster || q.Get("cluster") == "true"
	if network == "unix" {
		p.addrs = append(p.addrs, u.Path)
		return p.database(q.Get("db"))
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		return refuse("the address of Redis names no host")
	}
	if port == "" {
		port = "6379"
	}
	p.addrs = append(p.addrs, net.JoinHostPort(host, port))
	return p.database(strings.Trim(u.Path, "/"))
}

func (p *place) database(text string) error {
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return refuse("the database of Redis is a number")
	}
	p.db = n
	return nil
}

// client returns a client that bounds every call and repeats none: a repeated
// write may be a second one, and who waits knows better whether to try again.
func (p *place) client(o Options, pool int) goredis.UniversalClient {
	u := &goredis.UniversalOptions{
		Addrs: p.addrs, DB: p.db, Username: p.user, Password: p.password,
		Protocol: 2, MaxRetries: -1, DialTimeout: o.Timeout / 2, DialerRetries: 1,
		ReadTimeout: o.Timeout, WriteTimeout: o.Timeout, PoolTimeout: o.Timeout,
		ContextTimeoutEnabled: true, PoolSize: pool, PipelinePoolSize: -1, DisableIdentity: true, IsClusterMode: p.cluster,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if p.tls {
		u.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
		if o.TLS != nil {
			u.TLSConfig = o.TLS.Clone()
		}
	}
	if p.cluster {
		return goredis.NewClusterClient(u.Cluster())
	}
	s := u.Simple()
	s.Network = p.network
	return goredis.NewClient(s)
}
