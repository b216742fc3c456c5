package resolve

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

const maxHost = 253

// normalHost returns a host as it is compared and sent on: in lower case, in
// ASCII, without the dot that ends an absolute name. False means that it is no
// host name and no address.
func normalHost(host string) (string, bool) {
	if strings.ContainsFunc(host, func(r rune) bool { return r > 0x7f }) {
		// Wide digits and foreign dots become plain ones here, so that what
		// follows sees 127.0.0.1 in every script.
		ascii, err := idna.Lookup.ToASCII(host)
		if err != nil {
			return "", false
		}
		host = ascii
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.String(), addr.Zone() == ""
	}
	if host == "" || len(host) > maxHost {
		return "", false
	}
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", false
		}
	}
	return host, true
}

// numeric is true for a name that some resolver may read as an address: one
// whose last label begins with a digit, as 127.1, 0x7f.1 and 2130706433 do. No
// top-level domain does.
func numeric(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last[0] >= '0' && last[0] <= '9'
}

// local are the domains that mean something only inside a network.
var local = []string{"localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa", "onion", "test", "invalid"}

// insider is true for a name that can only be meant inside a network.
func insider(host string) bool { return !strings.Contains(host, ".") || within(host, local) }

// within is true for a host that is one of the domains or below one.
func within(host string, domains []string) bool {
	return slices.ContainsFunc(domains, func(d string) bool { return host == d || strings.HasSuffix(host, "."+d) })
}
