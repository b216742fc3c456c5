package redis_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/testenv"
)

const (
	// eachRound is how many events one round carries, for the peer and for us.
	eachRound = 20_000
	// releaseEach is after how many events our reader releases.
	releaseEach = 2_000
	eventSize   = 512
)

// durable is the configuration of the servers that are measured: what one runs.
func durable() []string { return []string{"appendonly yes", "appendfsync everysec"} }

func client(b *testing.B, s *testenv.RedisServer) *goredis.Client {
	b.Helper()
	o, err := goredis.ParseURL(s.URL())
	if err != nil {
		b.Fatal(err)
	}
	o.Protocol = 2
	c := goredis.NewClient(o)
	b.Cleanup(func() { _ = c.Close() })
	return c
}

// rawGroup carries events as go-redis's users do: four publishers with pipelines
// of a hundred XADDs, a consumer group, acknowledged a read at a time.
func rawGroup(b *testing.B, c *goredis.Client, key string, payload []byte) time.Duration {
	b.Helper()
	const publishers, pipeline = 4, 100
	ctx := b.Context()
	if err := c.XGroupCreateMkStream(ctx, key, "g", "$").Err(); err != nil {
		b.Fatal(err)
	}
	began := time.Now()
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			for range eachRound / publishers / pipeline {
				_, err := c.Pipelined(ctx, func(p goredis.Pipeliner) error {
					for range pipeline {
						p.XAdd(ctx, &goredis.XAddArgs{Stream: key, Values: []any{"d", payload}})
					}
					return nil
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	for n := 0; n < eachRound && !b.Failed(); {
		got, err := c.XReadGroup(ctx, &goredis.XReadGroupArgs{Group: "g", Consumer: "c", Streams: []string{key, ">"}, Count: 512, Block: time.Second}).Result()
		if err != nil {
			b.Fatal(err)
		}
		ids := make([]string, 0, 512)
		for _, m := range got[0].Messages {
			ids = append(ids, m.ID)
		}
		if err := c.XAck(ctx, key, "g", ids...).Err(); err != nil {
			b.Fatal(err)
		}
		n += len(ids)
	}
	wg.Wait()
	took := time.Since(began)
	c.Del(ctx, key)
	return took
}

// ours carries as many events over the bus, from many publishers that wait for
// each Append, with some messages in each, to one reader.
func ours(b *testing.B, r *redis.Bus, stream string, publishers, together int, payload []byte) time.Duration {
	b.Helper()
	ctx := b.Context()
	at, err := r.Begin(ctx, stream)
	if err != nil {
		b.Fatal(err)
	}
	each := eachRound / publishers / together
	began := time.Now()
	var wg sync.WaitGroup
	for range publishers {
		wg.Go(func() {
			ms := make([]bus.Message, together)
			for i := range ms {
				ms[i] = bus.Message{Key: "1100000000000000000", Kind: "music.input", Data: payload}
			}
			for range each {
				if err := r.Append(ctx, stream, ms...); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	for n := 0; n < each*publishers*together && !b.Failed(); {
		got, to, err := r.Read(ctx, stream, at, 512)
		if err != nil {
			b.Fatal(err)
		}
		n, at = n+len(got), to
		if n/releaseEach > (n-len(got))/releaseEach {
			if err := r.Release(ctx, stream, at); err != nil {
				b.Fatal(err)
			}
		}
	}
	wg.Wait()
	took := time.Since(began)
	return took * eachRound / time.Duration(each*publishers*together)
}

// BenchmarkThroughput reports events a second, codec included, and how many
// times as many as the raw consumer group in the same run.
func BenchmarkThroughput(b *testing.B) {
	for name, c := range map[string]struct{ publishers, together int }{
		"64": {64, 1}, "512": {512, 1}, "burst": {64, 32},
	} {
		b.Run(name, func(b *testing.B) {
			s := testenv.NewRedis(b, durable()...)
			raw, payload := client(b, s), make([]byte, eventSize)
			r := open(b, redis.Options{URL: s.URL()})
			var theirs, own []float64
			for n := 0; b.Loop(); n++ {
				theirs = append(theirs, float64(rawGroup(b, raw, fmt.Sprint("raw", n), payload)))
				own = append(own, float64(ours(b, r, fmt.Sprint("s", n), c.publishers, c.together, payload)))
			}
			b.ReportMetric(eachRound/middle(own)*float64(time.Second), "events/s")
			b.ReportMetric(middle(theirs)/middle(own), "ratio")
		})
	}
}

// middle is the median.
func middle(v []float64) float64 { return slices.Sorted(slices.Values(v))[len(v)/2] }

// BenchmarkHop reports how long one message takes from its sender to its reader
// at a thousand a second, in microseconds, and how many times as long as a raw
// XADD and XREAD. Both go in turns, so that both have the same machine.
func BenchmarkHop(b *testing.B) {
	s := testenv.NewRedis(b, durable()...)
	payload := make([]byte, eventSize)
	r := open(b, redis.Options{URL: s.URL()})
	own, theirs := hopOver(b, busHop(b, r, payload)), hopOver(b, rawHop(b, client(b, s), payload))
	pace := time.NewTicker(time.Millisecond)
	defer pace.Stop()
	for b.Loop() {
		<-pace.C
		own()
		<-pace.C
		theirs()
	}
	mine, other := own(), theirs()
	b.ReportMetric(middle(mine)/1e3, "us/hop")
	b.ReportMetric(middle(mine)/middle(other), "times")
}

// hop sends a message; its time of arrival comes over the channel.
type hop struct {
	send    func() error
	arrived <-chan time.Time
}

// hopOver measures a hop at each call and returns all that were measured.
func hopOver(b *testing.B, h hop) func() []float64 {
	var took []float64
	return func() []float64 {
		began := time.Now()
		if err := h.send(); err != nil {
			b.Fatal(err)
		}
		took = append(took, float64((<-h.arrived).Sub(began)))
		return took
	}
}

func busHop(b *testing.B, r *redis.Bus, payload []byte) hop {
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(cancel)
	at, err := r.Begin(ctx, "hop")
	if err != nil {
		b.Fatal(err)
	}
	arrived := make(chan time.Time)
	go func() {
		for {
			_, to, err := r.Read(ctx, "hop", at, 64)
			if err != nil {
				return
			}
			arrived <- time.Now()
			if at = to; at.Position%256 == 0 {
				_ = r.Release(ctx, "hop", at)
			}
		}
	}()
	m := bus.Message{Key: "1100000000000000000", Kind: "music.input", Data: payload}
	return hop{func() error { return r.Append(ctx, "hop", m) }, arrived}
}

func rawHop(b *testing.B, c *goredis.Client, payload []byte) hop {
	ctx, cancel := context.WithCancel(b.Context())
	b.Cleanup(cancel)
	arrived := make(chan time.Time)
	go func() {
		at := "0"
		for ctx.Err() == nil {
			got, err := c.XRead(ctx, &goredis.XReadArgs{Streams: []string{"rawhop", at}, Count: 64, Block: time.Second}).Result()
			if err != nil {
				continue // nothing came for a second, or the benchmark is over
			}
			arrived <- time.Now()
			at = got[0].Messages[len(got[0].Messages)-1].ID
		}
	}()
	return hop{func() error {
		return c.XAdd(ctx, &goredis.XAddArgs{Stream: "rawhop", Values: []any{"d", payload}}).Err()
	}, arrived}
}
