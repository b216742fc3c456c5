package discord

import (
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"strconv"
	"time"
)

// rate is a limit of n requests in a window; the zero value is none.
type rate struct {
	n   int
	per time.Duration
}

// bucket counts down what is left until it is reset.
type bucket struct {
	left  int
	reset time.Time
}

// limiter counts requests by key. It belongs to the World's lock.
type limiter struct {
	buckets map[string]*bucket
	// held are limits in force that nobody has used up: by a fault, or a ban.
	held map[string]heldLimit
	// invalid counts the bad answers of an address in 10 minutes.
	invalid map[string]*bucket
}

// take uses one request up and says what is left, or that there was none.
func (l *limiter) take(key string, r rate, now time.Time) (b bucket, ok bool) {
	if len(l.buckets) > 10_000 {
		for k, b := range l.buckets {
			if !b.reset.After(now) {
				delete(l.buckets, k)
			}
		}
	}
	p := l.buckets[key]
	if p == nil || !p.reset.After(now) {
		p = &bucket{left: r.n, reset: now.Add(r.per)}
		l.buckets[key] = p
	}
	if p.left == 0 {
		return *p, false
	}
	p.left--
	return *p, true
}

// limit applies the global and the route's limit. It writes the headers and
// returns the 429 if there is one
// (https://discord.com/developers/docs/topics/rate-limits).
func (w *World) limit(h http.Header, rt *route, q *request) *apiError {
	now := w.now()
	if e := w.heldLimit(h, rt, q, now); e != nil {
		return e
	}
	if q.bot != nil && !rt.interaction && w.opts.GlobalLimit > 0 {
		b, ok := w.limits.take("global "+q.bot.ID, rate{w.opts.GlobalLimit, time.Second}, now)
		if !ok {
			h.Set("X-RateLimit-Global", "true")
			h.Set("X-RateLimit-Scope", "global")
			return tooMany(h, b.reset.Sub(now), true)
		}
	}
	if rt.rate.n == 0 || w.opts.NoRouteLimits {
		return nil
	}
	b, ok := w.limits.take(rt.bucketOf(q), rt.rate, now)
	rt.show(h, b, now)
	if ok {
		return nil
	}
	h.Set("X-RateLimit-Scope", "user")
	return tooMany(h, b.reset.Sub(now), false)
}

// bucketOf is the key of the bucket that a request uses up.
func (rt *route) bucketOf(q *request) string {
	who := ""
	if q.bot != nil {
		who = q.bot.ID
	}
	return rt.group + " " + who + " " + q.major()
}

// show writes the headers of a route's bucket.
func (rt *route) show(h http.Header, b bucket, now time.Time) {
	sum := fnv.New64a()
	_, _ = fmt.Fprintf(sum, "%s %d %s", rt.group, rt.rate.n, rt.rate.per)
	h.Set("X-RateLimit-Bucket", strconv.FormatUint(sum.Sum64(), 16))
	h.Set("X-RateLimit-Limit", strconv.Itoa(max(rt.rate.n, 1)))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(b.left))
	h.Set("X-RateLimit-Reset", strconv.FormatFloat(float64(b.reset.UnixMilli())/1000, 'f', 3, 64))
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(b.reset.Sub(now).Seconds(), 'f', 3, 64))
}

// tooMany is a 429. The header has whole seconds, the body a fraction.
func tooMany(h http.Header, wait time.Duration, global bool) *apiError {
	h.Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return &apiError{status: http.StatusTooManyRequests, body: obj{
		"message": "You are being rate limited.", "global": global,
		"retry_after": math.Ceil(wait.Seconds()*1000) / 1000,
	}}
}
