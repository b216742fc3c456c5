package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"github.com/atrilhq/platform/bench/proc"
)

// samplesTaken is how many samples a run gives, whatever time it takes.
const samplesTaken = 24

// snapshot is what the processes of a cluster hold at a moment: live heap in bytes,
// and the messages that wait in the streams between them.
type snapshot struct {
	at        time.Duration
	heap, lag float64
}

// A watch looks at the processes of a cluster while it is busy.
type watch struct {
	members []*proc.Platform
	redis   *goredis.Client
	samples []snapshot
}

func newWatch(members []*proc.Platform, redis string) (*watch, error) {
	o, err := goredis.ParseURL(redis)
	if err != nil {
		return nil, err
	}
	o.Protocol = 2
	return &watch{members: members, redis: goredis.NewClient(o)}, nil
}

func (w *watch) close() { _ = w.redis.Close() }

// sample looks at even times until ctx ends, the last time at its end.
func (w *watch) sample(ctx context.Context, during time.Duration) error {
	began := time.Now()
	tick := time.NewTicker(max(during/samplesTaken, 100*time.Millisecond))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		s := snapshot{at: time.Since(began)}
		for _, d := range w.members {
			heap, err := d.Heap(ctx)
			if errors.Is(err, context.Canceled) {
				return nil
			}
			if err != nil {
				return err
			}
			s.heap += heap
		}
		var err error
		if s.lag, err = w.lag(ctx); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		w.samples = append(w.samples, s)
	}
}

// lag is how many messages wait in all streams, by what their readers have told
// Redis, which they do each quarter of a second.
func (w *watch) lag(ctx context.Context) (waits float64, err error) {
	streams := 0
	keys := w.redis.Scan(ctx, 0, "{platform:*}:meta", 1_000).Iterator()
	for keys.Next(ctx) {
		got, err := w.redis.HMGet(ctx, keys.Val(), "last", "read").Result()
		if err != nil {
			return 0, err
		}
		last, err1 := number(got[0])
		read, err2 := number(got[1])
		if err := errors.Join(err1, err2); err != nil {
			return 0, fmt.Errorf("what Redis has of %s: %w", keys.Val(), err)
		}
		waits, streams = waits+last-read, streams+1
	}
	if err := keys.Err(); err != nil {
		return 0, err
	}
	if streams == 0 {
		return 0, errors.New("there is no stream in Redis: nothing crosses processes")
	}
	return waits, nil
}

func number(v any) (float64, error) {
	text, ok := v.(string)
	if !ok {
		return 0, errors.New("a number is missing")
	}
	return strconv.ParseFloat(text, 64)
}
