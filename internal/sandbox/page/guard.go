package page

import (
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// admit lets only browsers of this machine in, and only pages of this origin
// change something. The host is looked at because a foreign page can have its
// own name resolve to this machine.
func admit(r *http.Request) error {
	const op = "page.admit"
	if !loopback(r.Host) || !loopback(r.RemoteAddr) {
		return fault.New(fault.Denied, op, "the sandbox is used from this machine only").
			WithHint("open it as http://127.0.0.1 or http://localhost, with the port of the daemon")
	}
	if r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, Path+apiDir) {
		return nil // a link to the page may stand anywhere
	}
	if !sameOrigin(r) {
		return fault.New(fault.Denied, op, "a page of another site may not use the sandbox")
	}
	return nil
}

// sameOrigin says whether the request comes from a page of ours, or from no page
// at all (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header). Browsers
// without fetch metadata send Origin with whatever writes.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin":
	case "none", "":
		if reads(r.Method) {
			break
		}
		if r.Header.Get("Origin") == "" {
			return false
		}
	default:
		return false
	}
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Scheme == "http" && u.Host == r.Host
}

func reads(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// loopback says whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}
