package redis

import (
	"crypto/tls"
	"net"
	"net/url"
	"strconv"
	"strings"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/atrilhq/platform/internal/fault"
)

// place is where Redis is.
type place struct {
	network, user, password string
	addrs                   []string
	db                      int
	tls, cluster            bool
	// master is what sentinels at addrs watch, empty where there are none; auth
	// says that they ask for the user and password too.
	master         string
	sentinel, auth bool
}

func refuse(message string) error {
	return fault.New(fault.Invalid, "redis.Open", message).
		WithHint("redis://user:password@host:6379/0, rediss:// for TLS, a cluster's addresses separated by commas, " +
			"or those of sentinels: redis+sentinel://host:26379/name")
}

// parse reads Options.URL. What it says of a wrong one never repeats it, because
// there may be a password in it. Errors: Invalid.
func parse(text string) (place, error) {
	var p place
	if len(text) > MaxText {
		return p, refuse("the address of Redis is too long")
	}
	scheme, _, _ := strings.Cut(text, "://")
	for i, one := range strings.Split(text, ",") {
		if one = strings.TrimSpace(one); one == "" {
			return p, refuse("an address of Redis is empty")
		}
		if i > 0 && !strings.Contains(one, "://") {
			one = strings.TrimSpace(scheme) + "://" + one
		}
		if err := p.add(one, i == 0); err != nil {
			return p, err
		}
	}
	if p.sentinel {
		if p.master == "" || p.cluster {
			return p, refuse("the first address of a sentinel names in its path what they watch, and that is no cluster")
		}
		return p, nil
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
	network, plain := "tcp", strings.TrimSuffix(u.Scheme, "+sentinel")
	watched := plain != u.Scheme
	switch plain {
	case "redis":
	case "rediss":
		p.tls = true
	case "unix":
		network = "unix"
		if watched {
			return refuse("a sentinel has no socket")
		}
	default:
		return refuse("the address of Redis begins with redis:// or rediss://")
	}
	if first {
		p.network, p.sentinel = network, watched
		p.user = u.User.Username()
		p.password, _ = u.User.Password()
	} else if network != p.network || watched != p.sentinel {
		return refuse("all addresses are of one kind")
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
		if port = "6379"; watched {
			port = "26379"
		}
	}
	p.addrs = append(p.addrs, net.JoinHostPort(host, port))
	if watched {
		p.auth = p.auth || q.Get("sentinel_auth") == "true"
		switch name := strings.Trim(u.Path, "/"); {
		case first:
			p.master = name
		case name != "" && name != p.master:
			return refuse("the sentinels watch different things")
		}
		return p.database(q.Get("db"))
	}
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
	if p.sentinel {
		u.MasterName = p.master
		if p.auth {
			u.SentinelUsername, u.SentinelPassword = p.user, p.password
		}
		return goredis.NewFailoverClient(u.Failover())
	}
	s := u.Simple()
	s.Network = p.network
	return goredis.NewClient(s)
}
