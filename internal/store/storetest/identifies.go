package storetest

import (
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// shardOf acquires a shard and returns a request for it.
func shardOf(t *testing.T, s store.Store, bot music.BotID, shard int, holder string) store.IdentifyRequest {
	t.Helper()
	l, _, err := s.AcquireShard(t.Context(), bot, shard, 16, holder, long)
	if err != nil {
		t.Fatal(err)
	}
	return store.IdentifyRequest{Bot: bot, Shard: shard, Holder: holder, Epoch: l.Epoch, Allowed: 4, Spacing: time.Hour}
}

func testIdentifies(t *testing.T, open Open) {
	s := open(t, nil)
	ctx := t.Context()
	reserve := func(r store.IdentifyRequest) (time.Time, time.Duration) {
		t.Helper()
		at, wait, err := s.ReserveIdentify(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		return at, wait
	}
	spent := func(n int) {
		t.Helper()
		if got, err := s.IdentifiesSpent(ctx, "1"); err != nil || got != n {
			t.Errorf("%d are spent, want %d, %v", got, n, err)
		}
	}
	a, b := shardOf(t, s, "1", 0, "a"), shardOf(t, s, "1", 1, "b")
	first, wait := reserve(a)
	if wait != 0 || first.IsZero() {
		t.Fatalf("the first: %v, %v", first, wait)
	}
	// The same bucket in another process waits for what is left of the distance.
	if at, wait := reserve(b); !at.IsZero() || wait <= 0 || wait > time.Hour {
		t.Errorf("the same bucket: %v, %v", at, wait)
	}
	b.Bucket = 1
	second, wait := reserve(b)
	if wait != 0 {
		t.Errorf("another bucket waits %v", wait)
	}
	spent(2)
	if err := s.ReturnIdentify(ctx, "1", 1, second); err != nil {
		t.Fatal(err)
	}
	spent(1)
	if _, wait := reserve(b); wait <= 0 {
		t.Error("what was given back keeps no distance")
	}
	other := shardOf(t, s, "2", 0, "a")
	if _, wait := reserve(other); wait != 0 {
		t.Errorf("another bot waits %v", wait)
	}
	t.Run("the lease was lost", func(t *testing.T) {
		shardOf(t, s, "1", 0, "a")
		_, _, err := s.ReserveIdentify(ctx, a)
		want(t, err, fault.Conflict, "an old epoch")
	})
	t.Run("bad input", func(t *testing.T) {
		for _, change := range []func(*store.IdentifyRequest){
			func(r *store.IdentifyRequest) { r.Bot = "" },
			func(r *store.IdentifyRequest) { r.Shard = -1 },
			func(r *store.IdentifyRequest) { r.Bucket = -1 },
			func(r *store.IdentifyRequest) { r.Allowed = 0 },
			func(r *store.IdentifyRequest) { r.Spacing = 48 * time.Hour },
		} {
			r := b
			change(&r)
			_, _, err := s.ReserveIdentify(ctx, r)
			want(t, err, fault.Invalid, "a request that cannot be")
		}
	})
	t.Run("many at once", func(t *testing.T) { testIdentifiesAtOnce(t, s) })
}

// testIdentifiesAtOnce lets sixteen processes ask at the same moment, each for a
// bucket of its own: no more than the budget are given out.
func testIdentifiesAtOnce(t *testing.T, s store.Store) {
	var wg sync.WaitGroup
	given := make(chan int, 16)
	for i := range 16 {
		r := shardOf(t, s, "3", i, "p")
		r.Bucket = i
		wg.Go(func() {
			at, wait, err := s.ReserveIdentify(t.Context(), r)
			switch {
			case err != nil:
				t.Errorf("shard %d: %v", i, err)
			case wait == 0:
				given <- i
			case !at.IsZero() || wait < 23*time.Hour || wait > 24*time.Hour:
				t.Errorf("shard %d: at %v, waits %v", i, at, wait)
			}
		})
	}
	wg.Wait()
	if len(given) != 4 {
		t.Errorf("%d of 4 are given out", len(given))
	}
	if n, err := s.IdentifiesSpent(t.Context(), "3"); err != nil || n != 4 {
		t.Errorf("%d are spent, %v", n, err)
	}
}
