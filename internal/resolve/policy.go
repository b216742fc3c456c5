package resolve

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Lookup finds the addresses of a host; *net.Resolver is one.
type Lookup interface {
	LookupNetIP(ctx context.Context, network, host string) ([]netip.Addr, error)
}

// lookupTimeout bounds one look-up.
const lookupTimeout = 2 * time.Second

// PolicyOptions say which addresses members may have a node load. The zero
// value allows http and https to public addresses on ports 80 and 443.
type PolicyOptions struct {
	// Trusted hosts are allowed as they are: on any port, without a look-up.
	Trusted []string
	// Allowed domains, with everything below them, are the only ones if there
	// are any. Denied domains are refused even so.
	Allowed, Denied []string
	// Networks are allowed although they are not public.
	Networks []netip.Prefix
	// Ports are the allowed ones; 80 and 443 if empty.
	Ports []uint16
	// Lookup is the process's resolver if nil.
	Lookup Lookup
}

// Policy judges addresses. It may be used from any goroutine.
type Policy struct {
	opts  PolicyOptions
	guard *ssrf.Guardian
}

// NewPolicy returns a policy. Errors: Invalid for a host that is none.
func NewPolicy(opts PolicyOptions) (*Policy, error) {
	for _, list := range []*[]string{&opts.Trusted, &opts.Allowed, &opts.Denied} {
		hosts := make([]string, 0, len(*list))
		for _, h := range *list {
			normal, ok := normalHost(h)
			if !ok {
				return nil, fault.New(fault.Invalid, "resolve.NewPolicy", strconv.Quote(h)+" is not a host").
					WithHint("give host names without scheme, port or path, as in media.example.com")
			}
			hosts = append(hosts, normal)
		}
		*list = hosts
	}
	if len(opts.Ports) == 0 {
		opts.Ports = []uint16{80, 443}
	}
	if opts.Lookup == nil {
		opts.Lookup = net.DefaultResolver
	}
	return &Policy{opts: opts, guard: ssrf.New(ssrf.WithAnyPort(), ssrf.WithAnyNetwork())}, nil
}

// Check judges an address that a member gave. It returns the address as a node
// is to load it, written so that every parser reads the same host in it, and
// that host; or the failure: FailureUnknown for what is no http address,
// FailureDenied for one that members may not have loaded, FailureNotFound for a
// host that does not resolve, well-known or not.
func (p *Policy) Check(ctx context.Context, raw string) (address, host string, failure music.ResolveFailure) {
	u, err := url.Parse(raw)
	if err != nil || len(raw) > music.MaxQuery || u.Opaque != "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", "", music.FailureUnknown
	}
	if u.User != nil || strings.Contains(u.Host, "%") {
		return "", "", music.FailureDenied // a host may hide behind a name, a network behind a zone
	}
	host, ok := normalHost(u.Hostname())
	if !ok {
		return "", "", music.FailureUnknown
	}
	port := u.Port()
	if n, err := strconv.ParseUint(port, 10, 16); port != "" && (err != nil || n == 0) {
		return "", "", music.FailureUnknown
	}
	if failure := p.judge(ctx, u.Scheme, host, port); failure != music.FailureNone {
		return "", "", failure
	}
	clean := url.URL{Scheme: u.Scheme, Host: host, Path: u.Path, RawPath: u.RawPath, RawQuery: escapeQuery(u.RawQuery)}
	if clean.Path == "" {
		clean.Path = "/" // nobody looks for the host's end behind it
	}
	if addr, err := netip.ParseAddr(host); err == nil && addr.Is6() {
		clean.Host = "[" + host + "]"
	}
	if port != "" {
		clean.Host += ":" + port
	}
	address = clean.String()
	if len(address) > music.MaxQuery {
		return "", "", music.FailureUnknown // escaped, it is longer than any address that makes sense
	}
	return address, host, music.FailureNone
}

// escapeQuery escapes what does not belong into a query and is read differently
// by different parsers.
func escapeQuery(q string) string {
	const hex = "0123456789ABCDEF"
	out := make([]byte, 0, len(q))
	for _, b := range []byte(q) {
		if b <= ' ' || b >= 0x7f || strings.IndexByte("\"#<>\\^`{|}", b) >= 0 {
			out = append(out, '%', hex[b>>4], hex[b&15])
			continue
		}
		out = append(out, b)
	}
	return string(out)
}

func (p *Policy) judge(ctx context.Context, scheme, host, port string) music.ResolveFailure {
	if slices.Contains(p.opts.Trusted, host) {
		return music.FailureNone
	}
	if within(host, p.opts.Denied) || len(p.opts.Allowed) > 0 && !within(host, p.opts.Allowed) || !p.portAllowed(scheme, port) {
		return music.FailureDenied
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		if !p.addrAllowed(addr) {
			return music.FailureDenied
		}
		return music.FailureNone
	}
	// An unusual spelling of an address is refused whatever it stands for:
	// readers disagree about it, and nobody who means well writes it.
	if numeric(host) || insider(host) {
		return music.FailureDenied
	}
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	// The dot keeps the machine's search domains out of it.
	addrs, err := p.opts.Lookup.LookupNetIP(ctx, "ip", host+".")
	if err != nil || len(addrs) == 0 {
		return music.FailureNotFound
	}
	if slices.ContainsFunc(addrs, func(a netip.Addr) bool { return !p.addrAllowed(a) }) {
		return music.FailureDenied
	}
	return music.FailureNone
}

func (p *Policy) portAllowed(scheme, port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case port == "" && scheme == "http":
		n = 80
	case port == "":
		n = 443
	case err != nil:
		return false
	}
	return slices.Contains(p.opts.Ports, uint16(n))
}

// addrAllowed is true for public addresses and allowed networks. An IPv4 address
// written as an IPv6 one is judged as what it is; addresses that carry another
// one for a translator or a tunnel (NAT64, 6to4, Teredo) are not public.
func (p *Policy) addrAllowed(addr netip.Addr) bool {
	addr = addr.Unmap()
	if addr.Zone() != "" {
		return false
	}
	for _, n := range p.opts.Networks {
		if n.Contains(addr) {
			return true
		}
	}
	return p.guard.SafeAddr(addr) == nil
}
