package discord

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	firstPause = 250 * time.Millisecond
	lastPause  = 30 * time.Second
	// keptPause is the longest one where the session was kept.
	keptPause = 5 * time.Second
	// stable is how long a connection must have lived to be trusted again.
	stable = 30 * time.Second
	// budgetPause is how long at most before limits are asked for again.
	budgetPause = 15 * time.Minute
	// leasePause is between two looks whether a connection may be opened, or
	// whether it is known what may be spent.
	leasePause = 250 * time.Millisecond
)

// Run keeps the connection open until ctx is done, and then leaves without
// ending the session; a call of the handler that is under way is waited for. It
// RESUMEs wherever something can be resumed. It returns nil after ctx is done; Unauthenticated where the token is not valid and
// Invalid where Discord refuses shards or intents, none of which it tries
// again; Conflict where it was called before.
func (c *Conn) Run(ctx context.Context) error {
	if c.ran.Swap(true) {
		return fault.New(fault.Conflict, "discord.Run", "the connection was run before")
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { c.handOver(ctx) })
	defer c.stages.wg.Wait()
	defer wg.Wait()
	defer c.absence.over()
	defer cancel()
	c.absence.begins()
	for attempt := 0; ; attempt++ {
		if !c.allowed(ctx) {
			return nil
		}
		v := c.connect(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if v.fatal != nil {
			c.log.Error("the connection to Discord is over", slog.String("why", v.why), slog.Any("err", v.fatal))
			c.forGood(ctx)
			return v.fatal
		}
		if v.forget {
			c.forget()
		}
		if v.opened && v.lived >= stable {
			attempt = 0
		}
		pause := pauseOf(attempt)
		switch {
		case v.wait > 0:
			pause = v.wait
		case v.drain:
			pause = pauseOf(0) // Discord is well: the queue is what is waited for
		case v.quick && (attempt == 0 || v.opened && v.lived >= time.Second):
			pause = 0
		}
		if v.opened && !v.forget && v.wait == 0 {
			// It opens and ends again and keeps its session: a longer pause would
			// only make the bot seem away.
			pause = min(pause, keptPause)
		}
		c.log.Warn("the connection to Discord ended", slog.String("why", v.why),
			slog.Bool("session_kept", !v.forget), slog.Duration("next_in", pause))
		if v.drain && c.queue.drained(ctx) != nil {
			return nil
		}
		c.absence.begins() // not before the queue is worked off: that is no fault of the connection
		if !c.sleep(ctx, pause) {
			return nil
		}
		c.count.reconnects.Add(1)
	}
}

// allowed waits until this process may open the connection; false where ctx
// ended. A session that somebody else may have resumed is not to be taken back.
func (c *Conn) allowed(ctx context.Context) bool {
	for c.o.HasLease != nil && !c.o.HasLease() {
		if !c.sleep(ctx, leasePause) {
			return false
		}
	}
	return ctx.Err() == nil
}

// reserve takes an IDENTIFY from whoever counts them. Where that is not known the
// connection waits: nothing is sent that nobody counts.
func (c *Conn) reserve(ctx context.Context, l StartLimits) time.Duration {
	if c.o.Fleet == nil {
		return c.o.Budget.Reserve(c.o.Shard, l)
	}
	wait, err := c.o.Fleet.Reserve(ctx, l)
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("whether an IDENTIFY may be sent is not known, trying again", slog.Any("err", err))
		}
		return leasePause
	}
	return wait
}

func (c *Conn) refund(ctx context.Context) {
	if c.o.Fleet == nil {
		c.o.Budget.refund()
		return
	}
	c.o.Fleet.Refund(ctx)
}

// pauseOf is the pause before a try: doubled each time, half of it random.
func pauseOf(attempt int) time.Duration {
	d := min(firstPause<<min(attempt, 10), lastPause)
	return d/2 + rand.N(d/2) //nolint:gosec // no secret
}

