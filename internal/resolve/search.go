package resolve

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/atrilhq/platform/internal/core/music"
)

const (
	// MaxHits is how many tracks a search returns at most: as many as Discord
	// shows choices (https://discord.com/developers/docs/interactions/application-commands).
	MaxHits = 25
	// SearchTimeout bounds one question of a search. Discord takes choices for
	// three seconds only, so a longer one would be asked for nobody.
	SearchTimeout = 2500 * time.Millisecond
	// maxSearches is how many searches are remembered. Each holds up to MaxHits
	// tracks, so there are fewer of them than of other answers.
	maxSearches = 256
	// slow marks the breaker of searches: that a source needs longer than
	// SearchTimeout must not keep members from playing what it has.
	slow = "search "
)

// Hits is what a search found.
type Hits struct {
	// Tracks are the best first, at most the limit that was asked for.
	Tracks []music.Track
	// Playlist is its name where an address led to one, Total how many tracks
	// it has.
	Playlist string
	Total    int
	// Failure says why there are no tracks.
	Failure music.ResolveFailure
}

// Search finds several tracks for words, or those behind an address, without
// anybody having to play them. It returns at most limit of them, MaxHits where
// the limit is higher, and takes at most SearchTimeout on top of what the policy
// takes to judge an address. It asks once for what many ask at the same time;
// whoever leaves early leaves the answer in the cache for the next one.
func (r *Resolver) Search(ctx context.Context, q music.Query, limit int) Hits {
	if strings.TrimSpace(q.Text) == "" || len(q.Text) > music.MaxQuery {
		return Hits{Failure: music.FailureNotFound}
	}
	identifier, source, failure := r.identify(ctx, q)
	if failure != music.FailureNone {
		return r.noHits(failure)
	}
	res, ok := r.remembered(identifier, q.URL)
	if ok {
		r.counts.hits.Add(1)
	} else {
		var err error
		if res, err = r.find(ctx, identifier, source); err != nil {
			return r.noHits(failureOf(err))
		}
	}
	if failure := res.without(); failure != music.FailureNone {
		return r.noHits(failure)
	}
	n := min(max(limit, 1), MaxHits, len(res.Tracks))
	h := Hits{Tracks: slices.Clone(res.Tracks[:n])}
	if res.Kind == KindPlaylist {
		h.Playlist, h.Total = res.Playlist, max(res.Total, len(res.Tracks))
	}
	return h
}

func (r *Resolver) noHits(f music.ResolveFailure) Hits {
	return Hits{Failure: r.failed(f).Failure}
}

// remembered returns what was found before. What Resolve keeps of words is only
// the best hit, so it answers addresses alone.
func (r *Resolver) remembered(identifier string, url bool) (LoadResult, bool) {
	if res, ok := r.searches.get(identifier); ok || !url {
		return res, ok
	}
	return r.cache.get(identifier)
}

// find asks the loader for a search, once for all who ask for the same.
func (r *Resolver) find(ctx context.Context, identifier, source string) (LoadResult, error) {
	if r.breaker(source).State() == gobreaker.StateOpen {
		r.counts.rested.Add(1)
		return LoadResult{}, gobreaker.ErrOpenState
	}
	within := min(SearchTimeout, r.opts.Timeout)
	return r.once(ctx, slow+identifier, func(ctx context.Context) (LoadResult, error) {
		res, err := r.ask(ctx, identifier, source, slow+source, within)
		if err != nil {
			return LoadResult{}, err
		}
		if res.Kind == KindPlaylist {
			res.Total = max(res.Total, len(res.Tracks))
		}
		if len(res.Tracks) > MaxHits {
			res.Tracks = slices.Clone(res.Tracks[:MaxHits])
		}
		r.searches.put(identifier, res)
		return res, nil
	})
}

// ask asks the loader within a time limit, unless the breaker of that name says
// that the source is in trouble.
func (r *Resolver) ask(ctx context.Context, identifier, source, breaker string, within time.Duration) (LoadResult, error) {
	// A limit on the network is one of real time, whatever clock is injected.
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	res, err := r.breaker(breaker).Execute(func() (LoadResult, error) {
		r.counts.loads.Add(1)
		res, err := r.opts.Loader.Load(ctx, identifier)
		switch {
		case ctx.Err() != nil:
			return LoadResult{}, errTrouble // slow is broken, whatever the node is called
		case err == nil && res.Kind == KindError && res.Faulty:
			return res, errTrouble
		}
		return res, err
	})
	switch {
	case errors.Is(err, gobreaker.ErrOpenState), errors.Is(err, gobreaker.ErrTooManyRequests):
		r.counts.rested.Add(1)
		return LoadResult{}, err
	case err != nil:
		r.opts.Logger.Warn("a query could not be resolved", "source", source, "message", res.Message, "error", err)
		return LoadResult{}, err
	}
	return res, nil
}
