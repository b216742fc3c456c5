package config

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/secret"
)

// maxRedis is how many addresses of a cluster may be given.
const maxRedis = 64

// Addresses returns the addresses of redis.url, none where it is empty.
func (r Redis) Addresses() []secret.Text {
	var out []secret.Text
	for part := range strings.SplitSeq(r.URL.Reveal(), ",") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, secret.New(part))
		}
	}
	return out
}

// checkRedis never repeats an address: it may hold a password.
func checkRedis(r Redis) error {
	all := r.Addresses()
	if len(all) > maxRedis {
		return fmt.Errorf("has more than %d addresses", maxRedis)
	}
	scheme := ""
	for i, at := range all {
		which := ""
		if len(all) > 1 {
			which = fmt.Sprintf("address %d ", i+1)
		}
		u, err := url.Parse(at.Reveal())
		switch {
		case err != nil:
			return errors.New(which + "is not an address")
		case u.Scheme == "unix" && len(all) == 1:
			if !strings.HasPrefix(u.Path, "/") || u.Path == "/" {
				return errors.New("has no absolute path; it begins with three slashes")
			}
			continue
		case !slices.Contains([]string{"redis", "rediss", "redis+sentinel", "rediss+sentinel"}, u.Scheme):
			return errors.New(which + "has neither redis nor rediss as its scheme")
		case scheme != "" && u.Scheme != scheme:
			return errors.New("mixes " + scheme + " and " + u.Scheme)
		case u.Hostname() == "":
			return errors.New(which + "has no host")
		}
		scheme = u.Scheme
		if strings.HasSuffix(scheme, "+sentinel") {
			if err := checkSentinel(u, i == 0); err != nil {
				return errors.New(which + err.Error())
			}
		} else if db := strings.Trim(u.Path, "/"); db != "" {
			n, err := strconv.Atoi(db)
			if err != nil || n < 0 {
				return errors.New(which + "has a path that is no number of a database")
			}
			if n != 0 && len(all) > 1 {
				return errors.New("names a database of a cluster, which has only database 0")
			}
		}
		if p, ok := u.User.Password(); ok && slices.Contains(defaultCredentials, p) && !loopback(u.Hostname()) {
			return errors.New(which + "has a password that everybody knows; choose another")
		}
	}
	return nil
}

// checkSentinel looks at what stands behind the address of a sentinel.
func checkSentinel(u *url.URL, first bool) error {
	name := strings.Trim(u.Path, "/")
	switch db := u.Query().Get("db"); {
	case first && name == "", strings.Contains(name, "/"):
		return errors.New("does not say what the sentinels watch; its name stands behind the address: redis+sentinel://HOST:PORT/NAME")
	case db != "":
		if n, err := strconv.Atoi(db); err != nil || n < 0 {
			return errors.New("has a db that is no number of a database")
		}
	}
	return nil
}

// checkApart refuses roles that could not hear each other, or not share rows.
func (l *loader) checkApart(c *Config) {
	if l.settled("roles") || l.settled("redis.url") || l.settled("database.url") {
		return
	}
	has := func(role string) bool { return slices.Contains(c.Roles, role) }
	here, missing := "gateway", "audio"
	if has("audio") {
		here, missing = missing, here
	}
	switch {
	case c.Redis.URL.Empty() && has("gateway") != has("audio"):
		l.problem("roles", c.origin("roles"), "has "+here+" without "+missing+", and a process with that role would not be heard: redis.url is empty",
			"gateway and audio together, or redis.url for roles in several processes")
	case !c.Redis.URL.Empty() && !c.Whole() && !strings.HasPrefix(c.DatabaseURL().Reveal(), "postgres"):
		l.problem("database.url", c.origin("database.url"), "is SQLite, which one process has for itself, and roles is only a part of all roles",
			"postgres://USER:PASSWORD@HOST/NAME for roles in several processes")
	}
}

// Whole says whether this process has every role, and needs no other.
func (c Config) Whole() bool {
	all := fields(reflect.TypeFor[Config]())
	i := slices.IndexFunc(all, func(f field) bool { return f.key == "roles" })
	return !slices.ContainsFunc(all[i].choices(), func(role string) bool { return !slices.Contains(c.Roles, role) })
}