func (c *Conn) sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	select {
	case <-ctx.Done():
		return false
	case <-c.o.Clock.After(d):
		return true
	}
}

// connect opens a socket and stays until it ends.
func (c *Conn) connect(ctx context.Context) verdict {
	c.sess.Lock()
	l := &link{c: c, from: c.sess.point, seq: c.sess.received}
	c.sess.Unlock()
	l.resume = l.from.id != ""
	reserved := false
	defer func() {
		if reserved && !l.spent {
			c.refund(ctx)
		}
	}()
	where := c.o.GatewayURL
	if l.resume && l.from.url != "" && c.dialFailures%2 == 0 {
		// Where that address fails, every other try uses the usual one.
		where = l.from.url
	}
	if !l.resume || where == "" {
		limits, err := c.limits(ctx, !l.resume)
		if err != nil {
			return verdictOfLimits(err)
		}
		reserved = !l.resume
		if where == "" {
			where = limits.URL
		}
	}
	l.packing = c.o.Compression
	if c.ungreeted >= plainAfter {
		l.packing = CompressionOff
	}
	u, err := dialURL(where, l.packing)
	if err != nil {
		c.dialFailures++
		return verdict{why: "the gateway's address cannot be used"}
	}
	c.count.dials.Add(1)
	dialer := websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: openTimeout}
	dctx, cancel := context.WithTimeout(ctx, openTimeout)
	ws, _, err := dialer.DialContext(dctx, u, nil) //nolint:bodyclose // the dialer owns it
	cancel()
	if err != nil {
		c.dialFailures++
		return verdict{why: "the gateway cannot be reached"}
	}
	c.dialFailures = 0
	l.ws = ws
	v := l.run(ctx)
	if l.packing != CompressionOff {
		c.ungreeted++
		if l.greeted {
			c.ungreeted = 0
		}
	}
	return v
}

// limits asks Discord, and where an IDENTIFY is needed waits until it is
// within the budget and takes it.
func (c *Conn) limits(ctx context.Context, identify bool) (StartLimits, error) {
	for {
		l, err := c.o.Limits.StartLimits(ctx)
		if err != nil || !identify {
			return l, err
		}
		wait := c.reserve(ctx, l)
		if wait == 0 {
			return l, nil
		}
		if wait > IdentifySpacing {
			c.log.Error("the day's budget of IDENTIFYs is spent: the bot stays away until some come back",
				slog.Int("total", l.Total), slog.Int("remaining", l.Remaining), slog.Duration("wait", wait))
			c.absence.certain(nil)
		}
		if !c.sleep(ctx, min(wait, budgetPause)) {
			return l, ctx.Err()
		}
	}
}

// identified notes that an IDENTIFY goes out.
func (c *Conn) identified() {
	c.count.identifies.Add(1)
	c.sess.Lock()
	defer c.sess.Unlock()
	now := c.o.Clock.Now()
	c.sess.identifies = append(recent(c.sess.identifies, now), now)
}

// verdictOfLimits: a token that REST refuses need not be tried on the gateway.
func verdictOfLimits(err error) verdict {
	v := verdict{why: "Discord does not say where its gateway is"}
	if fault.CodeOf(err) == fault.Unauthenticated {
		v.fatal = err
	}
	return v
}

// forget drops the session, so that the next try identifies.
func (c *Conn) forget() {
	c.sess.Lock()
	defer c.sess.Unlock()
	c.sess.point, c.sess.received = resumePoint{}, 0
}

// dialURL adds what the gateway wants to know to its address. It returns
// fault.Invalid for an address that is not one of a WebSocket.
func dialURL(base string, packing Compression) (string, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "ws" && u.Scheme != "wss" {
		return "", fault.New(fault.Invalid, "discord.dial", "the gateway's address must begin with ws:// or wss://").
			WithHint("check discord.gateway_url")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	q := u.Query()
	q.Set("v", "10")
	q.Set("encoding", "json")
	if packing != CompressionOff {
		q.Set("compress", string(packing))
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}
