package redis_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/testenv"
)

// watched is the address of what a sentinel watches.
func watched(w testenv.Watched) string {
	return strings.Replace(w.Sentinel.URL(), "redis://", "redis+sentinel://", 1) + "/" + w.Name
}

// TestFailover kills the primary while messages flow. The replica may lack the
// last of them: what is missing is never passed without a reset, and what was
// not released comes again.
func TestFailover(t *testing.T) {
	w := testenv.RedisWatched(t)
	r := &rig{T: t, server: w.Primary, prefix: prefix()}
	r.bus = open(t, redis.Options{URL: watched(w), Prefix: r.prefix})
	at := r.begin()
	first := at.Generation
	topic := r.bus.Subscribe("t", 10_000)
	defer topic.Close()

	var over atomic.Bool
	var written atomic.Int64
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for i := int64(1); !over.Load() && t.Context().Err() == nil; i++ {
			for t.Context().Err() == nil {
				err := r.bus.Append(t.Context(), stream, bus.Message{Number: i})
				if err == nil {
					written.Store(i)
					break
				}
				if !errors.Is(err, fault.Of(fault.Unavailable)) {
					t.Errorf("append: %v", err)
					return
				}
			}
		}
	}()
	var next, resets int64 = 1, 0
	// read takes what there is and releases a part of it, as an owner does.
	read := func(until func() bool) {
		t.Helper()
		r.until("reading on", func() error {
			for !until() {
				got, to, err := r.bus.Read(within(t), stream, at, 50)
				if errors.Is(err, bus.ErrReset) {
					resets++
					at, next = r.begin(), 0 // whatever it has comes, and then all of it
					continue
				}
				if err != nil {
					return err
				}
				for _, d := range got {
					if next > 0 && d.Number > next {
						t.Fatalf("got %d, want %d, and nobody said that something is missing", d.Number, next)
					}
					next = d.Number + 1
				}
				if at = to; next%3 == 0 {
					_ = r.bus.Release(within(t), stream, at) // one that is lost is made up for by the next
				}
			}
			return nil
		})
	}
	read(func() bool { return next > 200 })
	w.Primary.Kill(t)
	w.Promoted(t)
	before := written.Load()
	read(func() bool { return resets > 0 && written.Load() > before+100 })
	over.Store(true)
	<-stopped
	last := written.Load()
	read(func() bool { return next > last })
	if at.Generation == first {
		t.Error("another server took over, and the generation is the same")
	}
	r.until("topics are heard again", func() error {
		if err := r.bus.Publish(within(t), "t", bus.Message{Kind: "again"}); err != nil {
			return err
		}
		select {
		case <-topic.C():
			return nil
		default:
			return errors.New("nothing is heard")
		}
	})
}
