package page

import (
	"embed"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

// Path is where the handler is to be mounted.
const Path = "/sandbox/"

const (
	index  = "index.html"
	apiDir = "api/"
)

// policy is the Content-Security-Policy of the page: what it is made of comes
// from here, nothing is written into the document as text, and nobody frames it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' blob:; " +
	"worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

//go:embed web
var web embed.FS

// handler serves the page and leads to the simulators.
type handler struct {
	files map[string]*asset
	api   http.Handler
}

// New returns the page of the sandbox whose control API is at a URL, as
// http://127.0.0.1:8090. It is to be mounted at Path. It answers browsers of this
// machine only. Invalid where the URL is not one of a loopback host.
func New(control string) (http.Handler, error) {
	files, err := fs.Sub(web, "web")
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "page.New", "the files of the page are not there")
	}
	return newHandler(control, files)
}

func newHandler(control string, files fs.FS) (http.Handler, error) {
	target, err := url.Parse(control)
	if err != nil || target.Scheme != "http" || !loopback(target.Host) {
		return nil, fault.New(fault.Invalid, "page.New", "the address of the simulators is not one of this machine").
			WithHint("give something like http://127.0.0.1:8090")
	}
	h := &handler{api: proxy(target)}
	if h.files, err = load(files); err != nil {
		return nil, err
	}
	return h, nil
}

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	head := rw.Header()
	head.Set("Content-Security-Policy", policy)
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	if err := admit(r); err != nil {
		refuse(rw, err)
		return
	}
	name := strings.TrimPrefix(r.URL.Path, Path)
	if strings.HasPrefix(name, apiDir) {
		h.api.ServeHTTP(rw, r)
		return
	}
	a, ok := h.files[name]
	switch {
	case !ok:
		refuse(rw, fault.New(fault.NotFound, "page", "the sandbox's page has no such file").WithHint("open "+Path))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		head.Set("Allow", "GET, HEAD")
		http.Error(rw, "the page is only read", http.StatusMethodNotAllowed)
	default:
		a.ServeHTTP(rw, r)
	}
}

func refuse(rw http.ResponseWriter, err error) {
	rw.Header().Set("Cache-Control", "no-store")
	problem.From(err, "").Write(rw)
}
