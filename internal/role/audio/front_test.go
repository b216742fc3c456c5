package audio_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// front stands before a simulated node and breaks it in ways that the node
// itself does not know of.
type front struct {
	proxy   *httputil.ReverseProxy
	address string

	mu sync.Mutex
	// on answers a request itself where it returns true.
	on   func(http.ResponseWriter, *http.Request) bool
	seen []string
}

// before puts fronts before all nodes of a rig; the returned function lets the
// role speak to them.
func before(t *testing.T, r *roletest.Rig) ([]*front, func(*audio.Options)) {
	t.Helper()
	fronts := make([]*front, len(r.Nodes))
	for i, n := range r.Nodes {
		to, err := url.Parse("http://" + n.Address)
		if err != nil {
			t.Fatal(err)
		}
		f := &front{proxy: httputil.NewSingleHostReverseProxy(to)}
		f.proxy.ErrorLog = log.New(io.Discard, "", 0) // broken connections are wanted
		f.proxy.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
		srv := httptest.NewUnstartedServer(f)
		srv.Config.ErrorLog = f.proxy.ErrorLog
		srv.Start()
		t.Cleanup(func() { f.breaks(nil); srv.CloseClientConnections(); srv.Close() })
		f.address, fronts[i] = strings.TrimPrefix(srv.URL, "http://"), f
	}
	return fronts, func(o *audio.Options) {
		for i := range o.Nodes {
			o.Nodes[i].Address = fronts[i].address
		}
	}
}

func (f *front) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	f.mu.Lock()
	on := f.on
	f.seen = append(f.seen, req.Method+" "+req.URL.Path)
	f.mu.Unlock()
	if on != nil && on(w, req) {
		return
	}
	f.proxy.ServeHTTP(w, req)
}

// breaks sets what is broken from now on, nil for nothing.
func (f *front) breaks(on func(http.ResponseWriter, *http.Request) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = on
}

// requests counts those that were made.
func (f *front) requests(method, part string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, s := range f.seen {
		if strings.HasPrefix(s, method+" ") && strings.Contains(s, part) {
			n++
		}
	}
	return n
}

func isSocket(req *http.Request) bool { return strings.HasSuffix(req.URL.Path, "/websocket") }

func isUpdate(req *http.Request) bool {
	return req.Method == http.MethodPatch && strings.Contains(req.URL.Path, "/players/")
}

// refusesSockets lets no session be opened.
func refusesSockets(w http.ResponseWriter, req *http.Request) bool {
	if !isSocket(req) {
		return false
	}
	http.Error(w, "no more sessions", http.StatusServiceUnavailable)
	return true
}

// failsUpdates answers every update of a player with an error of the server.
func failsUpdates(w http.ResponseWriter, req *http.Request) bool {
	if !isUpdate(req) {
		return false
	}
	http.Error(w, `{"status":500,"error":"Internal Server Error","message":"out of memory"}`, http.StatusInternalServerError)
	return true
}

// hangs never answers an update of a player, until the client has enough.
func hangs(_ http.ResponseWriter, req *http.Request) bool {
	if !isUpdate(req) {
		return false
	}
	// Only a body that was read lets the server notice that the client is gone.
	_, _ = io.Copy(io.Discard, req.Body)
	<-req.Context().Done()
	return true
}

// lies answers with stats that cannot be true.
func lies(body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, req *http.Request) bool {
		if req.URL.Path != "/v4/stats" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body)
		return true
	}
}
