package resolve_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/resolve"
)

// lasting is a node that takes a while, unless whoever asked gives up.
func lasting(d time.Duration) *node {
	return &node{answer: func(ctx context.Context, _ string) (resolve.LoadResult, error) {
		select {
		case <-time.After(d):
			return resolve.LoadResult{Kind: resolve.KindFound, Tracks: tracks(1)}, nil
		case <-ctx.Done():
			return resolve.LoadResult{}, ctx.Err()
		}
	}}
}

func TestResolvingHereAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := lasting(3 * time.Second)
		r := resolver(t, n)
		var served atomic.Int32
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				how := r.ResolveHere
				if i%2 == 1 {
					how = r.Resolve // both ways share what is asked
				}
				if got := how(t.Context(), words("a"), 1); len(got.Tracks) == 1 {
					served.Add(1)
				}
			})
		}
		wg.Wait()
		if served.Load() != 20 || n.count() != 1 {
			t.Fatalf("%d served, %d asked", served.Load(), n.count())
		}
		if got := r.ResolveHere(t.Context(), words("a"), 1); len(got.Tracks) != 1 || n.count() != 1 {
			t.Errorf("it was not remembered: %+v after %d questions", got, n.count())
		}
	})
}

func TestResolvingHereEndsWithItsLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := resolver(t, lasting(time.Hour), func(o *resolve.Options) { o.Timeout = 2 * time.Hour })
		life, end := context.WithCancel(t.Context())
		defer end()
		begin := time.Now()
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if got := r.ResolveHere(life, words("a"), 1); got.Failure != music.FailureLoad {
					t.Errorf("%+v", got)
				}
			})
		}
		synctest.Wait()
		end()
		wg.Wait()
		if took := time.Since(begin); took != 0 {
			t.Errorf("it took %s more", took)
		}
	})
}

func TestResolvingHereIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := resolver(t, lasting(time.Hour), func(o *resolve.Options) { o.Timeout = time.Second })
		begin := time.Now()
		got := r.ResolveHere(t.Context(), words("a"), 1)
		if took := time.Since(begin); got.Failure != music.FailureLoad || took != time.Second {
			t.Errorf("%+v after %s", got, took)
		}
	})
}

func TestResolvingHereSaysWhatResolveSays(t *testing.T) {
	for name, q := range map[string]music.Query{
		"words": words("a"), "an address": link("/a"), "one that is refused": {Text: "http://127.0.0.1/a", URL: true},
	} {
		t.Run(name, func(t *testing.T) {
			res := resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(5), Playlist: "p", Total: 9}
			there, here := resolver(t, found(res)).Resolve(t.Context(), q, 3), resolver(t, found(res)).ResolveHere(t.Context(), q, 3)
			if there.Failure != here.Failure || len(there.Tracks) != len(here.Tracks) || there.Total != here.Total || there.Playlist != here.Playlist {
				t.Errorf("%+v, and here %+v", there, here)
			}
		})
	}
}
