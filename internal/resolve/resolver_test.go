package resolve_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/resolve"
)

// node answers what a test says and remembers what it was asked.
type node struct {
	answer func(ctx context.Context, identifier string) (resolve.LoadResult, error)

	mu    sync.Mutex
	asked []string
}

func (n *node) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	n.mu.Lock()
	n.asked = append(n.asked, identifier)
	n.mu.Unlock()
	return n.answer(ctx, identifier)
}

func (n *node) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.asked)
}

func tracks(n int) []music.Track {
	out := make([]music.Track, n)
	for i := range out {
		out[i] = music.Track{Encoded: fmt.Sprintf("e%d", i), Title: fmt.Sprintf("t%d", i)}
	}
	return out
}

func found(res resolve.LoadResult) *node {
	return &node{answer: func(context.Context, string) (resolve.LoadResult, error) { return res, nil }}
}

func resolver(t testing.TB, n *node, change ...func(*resolve.Options)) *resolve.Resolver {
	t.Helper()
	opts := resolve.Options{Loader: n, Policy: policy(t, resolve.PolicyOptions{})}
	for _, c := range change {
		c(&opts)
	}
	r, err := resolve.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// pass lets time go by in a bubble of synctest, where no time really does.
func pass(d time.Duration) { time.Sleep(d) } //nolint:forbidigo // the clock of the bubble moves by it

func words(s string) music.Query { return music.Query{Text: s} }

func link(path string) music.Query {
	return music.Query{Text: "https://music.example.com/" + path, URL: true}
}

func TestWhatAQueryBecomes(t *testing.T) {
	for name, c := range map[string]struct {
		q     music.Query
		res   resolve.LoadResult
		limit int
		asked string
		want  music.Resolved
	}{
		"words take the best hit": {
			words("ocean"),
			resolve.LoadResult{Kind: resolve.KindSearch, Tracks: tracks(9), Total: 9},
			50,
			"ytsearch:ocean",
			music.Resolved{Tracks: tracks(1)},
		},
		"words that look like a prefix": {
			words("scsearch:ocean"),
			resolve.LoadResult{Kind: resolve.KindEmpty},
			1,
			"ytsearch:scsearch:ocean",
			music.Resolved{Failure: music.FailureNotFound},
		},
		"an address": {
			link("a"),
			resolve.LoadResult{Kind: resolve.KindFound, Tracks: tracks(1), Total: 1},
			5,
			"https://music.example.com/a",
			music.Resolved{Tracks: tracks(1)},
		},
		"a playlist up to the limit": {
			link("p"),
			resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(5000), Playlist: "P", Total: 5000},
			300,
			"https://music.example.com/p",
			music.Resolved{Tracks: tracks(300), Playlist: "P", Total: 5000},
		},
		"a short playlist": {
			link("p"),
			resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(3), Playlist: "P", Total: 4},
			300,
			"https://music.example.com/p",
			music.Resolved{Tracks: tracks(3), Playlist: "P", Total: 4},
		},
		"an empty playlist": {
			link("p"),
			resolve.LoadResult{Kind: resolve.KindPlaylist, Playlist: "P"},
			300,
			"https://music.example.com/p",
			music.Resolved{Failure: music.FailureNotFound},
		},
		"no room": {
			link("p"),
			resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(3), Total: 3},
			0,
			"https://music.example.com/p",
			music.Resolved{Tracks: tracks(1), Total: 3},
		},
		"nothing": {words("zzz"), resolve.LoadResult{Kind: resolve.KindEmpty}, 5, "ytsearch:zzz", music.Resolved{Failure: music.FailureNotFound}},
		"a source's error": {
			link("x"),
			resolve.LoadResult{Kind: resolve.KindError, Message: "no"},
			5,
			"https://music.example.com/x",
			music.Resolved{Failure: music.FailureLoad},
		},
		"a denied address":   {music.Query{Text: "http://127.0.0.1/", URL: true}, resolve.LoadResult{}, 5, "", music.Resolved{Failure: music.FailureDenied}},
		"an unknown address": {music.Query{Text: "ftp://music.example.com/", URL: true}, resolve.LoadResult{}, 5, "", music.Resolved{Failure: music.FailureUnknown}},
		"an unknown host":    {music.Query{Text: "http://gone.example.com/", URL: true}, resolve.LoadResult{}, 5, "", music.Resolved{Failure: music.FailureNotFound}},
	} {
		t.Run(name, func(t *testing.T) {
			n := found(c.res)
			got := resolver(t, n).Resolve(context.Background(), c.q, c.limit)
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %.200v\nwant %.200v", got, c.want)
			}
			if c.asked == "" && n.count() != 0 || c.asked != "" && (n.count() != 1 || n.asked[0] != c.asked) {
				t.Errorf("asked %v", n.asked)
			}
		})
	}
}

