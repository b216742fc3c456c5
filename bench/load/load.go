// Package load offers work at stated rates and counts what came of it: an open
// loop, whose arrivals follow a fixed schedule whatever the answers do, and a
// closed one that keeps a number of callers busy.
package load

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Open starts n calls of do, the i-th at i/rate seconds from now, each in a
// goroutine of its own, and waits for all of them. A call gets the time that it
// was due at: latencies counted from there include what the generator itself
// was late by, and a system that stalls cannot slow the arrivals down. It
// returns how late each call was started, and the errors of the calls.
func Open(ctx context.Context, rate float64, n int, do func(i int, due time.Time) error) ([]time.Duration, error) {
	late := make([]time.Duration, 0, n)
	errs := &failures{}
	var running sync.WaitGroup
	begin := time.Now()
	for i := range n {
		due := begin.Add(time.Duration(float64(i) / rate * float64(time.Second)))
		if err := sleepUntil(ctx, due); err != nil {
			errs.add(err)
			break
		}
		late = append(late, time.Since(due))
		running.Go(func() { errs.add(do(i, due)) })
	}
	running.Wait()
	return late, errs.join()
}

// Closed keeps callers busy for a while: each calls do with its number again and
// again, one call after the other. do returns how much it did; Closed returns
// how much was done a second. A call that has begun is finished and counted,
// and so is the time that it took.
func Closed(ctx context.Context, callers int, during time.Duration, do func(caller int) (int, error)) (float64, error) {
	var (
		done    atomic.Int64
		running sync.WaitGroup
		errs    failures
	)
	begin := time.Now()
	for c := range callers {
		running.Go(func() {
			for time.Since(begin) < during && ctx.Err() == nil {
				n, err := do(c)
				done.Add(int64(n))
				if err != nil {
					errs.add(err)
					return
				}
			}
		})
	}
	running.Wait()
	return float64(done.Load()) / time.Since(begin).Seconds(), errs.join()
}

// failures keeps the first errors; more of them say nothing new.
type failures struct {
	mu    sync.Mutex
	first []error
	n     int
}

const keptErrors = 3

func (f *failures) add(err error) {
	if err == nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.n++; len(f.first) < keptErrors {
		f.first = append(f.first, err)
	}
}

func (f *failures) join() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return errors.Join(f.first...)
}

// Percentile returns the smallest value that p percent of the values do not
// exceed (the nearest rank), 0 where there are none.
func Percentile(values []time.Duration, p float64) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	rank := int(p / 100 * float64(len(sorted)))
	if float64(rank) < p/100*float64(len(sorted)) {
		rank++
	}
	return sorted[min(max(rank, 1), len(sorted))-1]
}

// Slope returns how much y grows with each unit of x: the straight line through
// the points with the least squares. It is 0 for fewer than two points.
func Slope(x, y []float64) float64 {
	n := float64(len(x))
	if len(x) < 2 || len(x) != len(y) {
		return 0
	}
	var sx, sy, sxx, sxy float64
	for i := range x {
		sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
	}
	if d := n*sxx - sx*sx; d != 0 {
		return (n*sxy - sx*sy) / d
	}
	return 0
}
