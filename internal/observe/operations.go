package observe

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/atrilhq/platform/internal/fault"
)

// Operations is the listener for those who run the daemon: /metrics, /healthz,
// /readyz and /debug/pprof. It asks nobody who they are, so it stays on loopback
// unless AllowRemote says that something else guards it.
type Operations struct {
	Gatherer prometheus.Gatherer
	Ready    *Ready
	// Logger may be nil.
	Logger      *slog.Logger
	AllowRemote bool
}

// Listen opens the listener. Errors: Denied for an address that other machines
// reach where that is not allowed, Conflict where the port is taken,
// Unavailable otherwise.
func (o Operations) Listen(address string) (net.Listener, error) {
	const op = "observe.Listen"
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "operations.listen is not host:port")
	}
	if host == "localhost" {
		host = "127.0.0.1"
		address = net.JoinHostPort(host, address[len("localhost:"):])
	}
	if a, perr := netip.ParseAddr(host); !o.AllowRemote && (perr != nil || !a.Unmap().IsLoopback()) {
		return nil, fault.New(fault.Denied, op, "operations.listen "+address+" can be reached by other machines").
			WithHint("use 127.0.0.1, or set operations.allow_remote where something else guards it")
	}
	ln, err := net.Listen("tcp", address) //nolint:noctx // a start has nothing to cancel here: a port is taken or it is not
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.Wrap(err, fault.Conflict, op, "something else listens on "+address).
			WithHint("choose another port with operations.listen; port 0 takes a free one")
	}
	return nil, fault.Wrap(err, fault.Unavailable, op, "cannot listen on "+address)
}

// Serve answers until ctx ends. It returns nil where it was told to stop.
func (o Operations) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler: o.Handler(), ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute,
		// A CPU profile takes as long as it is asked to, 30 s where nothing is said.
		WriteTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
	}
	if o.Logger != nil {
		srv.ErrorLog = slog.NewLogLogger(o.Logger.Handler(), slog.LevelDebug)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if srv.Shutdown(stop) != nil {
		_ = srv.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Handler is what the listener answers.
func (o Operations) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{MaxRequestsInFlight: 4, Timeout: 10 * time.Second}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /readyz", o.readyz)
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return o.guard(mux)
}

func (o Operations) readyz(w http.ResponseWriter, r *http.Request) {
	ready, checks := o.Ready.Check(r.Context())
	w.Header().Set("Content-Type", "application/json")
	if !ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(struct { //nolint:errchkjson // it fails where the reader has gone, and then nobody is left to tell
		Ready  bool    `json:"ready"`
		Checks []Check `json:"checks"`
	}{ready, checks})
}

// guard refuses names that are not this machine's: a page in a browser here
// could otherwise read all of it under a name that it points to loopback.
func (o Operations) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if _, perr := netip.ParseAddr(host); !o.AllowRemote && perr != nil && host != "localhost" {
			http.Error(w, "this listener answers only to addresses of loopback", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
