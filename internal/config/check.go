package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/config/locate"
	"github.com/atrilhq/platform/internal/secret"
)

var (
	regionPattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	namePattern   = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
	prefixPattern = regexp.MustCompile(`^[a-zA-Z0-9]{1,32}:?$`)
	hostPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$`)
)

// check looks at what single types cannot say and fills what depends on other values.
func (l *loader) check(c *Config) {
	bad := func(key string, err error) {
		if err == nil {
			return
		}
		source, allowed := c.origin(key), ""
		if f, ok := l.field(key); ok {
			allowed = f.allowed()
		}
		l.problem(key, source, err.Error(), allowed)
	}
	if c.DataDir == "" {
		bad("data_dir", errors.New("is empty"))
	} else if abs, err := filepath.Abs(c.DataDir); err != nil {
		bad("data_dir", errors.New("cannot be made an absolute path"))
	} else {
		c.DataDir = abs
	}
	if c.Socket == "" {
		c.Socket = locate.Socket(l.env, c.DataDir)
	}
	if len(c.Socket) > locate.MaxSocketPath {
		bad("socket", fmt.Errorf("has %d bytes, more than a socket's path may have", len(c.Socket)))
	}
	if len(c.Roles) == 0 {
		bad("roles", errors.New("is empty"))
	}
	if c.Listen != "" {
		bad("listen", checkAddress(c.Listen, true))
	}
	if c.Operations.Listen != "" && !l.settled("operations.allow_remote") {
		bad("operations.listen", checkOperations(c.Operations))
	}
	bad("database.url", checkDatabase(c.Database.URL.Reveal()))
	bad("redis.url", checkRedis(c.Redis))
	bad("discord.rest_url", checkURL(c.Discord.RestURL, "https", "http"))
	if c.Discord.GatewayURL != "" {
		bad("discord.gateway_url", checkURL(c.Discord.GatewayURL, "wss", "ws"))
	}
	if !prefixPattern.MatchString(c.Resolve.SearchPrefix) {
		bad("resolve.search_prefix", fmt.Errorf("%s is not allowed", quote(c.Resolve.SearchPrefix)))
	}
	c.Resolve.SearchPrefix = strings.TrimSuffix(c.Resolve.SearchPrefix, ":") + ":"
	for _, n := range c.Resolve.AllowNetworks {
		if _, err := netip.ParsePrefix(n); err != nil {
			bad("resolve.allow_networks", fmt.Errorf("%s is not a network", quote(n)))
		}
	}
	bad("resolve.allow_hosts", checkHosts(c.Resolve.AllowHosts))
	bad("resolve.deny_hosts", checkHosts(c.Resolve.DenyHosts))
	l.checkArchive(c)
	l.checkTypes(c)
	l.checkBots(c)
	l.checkNodes(c)
	l.checkApart(c)
}

// checkAddress accepts host:port; an empty host and port 0 only to listen.
func checkAddress(s string, listen bool) error {
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		return fmt.Errorf("%s is not host:port", quote(s))
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || (n == 0 && !listen) {
		return fmt.Errorf("%s has no port from 1 to 65535", quote(s))
	}
	if _, err := netip.ParseAddr(host); err == nil || (host == "" && listen) {
		return nil
	}
	if !hostPattern.MatchString(strings.ToLower(host)) {
		return fmt.Errorf("%s does not begin with a host name or an address", quote(s))
	}
	return nil
}

func checkOperations(o Operations) error {
	if err := checkAddress(o.Listen, true); err != nil {
		return err
	}
	if !o.AllowRemote && !loopback(o.Listen) {
		return fmt.Errorf("%s can be reached by other machines", quote(o.Listen))
	}
	return nil
}

// loopback is true for an address that only this machine reaches.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	a, err := netip.ParseAddr(host)
	return host == "localhost" || (err == nil && a.Unmap().IsLoopback())
}

func checkURL(s, secure, plain string) error {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("%s is not an address without user, query and fragment", quote(redactURL(s)))
	}
	if u.Scheme == secure || (u.Scheme == plain && loopback(u.Hostname())) {
		return nil
	}
	return fmt.Errorf("%s is not secure", quote(s))
}

// checkDatabase never repeats the address: it may hold a password.
func checkDatabase(s string) error {
	if s == "" {
		return nil
	}
	u, err := url.Parse(s)
	if err != nil {
		return errors.New("is not an address")
	}
	switch u.Scheme {
	case "sqlite":
		if u.Host != "" || u.Path == "" || u.Path == "/" {
			return errors.New("has no absolute path; it begins with three slashes")
		}
		return nil
	case "postgres", "postgresql":
		if p, ok := u.User.Password(); ok && slices.Contains(defaultCredentials, p) && !loopback(u.Hostname()) {
			return errors.New("has a password that everybody knows; choose another")
		}
		return nil
	}
	return errors.New("has neither sqlite nor postgres as its scheme")
}

func checkHosts(hosts []string) error {
	for _, h := range hosts {
		if !hostPattern.MatchString(h) {
			return fmt.Errorf("%s is not a host name in lower case", quote(h))
		}
	}
	return nil
}

// redactURL takes what may be a password out of an address.
func redactURL(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return secret.Redacted
	}
	u.RawQuery, u.Fragment = "", ""
	return u.Redacted()
}
