package resolve

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/jonboulle/clockwork"
	"github.com/sony/gobreaker/v2"
	"golang.org/x/sync/singleflight"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Defaults of Options.
const (
	DefaultPrefix  = "ytsearch:"
	DefaultTimeout = 10 * time.Second
	DefaultTTL     = 5 * time.Minute
	DefaultEntries = 1024
	DefaultRest    = 30 * time.Second

	// tripAfter is how many failures in a row show that a source is in trouble.
	tripAfter = 5
	// maxSources bounds how many sources are watched at a time.
	maxSources = 256
)

// Options say how queries are resolved. Loader and Policy are required.
type Options struct {
	Loader Loader
	Policy *Policy
	// Prefix makes words a search, as "ytsearch:".
	Prefix string
	// Timeout bounds one question to a node.
	Timeout time.Duration
	// TTL is how long an answer is kept, Entries how many are.
	TTL     time.Duration
	Entries int
	// Rest is how long a source that is in trouble is not asked. It is counted
	// on the machine's clock.
	Rest time.Duration
	// Clock is what the cache goes by.
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Resolver finds tracks. It may be used from any goroutine.
type Resolver struct {
	opts     Options
	cache    *cache
	searches *cache
	flight   singleflight.Group
	breakers *lru.Cache[string, *gobreaker.CircuitBreaker[LoadResult]]
	counts   counts
}

// New returns a resolver. Errors: Invalid.
func New(opts Options) (*Resolver, error) {
	const op = "resolve.New"
	if opts.Loader == nil || opts.Policy == nil {
		return nil, fault.New(fault.Invalid, op, "a resolver needs a loader and a policy")
	}
	if opts.Timeout < 0 || opts.TTL < 0 || opts.Entries < 0 || opts.Rest < 0 {
		return nil, fault.New(fault.Invalid, op, "timeout, TTL, entries and rest cannot be negative")
	}
	if opts.Prefix == "" {
		opts.Prefix = DefaultPrefix
	}
	opts.Timeout = orElse(opts.Timeout, DefaultTimeout)
	opts.TTL = orElse(opts.TTL, DefaultTTL)
	opts.Entries = orElse(opts.Entries, DefaultEntries)
	opts.Rest = orElse(opts.Rest, DefaultRest)
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	kept, err := newCache(opts.Clock, opts.Entries, opts.TTL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "the cache cannot be made")
	}
	searches, err := newCache(opts.Clock, min(opts.Entries, maxSearches), opts.TTL)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "the cache of searches cannot be made")
	}
	breakers, err := lru.New[string, *gobreaker.CircuitBreaker[LoadResult]](maxSources)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, op, "the breakers cannot be made")
	}
	return &Resolver{opts: opts, cache: kept, searches: searches, breakers: breakers}, nil
}

func orElse[T comparable](v, def T) T {
	var zero T
	if v == zero {
		return def
	}
	return v
}

// Resolve finds what a query asks for: the track of an address, the best hit of
// words, or up to limit tracks of a playlist, of which Total says how many there
// are. The caller sets Slot. It takes at most the look-up's two seconds and
// Options.Timeout.
func (r *Resolver) Resolve(ctx context.Context, q music.Query, limit int) music.Resolved {
	return r.resolve(ctx, q, limit, r.once)
}

// ResolveHere is Resolve on the caller's goroutine, which spares the look-up two
// changes of goroutine. ctx is a life that everybody who resolves here shares:
// when it ends, those who wait for the same answer go without it too. It does not
// end earlier otherwise; a caller that must leave before calls Resolve.
func (r *Resolver) ResolveHere(ctx context.Context, q music.Query, limit int) music.Resolved {
	return r.resolve(ctx, q, limit, r.here)
}

// together does once what many ask for at the same time.
type together func(ctx context.Context, key string, do func(context.Context) (LoadResult, error)) (LoadResult, error)

func (r *Resolver) resolve(ctx context.Context, q music.Query, limit int, how together) music.Resolved {
	identifier, source, failure := r.identify(ctx, q)
	if failure != music.FailureNone {
		return r.failed(failure)
	}
	res, ok := r.cache.get(identifier)
	if !ok && !q.URL {
		// A search has found the same: what was chosen from it is played at once.
		res, ok = r.searches.get(identifier)
	}
	if ok {
		r.counts.hits.Add(1)
	} else {
		var err error
		if res, err = r.load(ctx, identifier, source, how); err != nil {
			return r.failed(failureOf(err))
		}
	}
	return r.answer(res, limit)
}

