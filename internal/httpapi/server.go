package httpapi

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/jonboulle/clockwork"
)

// Limits of every request and connection.
const (
	maxBody    = 1 << 20
	maxHeader  = 16 << 10
	maxTails   = 64
	writeLimit = 10 * time.Second
	drainLimit = 5 * time.Second
	// MaxPage is the longest page of a list, MaxEvents of the journal.
	MaxPage   = 500
	MaxEvents = 1000
)

// Metrics is told of every request. Route is the pattern, never the path.
type Metrics interface {
	HTTPRequest(method, route string, status int, took time.Duration)
}

// Options is what a server needs. Backend is required.
type Options struct {
	Backend Backend
	// Logger is told of failures; nil keeps quiet.
	Logger *slog.Logger
	// Clock is the real one where it is nil.
	Clock clockwork.Clock
	// Metrics may be nil.
	Metrics Metrics
	// Page answers everything below /sandbox/, with headers and refusals of its
	// own; nil where there is no sandbox.
	Page http.Handler
	// Version is shown on the landing page and in the contract.
	Version string
}

// Server answers the admin API on any number of listeners.
type Server struct {
	opts   Options
	api    huma.API
	routes []string
	open   []string
	chain  http.Handler
	tails  chan struct{}
}

// New returns a server that is not listening yet.
func New(o Options) *Server {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	s := &Server{opts: o, tails: make(chan struct{}, maxTails)}
	admin := &recorder{ServeMux: http.NewServeMux()}
	s.api = humago.New(admin, apiConfig(s.opts.Version, s.transform))
	s.register()
	s.routes = admin.patterns

	mux := &recorder{ServeMux: http.NewServeMux()}
	mux.HandleFunc("GET /{$}", s.landing)
	mux.HandleFunc("GET /healthz", s.alive)
	s.open = mux.patterns
	if o.Page != nil {
		mux.Handle(pagePath, untilDrained(o.Page))
	}
	mux.Handle("/v1/", s.admit(s.orMissing(admin.ServeMux)))
	mux.Handle("/", s.orMissing(http.NewServeMux(), mux.ServeMux))
	s.chain = s.around(mux.ServeMux)
	return s
}

// Routes returns the pattern of every route, those that are open to anyone last.
func (s *Server) Routes() (admin, open []string) { return s.routes, s.open }

// Handler returns the whole API. Requests that did not come through a listener
// of Serve are anonymous.
func (s *Server) Handler() http.Handler { return s.chain }

// Serve answers on a listener until ctx ends, then finishes what it has begun
// within 5 s. It returns nil where it was told to stop.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	srv := &http.Server{
		Handler: s.chain, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(s.opts.Logger.Handler(), slog.LevelDebug),
		ConnContext: func(c context.Context, conn net.Conn) context.Context {
			return context.WithValue(withCaller(c, conn), drainKey{}, ctx.Done())
		},
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainLimit)
	defer cancel()
	if err := srv.Shutdown(stop); err != nil {
		_ = srv.Close()
	}
	if err := <-done; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// drainKey leads to the channel that is closed when a server is told to stop.
type drainKey struct{}

// draining returns a channel that is closed when the server is told to stop.
func draining(ctx context.Context) <-chan struct{} {
	c, _ := ctx.Value(drainKey{}).(<-chan struct{})
	return c
}

// pagePath is where Options.Page is.
const pagePath = "/sandbox/"

// untilDrained ends the requests of a handler when the server is told to stop:
// a stream would keep it from ending otherwise.
func untilDrained(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		go func() {
			select {
			case <-draining(ctx):
				cancel()
			case <-ctx.Done():
			}
		}()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// recorder is a mux that knows its patterns, so that a test can ask for each.
type recorder struct {
	*http.ServeMux
	patterns []string
}

// HandleFunc notes the pattern and registers it.
func (m *recorder) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	m.patterns = append(m.patterns, pattern)
	m.ServeMux.HandleFunc(pattern, h)
}
