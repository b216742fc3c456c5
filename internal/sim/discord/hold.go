package discord

import (
	"maps"
	"math"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Forms in which Discord says 429
// (https://discord.com/developers/docs/topics/rate-limits).
const (
	formRoute      = "route"
	formShared     = "shared"
	formGlobal     = "global"
	formCloudflare = "cloudflare"
)

const (
	invalidWindow = 10 * time.Minute
	bannedFor     = 10 * time.Minute
	// banPage is what stands before Discord says to a banned address: it is no
	// JSON, and no bucket is named.
	banPage = "<!doctype html><html><head><title>Access denied</title></head>" +
		"<body><h1>You are being rate limited</h1><p>error code: 1015</p></body></html>"
)

// heldLimit is a limit that holds until its time is over.
type heldLimit struct {
	form     string
	until    time.Time
	fraction bool // Retry-After is a fraction too
}

// address is who sends a request, without the port.
func (q *request) address() string {
	host, _, err := net.SplitHostPort(q.RemoteAddr)
	if err != nil {
		return q.RemoteAddr
	}
	return host
}

// heldKey is what a limit of a form is held by.
func (w *World) heldKey(form string, rt *route, q *request) string {
	switch form {
	case formCloudflare:
		return form + " " + q.address()
	case formGlobal:
		return form + " " + w.botOf(q)
	default:
		return form + " " + rt.bucketOf(q)
	}
}

// heldLimit answers what a fault or a ban keeps from the routes. A fault that
// waits for such a request comes into force with it.
func (w *World) heldLimit(h http.Header, rt *route, q *request, now time.Time) *apiError {
	for _, form := range []string{formCloudflare, formGlobal, formShared, formRoute} {
		key := w.heldKey(form, rt, q)
		l, ok := w.limits.held[key]
		switch {
		case !ok || form == formGlobal && rt.interaction:
		case l.until.After(now):
			return l.answer(h, rt, now)
		default:
			delete(w.limits.held, key)
		}
	}
	l, ok := w.limitByFault(q, rt, now)
	if !ok {
		return nil
	}
	if len(w.limits.held) > 10_000 {
		maps.DeleteFunc(w.limits.held, func(_ string, l heldLimit) bool { return !l.until.After(now) })
	}
	w.limits.held[w.heldKey(l.form, rt, q)] = l
	return l.answer(h, rt, now)
}

// answer writes the 429 in its form.
func (l heldLimit) answer(h http.Header, rt *route, now time.Time) *apiError {
	wait := l.until.Sub(now)
	e := tooMany(h, wait, l.form == formGlobal)
	if l.fraction {
		h.Set("Retry-After", strconv.FormatFloat(math.Ceil(wait.Seconds()*1000)/1000, 'f', -1, 64))
	}
	switch l.form {
	case formCloudflare:
		h.Del("Via")
		h.Set("Server", "cloudflare")
		e.html = banPage
	case formGlobal:
		h.Set("X-RateLimit-Global", "true")
		h.Set("X-RateLimit-Scope", "global")
	case formShared:
		rt.show(h, bucket{reset: l.until}, now)
		h.Set("X-RateLimit-Scope", "shared")
		e.body["message"] = "The resource is being rate limited."
	default:
		rt.show(h, bucket{reset: l.until}, now)
		h.Set("X-RateLimit-Scope", "user")
	}
	return e
}

// countInvalid counts a bad answer: 10,000 of 401, 403 and 429 in 10 minutes ban
// the address. Those of a shared limit do not count
// (https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
func (w *World) countInvalid(h http.Header, q *request, status int) {
	if status != http.StatusUnauthorized && status != http.StatusForbidden && status != http.StatusTooManyRequests ||
		h.Get("X-RateLimit-Scope") == "shared" || h.Get("Via") == "" || w.opts.InvalidLimit < 0 {
		return
	}
	now, who := w.now(), q.address()
	b := w.limits.invalid[who]
	if b == nil || !b.reset.After(now) {
		b = &bucket{left: w.opts.InvalidLimit, reset: now.Add(invalidWindow)}
		w.limits.invalid[who] = b
	}
	if b.left--; b.left > 0 {
		return
	}
	delete(w.limits.invalid, who)
	w.limits.held[formCloudflare+" "+who] = heldLimit{form: formCloudflare, until: now.Add(bannedFor)}
	w.violate(Violation{Surface: "rest", Status: http.StatusTooManyRequests, Message: "The address is banned: it got too many answers of 401, 403 and 429."})
}

// botOf is the bot that a request is about, also where it carries no token.
func (w *World) botOf(q *request) string {
	if q.bot != nil {
		return q.bot.ID
	}
	if id := q.PathValue("app"); id != "" {
		return id
	}
	if id := q.PathValue("interaction"); id != "" {
		if it := w.interaction(id); it != nil {
			return it.AppID
		}
	}
	return ""
}
