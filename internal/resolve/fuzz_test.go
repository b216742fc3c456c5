package resolve_test

import (
	"context"
	"hash/fnv"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/resolve"
)

// dice resolves every host to something, half of it not public.
type dice struct{}

var thrown = []string{"93.184.215.14", "127.0.0.1", "2606:2800:21f::1", "fd12::1", "8.8.8.8", "169.254.1.1", "1.1.1.1", "::ffff:10.0.0.1"}

func (dice) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.ToLower(strings.TrimSuffix(host, "."))))
	return []netip.Addr{netip.MustParseAddr(thrown[h.Sum32()%uint32(len(thrown))])}, nil
}

// forbidden says by other means than the policy whether an address is not public.
func forbidden(addr netip.Addr) bool {
	ip := net.IP(addr.AsSlice())
	if ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsMulticast() || ip.IsLinkLocalUnicast() {
		return true
	}
	if v4 := ip.To4(); v4 != nil {
		return v4[0] == 0 || v4[0] >= 224 || v4[0] == 100 && v4[1]&0xc0 == 64
	}
	nat64 := ip[0] == 0 && ip[1] == 0x64 && ip[2] == 0xff && ip[3] == 0x9b
	sixToFour := ip[0] == 0x20 && ip[1] == 0x02
	teredo := ip[0] == 0x20 && ip[1] == 0x01 && ip[2] == 0 && ip[3] == 0
	compatible := string(ip[:12]) == string(make([]byte, 12))
	return nat64 || sixToFour || teredo || compatible
}

// classic reads an address as inet_aton does: one to four parts, each decimal,
// octal or hexadecimal, the last one filling what is left.
func classic(host string) (netip.Addr, bool) {
	parts := strings.Split(host, ".")
	if len(parts) > 4 {
		return netip.Addr{}, false
	}
	var sum uint64
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 0, 32)
		if err != nil || strings.Contains(part, "_") {
			return netip.Addr{}, false
		}
		if i == len(parts)-1 {
			if n >= 1<<(8*(5-len(parts))) {
				return netip.Addr{}, false
			}
			sum += n
			break
		}
		if n > 255 {
			return netip.Addr{}, false
		}
		sum += n << (8 * (3 - i))
	}
	return netip.AddrFrom4([4]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}), true
}

// FuzzPolicy: nothing that is allowed leads to a network that is not, whoever
// reads the address.
func FuzzPolicy(f *testing.F) {
	for _, raw := range []string{
		"http://music.example.com/a", "https://93.184.215.14:443/?q", "http://127.0.0.1/", "http://[::1]/", "http://[::ffff:7f00:1]/",
		"http://0x7f.1/", "http://0177.1/", "http://2130706433/", "http://music.example.com@127.0.0.1/", `http://a.example\@127.0.0.1/`,
		"http://１２７。0.0.1/", "http://a.example:80#@127.0.0.1/", "http://a.example?@127.0.0.1/", "http://[64:ff9b::7f00:1]/",
		"http://[fe80::1%25en0]/", "http://127.0.0.1./", "http://[2002:a00:1::]/", "http://a.example:80:80/", "HTTP://LOCALHOST/",
		"http://ec2\u3002example/", "http://a.example/%2f..//127.0.0.1", "http://[2001:0:1::1]/", "http://0/", "http://a.example;@b/",
	} {
		f.Add(raw)
	}
	p, err := resolve.NewPolicy(resolve.PolicyOptions{Lookup: dice{}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got, judged, failure := p.Check(context.Background(), raw)
		if failure != music.FailureNone {
			if got != "" || judged != "" {
				t.Fatalf("%q is refused and still given: %q", raw, got)
			}
			return
		}
		u, err := url.Parse(got)
		if err != nil || u.User != nil || u.Fragment != "" || u.Hostname() != judged {
			t.Fatalf("%q became %q: %v", raw, got, err)
		}
		// The authority as the most naive reader finds it.
		_, rest, _ := strings.Cut(got, "://")
		authority := rest[:strings.IndexAny(rest, `/?#\`)]
		if strings.ContainsAny(authority, "@%\\ \t\r\n") || !strings.HasPrefix(rest[len(authority):], "/") {
			t.Fatalf("%q became %q", raw, got)
		}
		host := u.Hostname()
		if port := u.Port(); port != "" && port != "80" && port != "443" {
			t.Fatalf("%q leads to port %s", raw, port)
		}
		addr, err := netip.ParseAddr(host)
		if err == nil {
			if forbidden(addr) {
				t.Fatalf("%q leads to %s", raw, addr)
			}
			return
		}
		if odd, ok := classic(host); ok {
			t.Fatalf("%q may be read as %s", raw, odd)
		}
		addrs, _ := dice{}.LookupNetIP(context.Background(), "ip", host)
		if forbidden(addrs[0]) {
			t.Fatalf("%q resolves to %s", raw, addrs[0])
		}
		if again, _, failure := p.Check(context.Background(), got); again != got || failure != music.FailureNone {
			t.Fatalf("%q became %q and then %q, %q", raw, got, again, failure)
		}
	})
}