// identify returns what nodes are asked for, and the source that it is of, unless
// the policy refuses the address.
func (r *Resolver) identify(ctx context.Context, q music.Query) (identifier, source string, failure music.ResolveFailure) {
	if q.URL {
		return r.opts.Policy.Check(ctx, q.Text)
	}
	return r.opts.Prefix + q.Text, r.opts.Prefix, music.FailureNone
}

func (r *Resolver) failed(f music.ResolveFailure) music.Resolved {
	r.counts.failures.Add(1)
	if f == music.FailureDenied {
		r.counts.denied.Add(1)
	}
	return music.Resolved{Failure: f}
}

// answer says what a result means for the guild.
func (r *Resolver) answer(res LoadResult, limit int) music.Resolved {
	if failure := res.without(); failure != music.FailureNone {
		return r.failed(failure)
	}
	if res.Kind != KindPlaylist {
		return music.Resolved{Tracks: slices.Clone(res.Tracks[:1])}
	}
	n := min(max(limit, 1), len(res.Tracks))
	return music.Resolved{
		Tracks: slices.Clone(res.Tracks[:n]), Playlist: res.Playlist, Total: max(res.Total, len(res.Tracks)),
	}
}

// without says why a result has no tracks.
func (res *LoadResult) without() music.ResolveFailure {
	switch {
	case res.Kind == KindError:
		return music.FailureLoad
	case len(res.Tracks) == 0:
		return music.FailureNotFound
	}
	return music.FailureNone
}

func failureOf(err error) music.ResolveFailure {
	if noNode(err) {
		return music.FailureNoNode
	}
	return music.FailureLoad
}

// errTrouble makes a result of a source in trouble count as a failure.
var errTrouble = errors.New("the source is in trouble")

// load asks the loader, once for all who ask for the same at the same time.
// Whoever leaves early does not take the answer from the others.
func (r *Resolver) load(ctx context.Context, identifier, source string, how together) (LoadResult, error) {
	return how(ctx, identifier, func(ctx context.Context) (LoadResult, error) {
		res, err := r.ask(ctx, identifier, source, source, r.opts.Timeout)
		if err != nil {
			return LoadResult{}, err
		}
		if res.Kind == KindSearch && len(res.Tracks) > 1 {
			res.Tracks = slices.Clone(res.Tracks[:1]) // nobody asks for the others
		}
		r.cache.put(identifier, res)
		return res, nil
	})
}

// once does what many ask for at the same time once for all of them.
func (r *Resolver) once(ctx context.Context, key string, do func(context.Context) (LoadResult, error)) (LoadResult, error) {
	shared := r.flight.DoChan(key, func() (any, error) { return do(context.WithoutCancel(ctx)) })
	select {
	case <-ctx.Done():
		return LoadResult{}, ctx.Err()
	case got := <-shared:
		res, _ := got.Val.(LoadResult)
		return res, got.Err
	}
}

// here does the same on the goroutine of whoever asks first.
func (r *Resolver) here(ctx context.Context, key string, do func(context.Context) (LoadResult, error)) (LoadResult, error) {
	got, err, _ := r.flight.Do(key, func() (any, error) { return do(ctx) })
	res, _ := got.(LoadResult)
	return res, err
}

// breaker returns what watches a source.
func (r *Resolver) breaker(source string) *gobreaker.CircuitBreaker[LoadResult] {
	if b, ok := r.breakers.Get(source); ok {
		return b
	}
	b := gobreaker.NewCircuitBreaker[LoadResult](gobreaker.Settings{
		Name:        source,
		Timeout:     r.opts.Rest,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= tripAfter },
		// That no node can be asked says nothing of the source.
		IsExcluded: noNode,
		OnStateChange: func(name string, from, to gobreaker.State) {
			r.opts.Logger.Warn("a source changed", "source", name, "from", from.String(), "to", to.String())
		},
	})
	if earlier, ok, _ := r.breakers.PeekOrAdd(source, b); ok {
		return earlier
	}
	return b
}

// Counters count what happened since the resolver was made.
type Counters struct {
	// Loads were asked of nodes; Hits came from the cache; Rested were not asked
	// because their source was in trouble.
	Loads, Hits, Rested uint64
	// Failures are queries without tracks, Denied those that the policy refused.
	Failures, Denied uint64
}

type counts struct{ loads, hits, rested, failures, denied atomic.Uint64 }

// Counters returns what happened so far.
func (r *Resolver) Counters() Counters {
	c := &r.counts
	return Counters{
		Loads: c.loads.Load(), Hits: c.hits.Load(), Rested: c.rested.Load(),
		Failures: c.failures.Load(), Denied: c.denied.Load(),
	}
}
