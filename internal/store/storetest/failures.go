package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// breaker fails at a stage, once it is set.
type breaker struct {
	mu    sync.Mutex
	stage store.Stage
	hits  int
}

func (b *breaker) fail(s store.Stage) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s != b.stage {
		return nil
	}
	b.hits++
	return errors.New("cut here")
}

func (b *breaker) set(s store.Stage) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stage = s
	n := b.hits
	b.hits = 0
	return n
}

// testFailures cuts a commit at each stage, as a crash or a lost connection
// would, and looks at what is there.
func testFailures(t *testing.T, open Open) {
	var cut breaker
	s := open(t, cut.fail)
	o := own(t, s, 0, "h")
	g := guild("g", player("1", slots("a", "b")...))
	o.put(nil, g)
	for _, c := range []struct {
		stage store.Stage
		code  fault.Code
		stays bool
	}{
		{store.StageBegin, fault.Unavailable, false},
		{store.StageWrite, fault.Unavailable, false},
		{store.StageCommit, fault.Unknown, false},
		{store.StageAnswer, fault.Unknown, true},
	} {
		t.Run(string(c.stage), func(t *testing.T) {
			next := queued(g, g.Players[0].Queue[1:]...)
			key := "effect-" + string(c.stage)
			b := store.Batch{
				Guilds:  []store.GuildChange{{Before: g, After: next}},
				Events:  []store.Record{o.record("event-"+string(c.stage), epoch)},
				Effects: []store.EffectRow{o.effect(key, "answer")},
			}
			cut.set(c.stage)
			_, err := o.try(b)
			if hits := cut.set(""); hits != 1 {
				t.Fatalf("the failpoint was hit %d times", hits)
			}
			want(t, err, c.code, "the commit")
			now, err := s.BatchNumbers(t.Context(), []int{0})
			if err != nil {
				t.Fatal(err)
			}
			if stays := now[0].Batch == o.stamp.Batch+1; stays != c.stays {
				t.Fatalf("the batch number is %d after %d", now[0].Batch, o.stamp.Batch)
			}
			_, _, err = s.Effect(t.Context(), key)
			if (err == nil) != c.stays {
				t.Errorf("the effect: %v", err)
			}
			if !c.stays {
				sameGuild(t, o.load("g"), g)
				o.commit(b) // the same batch again goes through
			} else {
				o.stamp.Batch++
			}
			sameGuild(t, o.load("g"), next)
			// The loop goes on with what it has in memory.
			after := queued(next, append([]*music.Slot{slot("n-" + string(c.stage))}, next.Players[0].Queue...)...)
			o.put(next, after)
			sameGuild(t, o.load("g"), after)
			g = after
			rest := queued(g, slots("a", "b")...)
			o.put(g, rest)
			g = rest
		})
	}
	t.Run("the caller is gone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		stamp := o.stamp
		stamp.Batch++
		_, err := s.Commit(ctx, &store.Batch{Stamps: []store.Stamp{stamp}, At: epoch})
		now, again := s.BatchNumbers(t.Context(), []int{0})
		if again != nil {
			t.Fatal(again)
		}
		switch fault.CodeOf(err) {
		case "":
			o.stamp.Batch++
		case fault.Unavailable:
		default:
			t.Fatalf("got %v", err)
		}
		if now[0].Batch != o.stamp.Batch {
			t.Errorf("%v left batch %d", err, now[0].Batch)
		}
	})
}
