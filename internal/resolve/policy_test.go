package resolve_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/resolve"
)

// names is a resolver that knows some hosts.
type names map[string][]string

func (n names) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if !strings.HasSuffix(host, ".") {
		return nil, errors.New("the machine's search domains would be asked")
	}
	all, ok := n[strings.TrimSuffix(host, ".")]
	if !ok {
		return nil, errors.New("no such host")
	}
	var out []netip.Addr
	for _, a := range all {
		out = append(out, netip.MustParseAddr(a))
	}
	return out, nil
}

var world = names{
	"music.example.com":      {"93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"},
	"xn--bcher-kva.example":  {"93.184.215.14"},
	"inside.example.com":     {"10.1.2.3"},
	"partly.example.com":     {"93.184.215.14", "169.254.169.254"},
	"mapped.example.com":     {"::ffff:127.0.0.1"},
	"nat64.example.com":      {"64:ff9b::7f00:1"},
	"nothing.example.com":    {},
	"studio.allowed.example": {"10.20.0.9"},
}

func policy(t testing.TB, opts resolve.PolicyOptions) *resolve.Policy {
	t.Helper()
	if opts.Lookup == nil {
		opts.Lookup = world
	}
	p, err := resolve.NewPolicy(opts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAddressesThatAreNotForMembers(t *testing.T) {
	p := policy(t, resolve.PolicyOptions{})
	for kind, all := range map[string][]string{
		"loopback":      {"http://127.0.0.1/", "http://127.8.9.1/", "http://[::1]/", "http://localhost/", "http://LOCALHOST./", "http://a.localhost/"},
		"private":       {"http://10.0.0.1/", "http://172.16.0.1/", "http://172.31.255.255/", "http://192.168.1.1/a?b=c", "http://[fd00::1]/", "http://[fc00::1]/"},
		"link-local":    {"http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/", "http://[fe80::1%25eth0]/"},
		"multicast":     {"http://224.0.0.1/", "http://[ff02::1]/", "http://255.255.255.255/"},
		"unspecified":   {"http://0.0.0.0/", "http://0.1.2.3/", "http://[::]/"},
		"carrier":       {"http://100.64.0.1/", "http://100.127.255.254/"},
		"documentation": {"http://192.0.2.1/", "http://[2001:db8::1]/"},
		"mapped":        {"http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[::ffff:10.0.0.1]/", "http://[::127.0.0.1]/"},
		"translated":    {"http://[64:ff9b::7f00:1]/", "http://[64:ff9b::10.0.0.1]/", "http://[64:ff9b:1::7f00:1]/", "http://[2002:7f00:1::]/", "http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/"},
		"spelled":       {"http://2130706433/", "http://0x7f000001/", "http://0X7F.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.1/", "http://0/", "http://127.0.0.1./", "http://127.0.0.0x1/", "http://134744072/", "http://1.2.3.4.5/", "http://0x/", "http://256.256.256.256/", "http://a.1/"},
		"foreign":       {"http://１２７.0.0.1/", "http://127。0。0。1/", "http://⑫7.0.0.1/", "http://ⓛocalhost/", "http://loc\u00adalhost/"},
		"insider":       {"http://redis/", "http://metadata.google.internal/", "http://printer.local/", "http://nas.lan/", "http://router.home.arpa/"},
		"resolved":      {"http://inside.example.com/", "http://partly.example.com/", "http://mapped.example.com/", "http://nat64.example.com/", "http://INSIDE.example.com./"},
		"userinfo":      {"http://music.example.com@127.0.0.1/", "http://a:b@music.example.com/", "http://@music.example.com/"},
		"port":          {"http://music.example.com:22/", "https://music.example.com:8443/", "http://93.184.215.14:6379/"},
	} {
		for _, raw := range all {
			if got, _, failure := p.Check(context.Background(), raw); failure != music.FailureDenied {
				t.Errorf("%s: %s: %q, %q", kind, raw, got, failure)
			}
		}
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	p := policy(t, resolve.PolicyOptions{})
	for _, raw := range []string{
		"", "music.example.com/a", "ftp://music.example.com/", "file:///etc/passwd", "javascript:alert(1)", "http:", "http:///a",
		"http://%31%32%37.0.0.1/", "http://music..example.com/", "http://music.example.com../", "http://mus ic.example.com/",
		"http://music.example.com:99999/", "http://music.example.com:0/", "http://music.example.com:x/", "http://[::1/", "http:music.example.com/",
		`http://music.example.com\@127.0.0.1/`, "http://" + strings.Repeat("a.", 200) + "com/", "http://music.example.com/" + strings.Repeat("a", music.MaxQuery),
		"http://mu$ic.example.com/",
	} {
		if got, _, failure := p.Check(context.Background(), raw); failure != music.FailureUnknown {
			t.Errorf("%.60q: %q, %q", raw, got, failure)
		}
	}
	for _, raw := range []string{"http://gone.example.com/", "https://nothing.example.com/"} {
		if _, _, failure := p.Check(context.Background(), raw); failure != music.FailureNotFound {
			t.Errorf("%s: %q", raw, failure)
		}
	}
}

func TestAddressesAreSentInOneSpelling(t *testing.T) {
	p := policy(t, resolve.PolicyOptions{Trusted: []string{"media.sandbox.example"}})
	for raw, want := range map[string]string{
		"HTTPS://Music.Example.COM./Path%2Fx?b=1&a=2#frag":  "https://music.example.com/Path%2Fx?b=1&a=2",
		"http://music.example.com":                          "http://music.example.com/",
		"http://music.example.com?@127.0.0.1/":              "http://music.example.com/?@127.0.0.1/",
		`http://music.example.com/\a?\"`:                    "http://music.example.com/%5Ca?%5C%22",
		"https://music.example.com:443/a":                   "https://music.example.com:443/a",
		"https://music.example.com:/a":                      "https://music.example.com/a",
		"http://[2606:2800:21F:CB07:6820:80DA:AF6B:8B2C]/a": "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/a",
		"http://93.184.215.14/a":                            "http://93.184.215.14/a",
		"http://bücher.example/ü?ü":                         "http://xn--bcher-kva.example/%C3%BC?%C3%BC",
		"http://media.sandbox.example:4321/track/blink":     "http://media.sandbox.example:4321/track/blink",
	} {
		if got, _, failure := p.Check(context.Background(), raw); got != want || failure != music.FailureNone {
			t.Errorf("%s:\n got %s %q\nwant %s", raw, got, failure, want)
		}
	}
}

func TestWhatConfigurationAllows(t *testing.T) {
	ten := netip.MustParsePrefix("10.20.0.0/16")
	for name, c := range map[string]struct {
		opts resolve.PolicyOptions
		raw  string
		want music.ResolveFailure
	}{
		"a network":             {resolve.PolicyOptions{Networks: []netip.Prefix{ten}}, "http://10.20.3.4/", ""},
		"a name in it":          {resolve.PolicyOptions{Networks: []netip.Prefix{ten}}, "http://studio.allowed.example/", ""},
		"mapped into it":        {resolve.PolicyOptions{Networks: []netip.Prefix{ten}}, "http://[::ffff:10.20.3.4]/", ""},
		"not beside it":         {resolve.PolicyOptions{Networks: []netip.Prefix{ten}}, "http://10.21.3.4/", music.FailureDenied},
		"not spelled oddly":     {resolve.PolicyOptions{Networks: []netip.Prefix{ten}}, "http://0x0a140304/", music.FailureDenied},
		"a port":                {resolve.PolicyOptions{Ports: []uint16{8000}}, "http://music.example.com:8000/", ""},
		"and no other":          {resolve.PolicyOptions{Ports: []uint16{8000}}, "http://music.example.com/", music.FailureDenied},
		"a trusted host":        {resolve.PolicyOptions{Trusted: []string{"Media.Sandbox.Example."}}, "https://media.sandbox.example/x", ""},
		"not what is below it":  {resolve.PolicyOptions{Trusted: []string{"sandbox.example"}}, "https://media.sandbox.example/x", music.FailureNotFound},
		"a trusted insider":     {resolve.PolicyOptions{Trusted: []string{"localhost"}}, "http://localhost:9999/x", ""},
		"a denied domain":       {resolve.PolicyOptions{Denied: []string{"example.com"}}, "http://music.example.com/", music.FailureDenied},
		"not its namesake":      {resolve.PolicyOptions{Denied: []string{"ic.example.com"}}, "http://music.example.com/", ""},
		"an allowed domain":     {resolve.PolicyOptions{Allowed: []string{"example.com"}}, "http://music.example.com/", ""},
		"no other domain":       {resolve.PolicyOptions{Allowed: []string{"example.org"}}, "http://music.example.com/", music.FailureDenied},
		"allowed is not public": {resolve.PolicyOptions{Allowed: []string{"example.com"}}, "http://inside.example.com/", music.FailureDenied},
	} {
		if _, _, failure := policy(t, c.opts).Check(context.Background(), c.raw); failure != c.want {
			t.Errorf("%s: %q, want %q", name, failure, c.want)
		}
	}
	if _, err := resolve.NewPolicy(resolve.PolicyOptions{Denied: []string{"https://example.com"}}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a URL passed as a host: %v", err)
	}
}

// slow never answers before its context ends.
type slow struct{}

func (slow) LookupNetIP(ctx context.Context, _, _ string) ([]netip.Addr, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestALookupIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, _, failure := policy(t, resolve.PolicyOptions{Lookup: slow{}}).Check(context.Background(), "http://music.example.com/")
		if took := time.Since(began); failure != music.FailureNotFound || took != 2*time.Second {
			t.Fatalf("%q after %v", failure, took)
		}
	})
}
