package discord

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/disgoorg/disgo/rest"
	"github.com/jonboulle/clockwork"
)

const (
	// globalLimit is how many requests are sent in a second, below Discord's
	// 50; interaction endpoints are exempt
	// (https://discord.com/developers/docs/topics/rate-limits).
	globalLimit = 45
	// invalidLimit is where requests stop for a while: 10,000 answers 401, 403
	// and 429 in 10 min ban the address.
	invalidLimit  = 5000
	invalidWindow = 10 * time.Minute
	// routeLimit is how many routes are remembered before old ones are dropped.
	routeLimit = 4096
	// longestWait caps what a header can ask for.
	longestWait = 24 * time.Hour
	// probeTime is how long others wait for the first answer of a route.
	probeTime = 100 * time.Millisecond
)

// limited says that a limit lasts longer than the call.
type limited struct{ wait time.Duration }

func (l *limited) Error() string {
	return fmt.Sprintf("a rate limit lasts for another %s", l.wait.Round(time.Millisecond))
}

// limiter keeps Discord's rate limits for disgo's REST client, whose own one
// fails on fractions of seconds, tries at once again without a bucket header
// and never ends its goroutine.
type limiter struct {
	clock clockwork.Clock

	mu      sync.Mutex
	global  time.Time   // until when everything waits
	second  []time.Time // what was sent within the last second
	invalid []time.Time
	buckets map[string]*bucket // by Discord's name and the major parameters
	routes  map[string]string  // the name of each route's bucket
}

// bucket is a limit. While probe is set its numbers are not known, and one
// request at a time goes ahead to learn them.
type bucket struct {
	remaining int
	reset     time.Time
	probe     bool
}

func newLimiter(clock clockwork.Clock) *limiter {
	return &limiter{clock: clock, buckets: map[string]*bucket{}, routes: map[string]string{}}
}

// MaxRetries is 1: a call repeats by itself.
func (l *limiter) MaxRetries() int { return 1 }

// Close has nothing to wait for.
func (l *limiter) Close(context.Context) {}

// Reset forgets all limits.
func (l *limiter) Reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.global, l.second, l.invalid = time.Time{}, nil, nil
	clear(l.buckets)
	clear(l.routes)
}

// Wait waits until a request may be sent, and counts it. Where that is later
// than the context's deadline it fails at once, so that nothing is held up.
func (l *limiter) Wait(ctx context.Context, to *rest.CompiledEndpoint) error {
	for {
		wait := l.take(to)
		if wait <= 0 {
			return nil
		}
		if deadline, ok := ctx.Deadline(); ok && wait > time.Until(deadline) {
			return &limited{wait}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", errUnsent, ctx.Err())
		case <-l.clock.After(wait):
		}
	}
}

func exempt(to *rest.CompiledEndpoint) bool {
	return strings.HasPrefix(to.Endpoint.Route, "/interactions/") || strings.HasPrefix(to.Endpoint.Route, "/webhooks/")
}

func routeOf(to *rest.CompiledEndpoint) string { return to.Endpoint.Method + " " + to.Endpoint.Route }

func (l *limiter) bucketOf(to *rest.CompiledEndpoint) string {
	route := routeOf(to)
	if name, ok := l.routes[route]; ok {
		route = name
	}
	return route + " " + to.MajorParams
}

// take counts a request where none of the limits is reached, or returns how
// long to wait before asking again.
func (l *limiter) take(to *rest.CompiledEndpoint) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	l.invalid = since(l.invalid, now, invalidWindow)
	if len(l.invalid) >= invalidLimit {
		return max(l.invalid[0].Add(invalidWindow).Sub(now), time.Millisecond)
	}
	if wait := l.global.Sub(now); wait > 0 {
		return wait
	}
	b := l.buckets[l.bucketOf(to)]
	if b != nil && b.remaining <= 0 {
		if wait := b.reset.Sub(now); wait > 0 {
			return wait
		}
	}
	if !exempt(to) {
		l.second = since(l.second, now, time.Second)
		if len(l.second) >= globalLimit {
			return max(l.second[0].Add(time.Second).Sub(now), time.Millisecond)
		}
		l.second = append(l.second, now)
	}
	if b == nil || !now.Before(b.reset) {
		l.set(to, &bucket{reset: now.Add(probeTime), probe: true})
		return 0
	}
	b.remaining--
	return 0
}

func since(times []time.Time, now time.Time, window time.Duration) []time.Time {
	for len(times) > 0 && now.Sub(times[0]) >= window {
		times = times[1:]
	}
	return times
}

// Unlock learns from an answer. It never fails: a header that cannot be read is
// one that is not there.
func (l *limiter) Unlock(to *rest.CompiledEndpoint, rs *http.Response) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	key := l.bucketOf(to)
	b := l.buckets[key]
	if b != nil && b.probe {
		delete(l.buckets, key)
		b = nil
	}
	if rs == nil {
		return nil
	}
	h := rs.Header
	switch rs.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		if h.Get("X-RateLimit-Scope") != "shared" { // those do not count, as documented
			l.invalid = append(l.invalid, now)
		}
	}
	if name := h.Get("X-RateLimit-Bucket"); name != "" {
		l.routes[routeOf(to)] = name
	}
	if rs.StatusCode == http.StatusTooManyRequests {
		wait, ok := seconds(h.Get("Retry-After"))
		if !ok {
			wait, ok = seconds(h.Get("X-RateLimit-Reset-After"))
		}
		if !ok {
			wait = time.Second
		}
		until := now.Add(wait)
		// Without Via it is Cloudflare that answers, for the whole address.
		if h.Get("X-RateLimit-Global") != "" || h.Get("Via") == "" {
			l.global = until
			return nil
		}
		l.set(to, &bucket{reset: until})
		return nil
	}
	remaining, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, ok := seconds(h.Get("X-RateLimit-Reset-After"))
	if err != nil || !ok {
		return nil
	}
	reset := now.Add(after)
	if b != nil && now.Before(b.reset) {
		remaining = min(remaining, b.remaining) // others may be under way
	}
	l.set(to, &bucket{remaining: remaining, reset: reset})
	return nil
}

func (l *limiter) set(to *rest.CompiledEndpoint, b *bucket) {
	if len(l.buckets) >= routeLimit {
		now := l.clock.Now()
		for k, old := range l.buckets {
			if !now.Before(old.reset) {
				delete(l.buckets, k)
			}
		}
	}
	l.buckets[l.bucketOf(to)] = b
}

// seconds reads a number of seconds with a fraction.
func seconds(s string) (time.Duration, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 0 || math.IsNaN(f) {
		return 0, false
	}
	return time.Duration(math.Ceil(min(f, longestWait.Seconds()) * float64(time.Second))), true
}
