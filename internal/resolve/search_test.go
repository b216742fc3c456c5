package resolve_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/resolve"
)

func TestWhatASearchFinds(t *testing.T) {
	many := resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(60), Total: 60}
	list := resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(80), Playlist: "P", Total: 90}
	for name, c := range map[string]struct {
		q     music.Query
		res   resolve.LoadResult
		limit int
		want  resolve.Hits
	}{
		"as many as asked for": {words("ocean"), many, 5, resolve.Hits{Tracks: tracks(5)}},
		"never more than fit":  {words("ocean"), many, 1000, resolve.Hits{Tracks: tracks(resolve.MaxHits)}},
		"at least one":         {words("ocean"), many, -3, resolve.Hits{Tracks: tracks(1)}},
		"fewer than asked for": {
			words("ocean"),
			resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(2)},
			5,
			resolve.Hits{Tracks: tracks(2)},
		},
		"an address": {
			link("a"),
			resolve.LoadResult{Kind: resolve.KindFound, Tracks: tracks(1), Total: 1},
			5,
			resolve.Hits{Tracks: tracks(1)},
		},
		"a playlist":        {link("p"), list, 7, resolve.Hits{Tracks: tracks(7), Playlist: "P", Total: 90}},
		"nothing there":     {words("x"), resolve.LoadResult{Kind: resolve.KindEmpty}, 5, resolve.Hits{Failure: music.FailureNotFound}},
		"a failure":         {words("x"), resolve.LoadResult{Kind: resolve.KindError}, 5, resolve.Hits{Failure: music.FailureLoad}},
		"no words":          {words("  "), many, 5, resolve.Hits{Failure: music.FailureNotFound}},
		"too many words":    {words(strings.Repeat("x", music.MaxQuery+1)), many, 5, resolve.Hits{Failure: music.FailureNotFound}},
		"a private address": {music.Query{Text: "http://127.0.0.1/", URL: true}, many, 5, resolve.Hits{Failure: music.FailureDenied}},
	} {
		t.Run(name, func(t *testing.T) {
			got := resolver(t, found(c.res)).Search(t.Context(), c.q, c.limit)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %d tracks, %+v", len(got.Tracks), got)
			}
		})
	}
}

func TestASearchIsKeptAndServesThePlay(t *testing.T) {
	n := found(resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(9)})
	r := resolver(t, n)
	for range 3 {
		if got := r.Search(t.Context(), words("ocean"), 9); len(got.Tracks) != 9 {
			t.Fatalf("%+v", got)
		}
	}
	if got := r.Resolve(t.Context(), words("ocean"), 1); len(got.Tracks) != 1 || got.Tracks[0] != tracks(1)[0] {
		t.Fatalf("%+v", got)
	}
	if n.count() != 1 {
		t.Fatalf("asked %d times", n.count())
	}
}

func TestAPlayDoesNotServeASearch(t *testing.T) {
	n := found(resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(9)})
	r := resolver(t, n)
	r.Resolve(t.Context(), words("ocean"), 1)
	if got := r.Search(t.Context(), words("ocean"), 9); len(got.Tracks) != 9 {
		t.Fatalf("a search found %d tracks: only the best hit of a play is kept", len(got.Tracks))
	}
}

func TestASearchDoesNotShortenAPlaylist(t *testing.T) {
	n := found(resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(80), Playlist: "P", Total: 80})
	r := resolver(t, n)
	r.Search(t.Context(), link("p"), 5)
	if got := r.Resolve(t.Context(), link("p"), 100); len(got.Tracks) != 80 || got.Total != 80 {
		t.Fatalf("%d tracks of %d", len(got.Tracks), got.Total)
	}
}

func TestAKeptSearchCannotBeChangedFromOutside(t *testing.T) {
	r := resolver(t, found(resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(3)}))
	r.Search(t.Context(), words("ocean"), 3).Tracks[0].Title = "changed"
	if got := r.Search(t.Context(), words("ocean"), 3); got.Tracks[0].Title != "t0" {
		t.Errorf("got %+v", got.Tracks[0])
	}
}

// slowNode answers after a time, or never where the question ends before.
func slowNode(d time.Duration) *node {
	return &node{answer: func(ctx context.Context, _ string) (resolve.LoadResult, error) {
		select {
		case <-time.After(d):
			return resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(3)}, nil
		case <-ctx.Done():
			return resolve.LoadResult{}, ctx.Err()
		}
	}}
}

func TestManySearchOnceAndWhoeverLeavesTakesNothingAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := slowNode(2 * time.Second)
		r := resolver(t, n)
		impatient, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var all sync.WaitGroup
		all.Go(func() {
			if got := r.Search(impatient, words("a"), 3); got.Failure != music.FailureLoad {
				t.Errorf("%+v", got)
			}
		})
		for range 20 {
			all.Go(func() {
				if got := r.Search(t.Context(), words("a"), 3); len(got.Tracks) != 3 {
					t.Errorf("%+v", got)
				}
			})
		}
		all.Wait()
		if n.count() != 1 {
			t.Fatalf("asked %d times", n.count())
		}
	})
}

func TestASlowSourceStopsSearchesButNoPlays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := slowNode(5 * time.Second)
		r := resolver(t, n)
		began := time.Now()
		for i := range 10 {
			if got := r.Search(t.Context(), words(fmt.Sprint(i)), 3); got.Failure != music.FailureLoad {
				t.Fatalf("%+v", got)
			}
		}
		if took := time.Since(began); took != 5*resolve.SearchTimeout || n.count() != 5 {
			t.Fatalf("asked %d times in %v: searches are neither bounded nor given up", n.count(), took)
		}
		if got := r.Resolve(t.Context(), words("a"), 1); len(got.Tracks) != 1 {
			t.Fatalf("a play suffers from searches that came too late: %+v", got)
		}
		pass(resolve.DefaultRest + time.Second)
		r.Search(t.Context(), words("b"), 3)
		if n.count() != 7 {
			t.Fatalf("asked %d times: it is never tried again", n.count())
		}
	})
}

func TestASourceThatFailsPlaysIsNotSearched(t *testing.T) {
	n := found(resolve.LoadResult{Kind: resolve.KindError, Faulty: true})
	r := resolver(t, n)
	for i := range 5 {
		r.Resolve(t.Context(), words(fmt.Sprint(i)), 1)
	}
	if got := r.Search(t.Context(), words("x"), 3); got.Failure != music.FailureLoad || n.count() != 5 {
		t.Fatalf("%+v, asked %d times", got, n.count())
	}
}
