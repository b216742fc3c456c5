package page

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	controlPath   = "/sim/v1/"
	controlHeader = "X-Sandbox"
	maxBody       = 64 << 10
	// slowest is how long an answer of the simulators may take: as long as they
	// wait for a bot.
	slowest = 3 * time.Minute
)

// proxy leads from Path+api/ to the control API. Streams are passed on as they
// come.
func proxy(target *url.URL) http.Handler {
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.Out.URL.Scheme, r.Out.URL.Host = target.Scheme, target.Host
			r.Out.URL.Path = controlPath + strings.TrimPrefix(r.In.URL.Path, Path+apiDir)
			r.Out.URL.RawPath = ""
			r.Out.Host = target.Host
			r.Out.Header.Set(controlHeader, "1")
			for _, name := range []string{"Cookie", "Authorization", "Origin", "Referer"} {
				r.Out.Header.Del(name)
			}
		},
		FlushInterval: -1,
		ModifyResponse: func(r *http.Response) error {
			// A picture that is opened by itself keeps the policy that it came with.
			if r.Header.Get("Content-Security-Policy") == "" {
				r.Header.Set("Content-Security-Policy", "default-src 'none'")
			}
			return nil
		},
		ErrorHandler: func(rw http.ResponseWriter, r *http.Request, err error) {
			if big := new(http.MaxBytesError); errors.As(err, &big) {
				refuse(rw, fault.New(fault.Invalid, "page.proxy", "the request is too long"))
				return
			}
			if r.Context().Err() != nil {
				return // the browser has gone
			}
			refuse(rw, fault.Wrap(err, fault.Unavailable, "page.proxy", "the simulators do not answer").
				WithHint("where they are a process of their own, start it again: platformd sim"))
		},
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(r.URL.Path, Path+apiDir)
		if clean := path.Clean("/" + name); clean != "/"+name || name == "" {
			refuse(rw, fault.New(fault.NotFound, "page.proxy", "the sandbox has no such endpoint"))
			return
		}
		// The server's own limit is too short for an answer that is waited for,
		// and for a stream, which sees for itself that its reader is there. A
		// writer that has no limit is left as it is.
		limit := time.Now().Add(slowest)
		if name == "stream" {
			limit = time.Time{}
		}
		rc := http.NewResponseController(rw)
		_, _ = rc.SetWriteDeadline(limit), rc.SetReadDeadline(limit)
		for _, h := range []string{"Content-Security-Policy", "Cache-Control"} {
			rw.Header().Del(h)
		}
		r.Body = http.MaxBytesReader(rw, r.Body, maxBody)
		p.ServeHTTP(rw, r)
	})
}
