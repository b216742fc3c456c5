package discord

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Names of the faults that wait for something to happen.
const (
	faultCutBeforeResumed = "gateway.cut_before_resumed"
	faultCutAfterResumed  = "gateway.cut_after_resumed"
	faultRateLimit        = "rest.rate_limit"
	faultSlow             = "rest.slow"
	faultError            = "rest.error"
	faultLateReply        = "rest.late_reply"
)

// broken holds what was broken on purpose and waits for a client to run into
// it. It belongs to the World's lock and does not survive a restart.
type broken struct {
	armed []*armed
	told  []func()
}

// armed is one fault that waits.
type armed struct {
	name  string
	bot   string            // id; any if empty
	route string            // text that the route's pattern must contain
	left  int               // times; zero is without end
	args  map[string]string // as they were set
	delay time.Duration
	code  int
	form  string
	whole bool // Retry-After is whole seconds
	after bool // the request takes effect
}

// arm sets a fault in the place of one of the same name, bot and route.
func (b *broken) arm(a *armed) {
	b.disarm(a.name, func(o *armed) bool { return o.bot == a.bot && o.route == a.route })
	b.armed = append(b.armed, a)
}

func (b *broken) disarm(name string, which func(*armed) bool) {
	b.armed = slices.DeleteFunc(b.armed, func(a *armed) bool { return a.name == name && which(a) })
}

// use finds the first fault that fits a bot and a route, and counts it down. An
// endpoint that is exempt from the global limit does not meet that one.
func (w *World) use(name, bot, route string, exempt bool) *armed {
	b := &w.broken
	for _, a := range b.armed {
		if a.name != name || a.bot != "" && a.bot != bot || !strings.Contains(route, a.route) || exempt && a.form == formGlobal {
			continue
		}
		if a.left == 1 {
			b.disarm(name, func(o *armed) bool { return o == a })
		}
		if a.left > 0 {
			a.left--
			w.after = append(w.after, b.told...)
		}
		return a
	}
	return nil
}

// active lists the arguments of a fault for as often as it is set.
func (b *broken) active(name string) []map[string]string {
	var out []map[string]string
	for _, a := range b.armed {
		if a.name == name {
			args := maps.Clone(a.args)
			if args["count"] != "" {
				args["count"] = strconv.Itoa(a.left)
			}
			out = append(out, args)
		}
	}
	return out
}

// rateLimit is the limit that a fault puts on a request, if one does.
func (w *World) limitByFault(q *request, rt *route, now time.Time) (heldLimit, bool) {
	a := w.use(faultRateLimit, w.botOf(q), rt.pattern, rt.interaction)
	if a == nil {
		return heldLimit{}, false
	}
	return heldLimit{form: a.form, until: now.Add(a.delay), fraction: !a.whole}, true
}

// lostAnswer is what stands in for the answer of an endpoint.
type lostAnswer struct {
	instead *apiError
	applied bool
}

// errorPages are those of what stands before Discord.
var errorPages = map[int]string{
	502: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>",
	503: "<html><head><title>503 Service Unavailable</title></head><body><h1>503 Service Unavailable</h1></body></html>",
}

// loseAnswer is the 5xx that a fault answers with, if one does.
func (w *World) loseAnswer(q *request, rt *route) *lostAnswer {
	a := w.use(faultError, w.botOf(q), rt.pattern, false)
	if a == nil {
		return nil
	}
	e := refuse(a.code, 0, strconv.Itoa(a.code)+": Internal Server Error")
	e.html = errorPages[a.code]
	return &lostAnswer{instead: e, applied: a.after}
}

// delay waits before a request is served, without the lock meanwhile, and says
// how long its answer has to wait. It is false if nobody waits for it any more.
func (w *World) delay(q *request, rt *route) (late time.Duration, alive bool) {
	if len(w.broken.armed) == 0 {
		return 0, true
	}
	bot := w.botOf(q)
	if a := w.use(faultLateReply, bot, rt.pattern, false); a != nil {
		late = a.delay
	}
	a := w.use(faultSlow, bot, rt.pattern, false)
	if a == nil {
		return late, true
	}
	w.unlock()
	alive = w.pause(q.Context(), a.delay)
	w.mu.Lock()
	return late, alive
}

// pause waits on the World's clock. It is false if the client went away or the
// World closes.
func (w *World) pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := w.clock.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.Chan():
		return true
	case <-ctx.Done():
	case <-w.closing:
	}
	return false
}