func TestErrorsOfLoaders(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want music.ResolveFailure
	}{
		"no node":        {resolve.ErrNoNode, music.FailureNoNode},
		"node away":      {fault.New(fault.Unavailable, "x", "away"), music.FailureNoNode},
		"wrong password": {fault.New(fault.Denied, "x", "no"), music.FailureNoNode},
		"anything else":  {errors.New("odd"), music.FailureLoad},
	} {
		n := &node{answer: func(context.Context, string) (resolve.LoadResult, error) { return resolve.LoadResult{}, c.err }}
		if got := resolver(t, n).Resolve(context.Background(), words("a"), 1); got.Failure != c.want || got.Tracks != nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAnswersAreKeptForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := found(resolve.LoadResult{Kind: resolve.KindPlaylist, Tracks: tracks(20), Playlist: "P", Total: 20})
		r := resolver(t, n, func(o *resolve.Options) { o.Entries = 2 })
		ask := func(path string, limit, asked int) {
			t.Helper()
			if got := r.Resolve(t.Context(), link(path), limit); len(got.Tracks) != min(limit, 20) {
				t.Fatalf("%d tracks", len(got.Tracks))
			} else {
				got.Tracks[0].Title = "changed by the caller"
			}
			if n.count() != asked {
				t.Fatalf("asked %v", n.asked)
			}
		}
		ask("a", 1, 1)
		ask("a", 20, 1) // the limit is no part of what is kept
		if got := r.Resolve(t.Context(), link("a"), 1); got.Tracks[0].Title != "t0" {
			t.Fatalf("a caller changed what is kept: %+v", got)
		}
		pass(5*time.Minute - time.Second)
		ask("a", 1, 1)
		pass(time.Second)
		ask("a", 1, 2)
		ask("b", 1, 3)
		ask("c", 1, 4) // a had to go
		ask("b", 1, 4)
		ask("a", 1, 5)
		if c := r.Counters(); c.Loads != 5 || c.Hits == 0 {
			t.Fatalf("counters %+v", c)
		}
	})
}

func TestFailuresAreNotKept(t *testing.T) {
	for _, kind := range []string{resolve.KindEmpty, resolve.KindError} {
		n := found(resolve.LoadResult{Kind: kind})
		r := resolver(t, n)
		for range 3 {
			r.Resolve(context.Background(), words("a"), 1)
		}
		if n.count() != 3 {
			t.Errorf("%s was kept", kind)
		}
	}
}

func TestManyAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &node{answer: func(ctx context.Context, _ string) (resolve.LoadResult, error) {
			select {
			case <-time.After(3 * time.Second):
				return resolve.LoadResult{Kind: resolve.KindFound, Tracks: tracks(1)}, nil
			case <-ctx.Done():
				return resolve.LoadResult{}, ctx.Err()
			}
		}}
		r := resolver(t, n)
		impatient, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		var served atomic.Int32
		var wg sync.WaitGroup
		wg.Go(func() { // the first one leaves, and takes nothing along
			if got := r.Resolve(impatient, words("a"), 1); got.Failure != music.FailureLoad {
				t.Errorf("%+v", got)
			}
		})
		synctest.Wait()
		for range 20 {
			wg.Go(func() {
				if got := r.Resolve(t.Context(), words("a"), 1); len(got.Tracks) == 1 {
					served.Add(1)
				}
			})
		}
		wg.Wait()
		if served.Load() != 20 || n.count() != 1 {
			t.Fatalf("%d served, %d asked", served.Load(), n.count())
		}
	})
}

func TestASourceInTroubleIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var well atomic.Bool
		n := &node{answer: func(_ context.Context, identifier string) (resolve.LoadResult, error) {
			if well.Load() || identifier[:4] == "http" {
				return resolve.LoadResult{Kind: resolve.KindFound, Tracks: tracks(1)}, nil
			}
			return resolve.LoadResult{Kind: resolve.KindError, Faulty: true}, nil
		}}
		r := resolver(t, n)
		for i := range 10 {
			if got := r.Resolve(t.Context(), words(fmt.Sprint(i)), 1); got.Failure != music.FailureLoad {
				t.Fatalf("%+v", got)
			}
		}
		if n.count() != 5 || r.Counters().Rested != 5 {
			t.Fatalf("asked %d times, %+v", n.count(), r.Counters())
		}
		if got := r.Resolve(t.Context(), link("a"), 1); got.Failure != "" {
			t.Fatalf("another source suffers: %+v", got)
		}
		well.Store(true)
		pass(resolve.DefaultRest + time.Second)
		if got := r.Resolve(t.Context(), words("again"), 1); got.Failure != "" {
			t.Fatalf("%+v", got)
		}
	})
}

func TestWhatIsNoTroubleOfTheSource(t *testing.T) {
	for name, answer := range map[string]func() (resolve.LoadResult, error){
		"no node":             func() (resolve.LoadResult, error) { return resolve.LoadResult{}, resolve.ErrNoNode },
		"a track not to have": func() (resolve.LoadResult, error) { return resolve.LoadResult{Kind: resolve.KindError}, nil },
		"nothing there":       func() (resolve.LoadResult, error) { return resolve.LoadResult{Kind: resolve.KindEmpty}, nil },
	} {
		n := &node{answer: func(context.Context, string) (resolve.LoadResult, error) { return answer() }}
		r := resolver(t, n)
		for i := range 20 {
			r.Resolve(context.Background(), words(fmt.Sprint(i)), 1)
		}
		if n.count() != 20 {
			t.Errorf("%s: asked %d times", name, n.count())
		}
	}
}

func TestAQuestionIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &node{answer: func(ctx context.Context, _ string) (resolve.LoadResult, error) {
			<-ctx.Done()
			return resolve.LoadResult{}, fault.Wrap(ctx.Err(), fault.Unavailable, "x", "the node does not answer")
		}}
		began := time.Now()
		got := resolver(t, n).Resolve(t.Context(), words("a"), 1)
		if took := time.Since(began); got.Failure != music.FailureLoad || took != resolve.DefaultTimeout {
			t.Fatalf("%+v after %v", got, took)
		}
	})
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	n, p := found(resolve.LoadResult{}), policy(t, resolve.PolicyOptions{})
	for name, opts := range map[string]resolve.Options{
		"no loader": {Policy: p},
		"no policy": {Loader: n},
		"timeout":   {Loader: n, Policy: p, Timeout: -1},
		"entries":   {Loader: n, Policy: p, Entries: -1},
	} {
		if _, err := resolve.New(opts); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
